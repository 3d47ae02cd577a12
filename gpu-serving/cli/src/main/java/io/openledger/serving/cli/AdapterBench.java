package io.openledger.serving.cli;

import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.AdapterResidency.Tier;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/**
 * Many adapters on one base: what registering more costs, a batch of different ones beside the base
 * alone, and adapters that are not in a slot yet. Everything is measured in alternation, A B B A.
 */
final class AdapterBench {

  private static final int FEW = 10;
  private static final int BATCH = 16;
  private static final int WORDS = 8;

  /**
   * How much is measured.
   *
   * @param slots of each engine
   * @param registered how many adapters are many
   * @param rounds pairs of runs
   * @param requests of a run under Zipf's law
   * @param tokens of an answer under Zipf's law
   * @param seed of all chance
   */
  record Plan(int slots, int registered, int rounds, int requests, int tokens, long seed) {}

  private final EngineOptions options;
  private final Path checkpoint;
  private final Shape shape;
  private final MadeAdapters kind;
  private final List<Path> folders;
  private final Plan plan;
  private final ExecutorService threads;
  private final Rows rows;
  private final Load load;
  private final Prompts prompts;

  AdapterBench(
      EngineOptions options,
      Path checkpoint,
      MadeAdapters kind,
      List<Path> folders,
      Plan plan,
      ExecutorService threads,
      Rows rows) {
    this.options = options;
    this.checkpoint = checkpoint;
    this.shape = kind.shape();
    this.kind = kind;
    this.folders = folders;
    this.plan = plan;
    this.threads = threads;
    this.rows = rows;
    this.load = new Load(threads);
    this.prompts = new Prompts(plan.seed());
  }

  private ServingEngine open() {
    int context = Math.min(512, shape.context());
    return options.open(
        checkpoint, new Limits(plan.slots(), kind.rank(), BATCH, context, 1024), threads);
  }

  private static ModelId id(int adapter) {
    return new ModelId("adapter-" + adapter);
  }

  void measure() throws Exception {
    try (ServingEngine few = open();
        ServingEngine many = open()) {
      for (int i = 0; i < FEW; i++) {
        few.register(id(i), folders.get(i % folders.size()));
      }
      registered(many);
      load.seconds(many, requests(BATCH, 2 * BATCH, true), BATCH);
      zipf(few, many);
      few.close();
      distinct(many);
      oneAfterAnother(many);
      cold(many);
      firstToken(many);
    }
  }

  /** Registers them all, and what each leaves on the heap. */
  private void registered(ServingEngine many) {
    many.register(id(0), folders.get(0));
    long before = Memory.heap();
    long start = System.nanoTime();
    try (Bar bar = Bar.of("registering", "", 1, plan.registered())) {
      for (int i = 1; i < plan.registered(); i++) {
        many.register(id(i), folders.get(i % folders.size()));
        bar.step(1);
      }
    }
    double each = (System.nanoTime() - start) / 1e6 / (plan.registered() - 1);
    rows.atMost(
        "heap a registered idle adapter, KiB",
        1,
        (Memory.heap() - before) / 1024.0 / (plan.registered() - 1),
        String.format(
            Locale.ROOT,
            "%d adapters after a collection; registering took %.2f ms each, %.1f MiB of weights"
                + " read",
            plan.registered(),
            each,
            kind.bytes() / 1048576.0));
  }

  private Request request(Optional<ModelId> adapter, int tokens) {
    return new Request(adapter, prompts.words(WORDS), GenerationOptions.greedy(tokens));
  }

