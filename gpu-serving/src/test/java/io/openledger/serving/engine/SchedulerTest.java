package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.adapter.HostTier;
import io.openledger.serving.adapter.SlotPool;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.onnx.OnnxDecoder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one failing step does, and does not, to others. */
@Timeout(60)
class SchedulerTest {

  @TempDir Path folder;

  /** The real decoder, but for the calls that are told to fail. */
  private static final class Faulty implements Decoder {
    private final Decoder real;
    private volatile int failingPrompt = -1;
    private volatile boolean failNextStep;
    private volatile boolean failNextAlone;
    private volatile boolean poisonNextStep;
    private volatile long stepMillis;
    private volatile boolean closed;

    Faulty(Decoder real) {
      this.real = real;
    }

    @Override
    public int rows() {
      return real.rows();
    }

    @Override
    public int context() {
      return real.context();
    }

    @Override
    public int vocabulary() {
      return real.vocabulary();
    }

    @Override
    public long weightBytes() {
      return real.weightBytes();
    }

    @Override
    public long cacheBytes() {
      return real.cacheBytes();
    }

    @Override
    public FloatBuffer prefill(int row, int past, int[] tokens, long[] positions, int[] ranks) {
      if (tokens[0] == failingPrompt || past > 0 && failNextAlone) {
        failNextAlone &= past == 0;
        throw new IllegalStateException("native fault");
      }
      return real.prefill(row, past, tokens, positions, ranks);
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int[][] ranks) {
      LockSupport.parkNanos(stepMillis * 1_000_000);
      if (failNextStep) {
        failNextStep = false;
        throw new IllegalStateException("native fault");
      }
      FloatBuffer logits = real.decode(tokens, lengths, ranks);
      if (poisonNextStep) {
        poisonNextStep = false;
        FloatBuffer copy = FloatBuffer.allocate(logits.remaining());
        copy.put(logits).flip();
        for (int i = 0; i < vocabulary(); i++) {
          copy.put(i, Float.NaN);
        }
        return copy;
      }
      return logits;
    }

    @Override
    public void move(int from, int to, int length) {
      real.move(from, to, length);
    }

    @Override
    public void swap(int a, int lengthA, int b, int lengthB) {
      real.swap(a, lengthA, b, lengthB);
    }

    @Override
    public boolean fit(int rows, int tokens, int[] lengths) {
      return real.fit(rows, tokens, lengths);
    }

    @Override
    public void reserve(int ranks) {
      real.reserve(ranks);
    }

    @Override
    public void upload(AdapterWeights weights, int[] ranks) {
      real.upload(weights, ranks);
    }

    @Override
    public void close() {
      closed = true;
      real.close();
    }
  }

