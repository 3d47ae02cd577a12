package io.openledger.serving.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Sampling;
import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Listener;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Everything at once: clients that ask random adapters and sometimes go away or set deadlines,
 * while adapters are replaced, unloaded, pinned and poisoned ones are uploaded. Every completed
 * answer is compared with the answer that an engine gives which serves nobody else.
 *
 * <p>Which version answered is known although adapters are replaced meanwhile: who asks holds a
 * read lock of the name until its request was taken, which is when it has its first token or its
 * end; who replaces holds the write lock. Cancelled and expired answers must be beginnings of the
 * whole one.
 */
final class Soak {

  private static final int WORDS = 5;
  private static final int LONGEST = 12;
  private static final int KEPT = 20;

  /**
   * What is done.
   *
   * @param time how long
   * @param clients threads that ask
   * @param adapters names that are registered
   * @param seed of all chance; the order of what threads do is theirs
   */
  record Plan(Duration time, int clients, int adapters, long seed) {}

  /** A name and the folder that it stands for now. */
  private static final class Named {
    private final ModelId id;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile int folder;

    Named(ModelId id, int folder) {
      this.id = id;
      this.folder = folder;
    }
  }

  /** What was asked of which folder's weights, −1 the base, and what came. */
  private record Answer(
      int folder, String prompt, GenerationOptions options, String text, boolean whole) {}

  private record Asked(int folder, String prompt, GenerationOptions options) {}

  private final ServingEngine engine;
  private final ServingEngine solo;
  private final List<Path> folders;
  private final Path poison;
  private final Plan plan;
  private final List<Named> names = new ArrayList<>();
  // bounded: clients wait for the comparison, so that every answer is compared
  private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(4096);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private volatile boolean ended;

  /**
   * Two engines on the same checkpoint.
   *
   * @param solo answers one request at a time
   * @param folders different adapters
   * @param poison where broken adapters are written
   */
  Soak(ServingEngine engine, ServingEngine solo, List<Path> folders, Path poison, Plan plan) {
    this.engine = engine;
    this.solo = solo;
    this.folders = List.copyOf(folders);
    this.poison = poison;
    this.plan = plan;
  }

  /**
   * What was found.
   *
   * @param failures the first of them, in words; empty: all is well
   * @param counts how often what was done
   * @param memory samples of heap and resident bytes, one each time the clients had done a part
   */
  record Verdict(List<String> failures, Map<String, Long> counts, List<long[]> memory) {}

  Verdict run(ExecutorService threads) throws Exception {
    register();
    List<Future<?>> working = new ArrayList<>();
    for (int client = 0; client < plan.clients(); client++) {
      Random random = new Random(plan.seed() * 31 + client);
      working.add(threads.submit(() -> client(random)));
    }
    working.add(threads.submit(() -> changes(new Random(plan.seed() - 1))));
    List<long[]> memory = new ArrayList<>();
    long start = System.nanoTime();
    long sample = Math.max(200, plan.time().toMillis() / 40);
    while (System.nanoTime() - start < plan.time().toNanos() && failures.isEmpty()) {
      compare(50);
      if ((System.nanoTime() - start) / 1_000_000 > sample * (memory.size() + 1)) {
        memory.add(new long[] {Memory.heap(), Memory.resident().orElse(0)});
      }
    }
    ended = true;
    stopped(working);
    idle();
    while (!answers.isEmpty()) {
      compare(50);
    }
    return new Verdict(
        failures.stream().limit(KEPT).toList(),
        counts.entrySet().stream()
            .collect(
                java.util.stream.Collectors.toMap(
                    Map.Entry::getKey,
                    e -> e.getValue().get(),
                    (a, b) -> a,
                    java.util.TreeMap::new)),
        memory);
  }

  /** Clients may wait for room in the queue of answers: it is emptied until all are back. */
  private void stopped(List<Future<?>> working) throws Exception {
    long last = System.nanoTime();
    while (!working.stream().allMatch(Future::isDone)) {
      compare(50);
      if (System.nanoTime() - last > TimeUnit.SECONDS.toNanos(60) && answers.isEmpty()) {
        failures.add("a client did not come back within 60 s of the end: a stuck sequence");
        working.forEach(each -> each.cancel(true));
        return;
      }
    }
    for (Future<?> each : working) {
      each.get();
    }
  }