  /** A batch on adapters of its own each, or on the base. */
  private List<Request> requests(int count, int tokens, boolean adapters) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                request(
                    adapters ? Optional.of(id(i % plan.registered())) : Optional.empty(), tokens))
        .toList();
  }

  private void zipf(ServingEngine few, ServingEngine many) throws Exception {
    zipfRate(few, FEW, 0);
    zipfRate(many, plan.registered(), 0);
    double[] ratios = new double[plan.rounds()];
    double[] lows = new double[plan.rounds()];
    double[] highs = new double[plan.rounds()];
    for (int round = 0; round < plan.rounds(); round++) {
      if (round % 2 == 0) {
        lows[round] = zipfRate(few, FEW, round);
        highs[round] = zipfRate(many, plan.registered(), round);
      } else {
        highs[round] = zipfRate(many, plan.registered(), round);
        lows[round] = zipfRate(few, FEW, round);
      }
      ratios[round] = highs[round] / lows[round];
    }
    rows.atLeast(
        "tokens/s, %d registered ÷ %d, Zipf 1.0".formatted(plan.registered(), FEW),
        0.99,
        Samples.of(ratios).median(),
        "%d in flight, %d slots; tokens/s with %d: %s; with %d: %s"
            .formatted(
                BATCH,
                plan.slots(),
                FEW,
                Samples.of(lows).told("%.1f"),
                plan.registered(),
                Samples.of(highs).told("%.1f")));
  }

  private double zipfRate(ServingEngine engine, int adapters, int round) throws Exception {
    Prompts.Zipf popular = new Prompts.Zipf(adapters, plan.seed() + round);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < plan.requests(); i++) {
      requests.add(request(Optional.of(id(popular.next())), plan.tokens()));
    }
    return load.rate(engine, requests, BATCH);
  }

  private void distinct(ServingEngine engine) throws Exception {
    // of a small model an answer may end before the last client's thread has begun
    int tokens = shape.layers() < 8 ? 10 * BATCH : 3 * BATCH;
    double[] ratios = new double[plan.rounds()];
    double[] base = new double[plan.rounds()];
    double[] mixed = new double[plan.rounds()];
    for (int round = 0; round < plan.rounds(); round++) {
      boolean first = round % 2 == 0;
      for (boolean adapters : new boolean[] {!first, first}) {
        double rate = whole(engine, tokens, adapters);
        (adapters ? mixed : base)[round] = rate;
      }
      ratios[round] = mixed[round] / base[round];
    }
    double weights = engine.status().memory().weights();
    double context = BATCH * (5.0 * WORDS / 2 + tokens / 2.0);
    double cache = context * 4 * 2 * shape.layers() * shape.kvHeads() * shape.headDim();
    double adapters = BATCH * 2.0 * kind.bytes();
    double most = (weights + cache) / (weights + cache + adapters);
    rows.atLeast(
        "tokens/s, %d distinct adapters ÷ base alone".formatted(BATCH),
        0.9 * most,
        Samples.of(ratios).median(),
        "same batch; R_max %.3f of W %.0f MiB, KV %.1f MiB, adapters %.0f MiB; base %s, distinct %s"
            .formatted(
                most,
                weights / 1048576,
                cache / 1048576,
                adapters / 1048576,
                Samples.of(base).told("%.1f"),
                Samples.of(mixed).told("%.1f")));
  }

  private double whole(ServingEngine engine, int tokens, boolean adapters) throws Exception {
    for (int tries = 0; tries < 20; tries++) {
      OptionalDouble rate = load.whole(engine, requests(BATCH, tokens, adapters));
      if (rate.isPresent()) {
        return rate.getAsDouble();
      }
    }
    throw new IllegalStateException("answers end before the last one begins: the machine is busy");
  }

  private void oneAfterAnother(ServingEngine engine) throws Exception {
    int rounds = Math.max(2, plan.rounds() / 2);
    double[] ratios = new double[rounds];
    double[] together = new double[rounds];
    double[] apart = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      boolean first = round % 2 == 0;
      for (boolean batch : new boolean[] {first, !first}) {
        List<Request> requests = requests(BATCH, plan.tokens(), true);
        double seconds = load.seconds(engine, requests, batch ? BATCH : 1);
        (batch ? together : apart)[round] = seconds;
      }
      ratios[round] = apart[round] / together[round];
    }
    rows.atLeast(
        "one mixed batch of %d ÷ %d one after another".formatted(BATCH, BATCH),
        3,
        Samples.of(ratios).median(),
        "%d tokens each, prompts included; seconds together %s, apart %s"
            .formatted(
                plan.tokens(), Samples.of(together).told("%.2f"), Samples.of(apart).told("%.2f")));
  }

  /** Loads others until an adapter has left its slot for host memory. */
  private void toHost(ServingEngine engine, int adapter, int others) {
    engine.load(id(adapter));
    for (int i = 0; i <= plan.slots(); i++) {
      engine.load(id(others + i));
    }
    Tier tier =
        engine.residency().stream()
            .filter(each -> each.model().id().equals(id(adapter)))
            .map(AdapterResidency::tier)
            .findFirst()
            .orElse(Tier.DISK);
    if (tier != Tier.HOST) {
      throw new IllegalStateException(
          "an adapter that left its slot is in " + tier + ", not in host memory");
    }
  }

  private double loadMillis(ServingEngine engine, int adapter) {
    long start = System.nanoTime();
    engine.load(id(adapter));
    return (System.nanoTime() - start) / 1e6;
  }

  private void cold(ServingEngine engine) {
    String first = "cold adapter, host memory to slot, ms at rank " + kind.rank();
    String last = "the same, adapter number " + plan.registered() + " ÷ the first";
    if (plan.registered() < 2 * plan.slots() + 4) {
      rows.missing(first, 2, false, "not measured: fewer adapters than two times the slots");
      return;
    }
    // A load takes less than what else a machine does now and then: many runs.
    int runs = 10 * plan.rounds();
    double[] firsts = new double[runs];
    double[] lasts = new double[runs];
    try {
      for (int run = 0; run < runs; run++) {
        toHost(engine, 0, 1);
        firsts[run] = loadMillis(engine, 0);
        toHost(engine, plan.registered() - 1, 1);
        lasts[run] = loadMillis(engine, plan.registered() - 1);
      }
    } catch (IllegalStateException e) {
      rows.missing(first, 2, false, "not measured: " + e.getMessage());
      rows.missing(last, 1.1, false, "not measured: " + e.getMessage());
      return;
    }
    rows.atMost(
        first,
        2,
        Samples.of(firsts).median(),
        "call to return, idle engine: first %s; last %s"
            .formatted(Samples.of(firsts).told("%.3f"), Samples.of(lasts).told("%.3f")));
    rows.atMost(last, 1.1, Samples.of(lasts).median() / Samples.of(firsts).median(), "medians");
  }

  private double firstTokenMillis(ServingEngine engine, int adapter) {
    Generation answer = engine.generate(request(Optional.of(id(adapter)), 1), delta -> true);
    return answer.firstToken().toNanos() / 1e6;
  }

  private void firstToken(ServingEngine engine) {
    String what = "time to first token, cold adapter ÷ warm";
    int runs = 2 * plan.rounds();
    double[] colds = new double[runs];
    double[] warms = new double[runs];
    double[] ratios = new double[runs];
    try {
      for (int run = 0; run < runs; run++) {
        toHost(engine, 0, 1);
        colds[run] = firstTokenMillis(engine, 0);
        warms[run] = firstTokenMillis(engine, 0);
        ratios[run] = colds[run] / warms[run];
      }
    } catch (IllegalStateException e) {
      rows.missing(what, 1.05, false, "not measured: " + e.getMessage());
      return;
    }
    rows.atMost(
        what,
        1.05,
        Samples.of(ratios).median(),
        "from host memory, prompt of %d words; ms cold %s, warm %s"
            .formatted(WORDS, Samples.of(colds).told("%.2f"), Samples.of(warms).told("%.2f")));
  }
}