  private Faulty decoder() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 8));
    return new Faulty(OnnxDecoder.open(checkpoint, 3, 96, 1));
  }

  private static TokenRequest request(int first, int tokens) {
    return new TokenRequest(
        new int[] {first, 2, 3}, Optional.empty(), GenerationOptions.greedy(tokens), 0, Set.of());
  }

  private static TokenStream submit(Scheduler scheduler, TokenRequest request) {
    return scheduler.submit(request, Scheduling.USUAL, System.nanoTime());
  }

  private record Outcome(List<Integer> tokens, TokenStream.End end) {}

  private static Outcome outcome(TokenStream stream) throws InterruptedException {
    List<Integer> tokens = new ArrayList<>();
    while (true) {
      TokenStream.Event event = stream.poll(30_000);
      if (event instanceof TokenStream.Token token) {
        tokens.add(token.id());
      } else {
        assertThat(event).as("an end").isInstanceOf(TokenStream.End.class);
        return new Outcome(tokens, (TokenStream.End) event);
      }
    }
  }

  @Test
  void survivesFaultsOfPromptStepAndLogits() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    thread.execute(scheduler);
    try {
      List<Integer> expected = outcome(submit(scheduler, request(1, 20))).tokens();

      decoder.failingPrompt = 7;
      TokenStream innocent = submit(scheduler, request(1, 20));
      failed(outcome(submit(scheduler, request(7, 20))));
      assertThat(outcome(innocent).tokens()).isEqualTo(expected);

      // A step that fails is tried again, row by row; the row that fails alone, too, ends.
      decoder.failNextStep = true;
      assertThat(outcome(submit(scheduler, request(1, 20))).tokens()).isEqualTo(expected);
      decoder.failNextStep = true;
      decoder.failNextAlone = true;
      failed(outcome(submit(scheduler, request(1, 20))));
      assertThat(outcome(submit(scheduler, request(1, 20))).tokens()).isEqualTo(expected);

      decoder.poisonNextStep = true;
      failed(outcome(submit(scheduler, request(1, 20))));
      assertThat(outcome(submit(scheduler, request(1, 20))).tokens()).isEqualTo(expected);
    } finally {
      scheduler.close();
      thread.shutdown();
    }
    assertThat(decoder.closed).isTrue();
  }

  private static void failed(Outcome outcome) {
    assertThat(outcome.end().failure())
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
  }

  @Test
  void drainsGivingWhatWasAcceptedAndRefusingWhatComes() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    // one more than there are rows: the last waits until another ends
    List<TokenStream> accepted = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      accepted.add(submit(scheduler, request(1 + i, 60)));
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    threads.execute(scheduler);
    try {
      Future<?> drained = threads.submit(() -> scheduler.drain(Duration.ofMinutes(1)));
      for (TokenStream stream : accepted) {
        assertThat(outcome(stream).tokens()).hasSize(60);
      }
      drained.get();
      assertThat(decoder.closed).isTrue();
      assertThatThrownBy(() -> submit(scheduler, request(1, 1)))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
    } finally {
      scheduler.close();
      threads.shutdown();
    }
  }

  @Test
  void drainsNoLongerThanItMay() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    decoder.stepMillis = 50;
    TokenStream stream = submit(scheduler, request(1, 90));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    thread.execute(scheduler);
    try {
      scheduler.drain(Duration.ofMillis(100));
      assertThat(outcome(stream).end().reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(decoder.closed).isTrue();
    } finally {
      scheduler.close();
      thread.shutdown();
    }
  }

  @Test
  void endsAtOnceWhenItsLoopNeverBegan() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    TokenStream queued = submit(scheduler, request(1, 20));
    scheduler.close();
    scheduler.close();
    scheduler.run();
    assertThat(outcome(queued).end().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(decoder.closed).isTrue();
  }

  @Test
  void freesTheRowOfACancelledRequestWithinOneStep() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    TokenStream first = submit(scheduler, request(1, 90));
    TokenStream second = submit(scheduler, request(4, 5));
    first.cancel();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    thread.execute(scheduler);
    try {
      Outcome gone = outcome(first);
      assertThat(gone.tokens()).isEmpty();
      assertThat(gone.end().reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(outcome(second).tokens()).hasSize(5);
    } finally {
      scheduler.close();
      thread.shutdown();
    }
  }

  @Test
  void keepsNobodyWaitingWhoAsksLeavesOrLooksWhileAnErrandRuns() throws Exception {
    Faulty decoder = decoder();
    Scheduler scheduler = new Scheduler(decoder, new SlotPool(decoder, 1), 10, 0, System::nanoTime);
    ExecutorService threads = Executors.newCachedThreadPool();
    threads.execute(scheduler);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try {
      scheduler.between(
          () -> {
            running.countDown();
            boolean done = false;
            while (!done) {
              try {
                go.await();
                done = true;
              } catch (InterruptedException e) {
                continue;
              }
            }
          });
      running.await();
      Future<TokenStream> asked = threads.submit(() -> submit(scheduler, request(1, 5)));
      TokenStream stream = asked.get(20, TimeUnit.SECONDS);
      threads.submit(() -> submit(scheduler, request(2, 5)).cancel()).get(20, TimeUnit.SECONDS);
      assertThat(threads.submit(scheduler::queued).get(20, TimeUnit.SECONDS)).isEqualTo(1);
      go.countDown();
      assertThat(outcome(stream).tokens()).hasSize(5);
    } finally {
      go.countDown();
      scheduler.close();
      threads.shutdown();
    }
  }

  @Test
  void sleepsWhileNobodyCanBeginAlsoAfterAnInterrupt() throws Exception {
    Faulty decoder = decoder();
    SlotPool pool = new SlotPool(decoder, 1);
    AdapterWeights weights = Adapters.NONE;
    Scheduler scheduler = new Scheduler(decoder, pool, 10, 0, System::nanoTime);
    HostTier host = Adapters.host(name -> weights, 0);
    TokenRequest cold =
        new TokenRequest(
            new int[] {1, 2},
            Optional.of(Adapters.source("unread", weights, host)),
            GenerationOptions.greedy(2),
            0,
            Set.of());
    // Its caller never reads the adapter.
    submit(scheduler, cold);
    boolean[] told = new boolean[1];
    Thread loop =
        new Thread(
            () -> {
              scheduler.run();
              told[0] = Thread.interrupted();
            });
    loop.start();
    try {
      loop.interrupt();
      for (int seen = 0; seen < 50; ) {
        // A thread that never sleeps is never seen asleep: the test's time ends it.
        seen += loop.getState() == Thread.State.TIMED_WAITING ? 1 : 0;
        Thread.sleep(1);
      }
      assertThat(loop.isInterrupted()).isFalse();
    } finally {
      scheduler.close();
    }
    loop.join();
    assertThat(told[0]).as("its owner is told").isTrue();
  }
}