  private void register() {
    for (int folder = 0; folder < folders.size(); folder++) {
      solo.register(new ModelId("folder-" + folder), folders.get(folder));
    }
    try (Bar bar = Bar.of("registering", "", 1, plan.adapters())) {
      for (int i = 0; i < plan.adapters(); i++) {
        Named named = new Named(new ModelId("adapter-" + i), i % folders.size());
        engine.register(named.id, folders.get(named.folder));
        names.add(named);
        bar.step(1);
      }
    }
  }

  private void count(String what) {
    counts.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
  }

  private void client(Random random) {
    Prompts prompts = new Prompts(random.nextLong());
    while (!ended && failures.isEmpty()) {
      try {
        ask(random, prompts.words(1 + random.nextInt(WORDS)));
      } catch (OpenLedgerException e) {
        if (e.code() == ErrorCode.BUSY || e.code() == ErrorCode.DEADLINE_EXCEEDED) {
          count("refused " + e.code());
        } else {
          failures.add("a request failed: " + e);
        }
      } catch (RuntimeException e) {
        failures.add("a request failed: " + e);
      }
    }
  }

  private void ask(Random random, String prompt) {
    int tokens = 1 + random.nextInt(LONGEST);
    GenerationOptions options =
        random.nextBoolean()
            ? GenerationOptions.greedy(tokens)
            : GenerationOptions.of(
                tokens,
                Sampling.at(0.8).cut(40, 0.95, 0),
                OptionalLong.of(random.nextInt(1000)),
                List.of());
    Optional<Named> named =
        random.nextInt(10) == 0
            ? Optional.empty()
            : Optional.of(names.get((int) (names.size() * Math.pow(random.nextDouble(), 3))));
    Scheduling scheduling =
        new Scheduling(
            "tenant-" + random.nextInt(5),
            random.nextInt(3) - 1,
            random.nextInt(20) == 0
                ? Optional.of(Duration.ofMillis(1 + random.nextInt(200)))
                : Optional.empty());
    int leaves = random.nextInt(6) == 0 ? random.nextInt(tokens + 1) : Integer.MAX_VALUE;
    Request request =
        new Request(
            named.map(n -> new WeightedAdapter(n.id, 1)).stream().toList(),
            prompt,
            options,
            false,
            scheduling);
    boolean[] locked = {named.isPresent()};
    named.ifPresent(n -> n.lock.readLock().lock());
    try {
      int folder = named.map(n -> n.folder).orElse(-1);
      Generation answer =
          engine.generate(
              request,
              new Listener() {
                private int heard;

                @Override
                public boolean onText(String delta) {
                  unlock();
                  return heard++ < leaves;
                }

                private void unlock() {
                  if (locked[0]) {
                    locked[0] = false;
                    named.ifPresent(n -> n.lock.readLock().unlock());
                  }
                }
              });
      boolean whole = answer.finishReason() != FinishReason.CANCELLED;
      count(whole ? "answered" : "cancelled");
      if (!whole && leaves == Integer.MAX_VALUE) {
        failures.add("an answer was cancelled that nobody cancelled");
      }
      answers.put(new Answer(folder, prompt, options, answer.text(), whole));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (locked[0]) {
        named.ifPresent(n -> n.lock.readLock().unlock());
      }
    }
  }

  private void changes(Random random) {
    while (!ended && failures.isEmpty()) {
      Named named = names.get(random.nextInt(names.size()));
      try {
        change(random, named);
        Thread.sleep(random.nextInt(5));
      } catch (OpenLedgerException e) {
        if (e.code() != ErrorCode.BUSY) {
          failures.add("a change failed: " + e);
        }
      } catch (IOException | RuntimeException e) {
        failures.add("a change failed: " + e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void change(Random random, Named named) throws IOException {
    switch (random.nextInt(6)) {
      case 0, 1 -> replaced(random, named);
      case 2 -> count(engine.unload(named.id) ? "unloaded" : "not unloaded, in use");
      case 3 -> {
        engine.load(named.id);
        count("loaded");
      }
      case 4 -> {
        engine.pin(named.id, true);
        engine.pin(named.id, false);
        count("pinned");
      }
      default -> poisoned(random, named);
    }
  }

  private void replaced(Random random, Named named) {
    named.lock.writeLock().lock();
    try {
      int folder = random.nextInt(folders.size());
      if (random.nextBoolean()) {
        engine.replace(named.id, folders.get(folder));
        named.folder = folder;
        count("replaced");
      } else {
        engine.unregister(named.id);
        engine.register(named.id, folders.get(folder));
        named.folder = folder;
        count("taken away and registered again");
      }
    } finally {
      named.lock.writeLock().unlock();
    }
  }

  /** Refused by name, and the registered version goes on answering. */
  private void poisoned(Random random, Named named) throws IOException {
    Path folder = Files.createDirectories(poison);
    Path good = folders.get(random.nextInt(folders.size()));
    Files.write(
        folder.resolve(MadeAdapters.CONFIG), Files.readAllBytes(good.resolve(MadeAdapters.CONFIG)));
    byte[] weights = Files.readAllBytes(good.resolve(MadeAdapters.WEIGHTS));
    switch (random.nextInt(4)) {
      // a NaN, then an infinity, in bf16
      case 0 -> ByteBuffer.wrap(weights).putShort(weights.length - 2, (short) 0xC07F);
      case 1 -> ByteBuffer.wrap(weights).putShort(weights.length - 2, (short) 0x807F);
      case 2 -> weights = java.util.Arrays.copyOf(weights, random.nextInt(weights.length));
      default -> weights[random.nextInt(8)] ^= 0x55;
    }
    Files.write(
        folder.resolve(MadeAdapters.WEIGHTS),
        weights,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING);
    ModelId id = new ModelId("poisoned");
    try {
      if (random.nextBoolean()) {
        engine.register(id, folder);
      } else {
        engine.replace(named.id, folder);
      }
      failures.add("a poisoned adapter was taken");
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.ADAPTER_BROKEN) {
        count("poison refused");
      } else {
        failures.add("poison was refused as " + e);
      }
    }
  }

  /** Nothing runs and nothing waits once nobody asks. */
  private void idle() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      if (engine.status().running() == 0 && engine.status().queued() == 0) {
        return;
      }
      Thread.sleep(50);
    }
    failures.add(
        "10 s after the last request %d sequences run and %d wait"
            .formatted(engine.status().running(), engine.status().queued()));
  }

  private final Map<Asked, String> soloAnswers = new ConcurrentHashMap<>();

  /** Compares up to so many answers with an engine that does nothing else. */
  private void compare(int most) {
    for (int i = 0; i < most; i++) {
      Answer answer = answers.poll();
      if (answer == null) {
        pause();
        break;
      }
      if (failures.size() >= KEPT) {
        continue;
      }
      Asked asked = new Asked(answer.folder(), answer.prompt(), answer.options());
      String expected = soloAnswers.computeIfAbsent(asked, this::soloAnswer);
      boolean right =
          answer.whole() ? answer.text().equals(expected) : expected.startsWith(answer.text());
      count(answer.whole() ? "compared, whole" : "compared, beginning");
      if (!right) {
        failures.add(
            "folder %d, prompt \"%s\", %s: \"%s\" in the batch, \"%s\" alone"
                .formatted(
                    answer.folder(), answer.prompt(), answer.options(), answer.text(), expected));
      }
    }
    soloAnswers.clear();
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String soloAnswer(Asked asked) {
    Optional<ModelId> adapter =
        asked.folder() < 0
            ? Optional.empty()
            : Optional.of(new ModelId("folder-" + asked.folder()));
    return solo.generate(new Request(adapter, asked.prompt(), asked.options()), delta -> true)
        .text();
  }
}
