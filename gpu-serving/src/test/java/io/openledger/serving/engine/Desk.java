package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.adapter.HostTier;
import io.openledger.serving.adapter.SlotPool;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A scheduler over a {@link FakeDecoder} whose steps and clock the test owns. */
final class Desk {

  static final long MILLI = 1_000_000;

  /** Ends an answer, where it comes up. */
  static final int END = 33;

  final FakeDecoder decoder;
  final SlotPool pool;
  final Scheduler scheduler;
  final Map<Integer, AdapterSource> adapters = new LinkedHashMap<>();

  /** Bytes of an adapter: two numbers. */
  static final long ADAPTER = 8;

  final HostTier host;

  /** Reads an adapter's files. */
  Function<String, AdapterWeights> files = name -> weights(Integer.parseInt(name.substring(1)));

  boolean stepping;
  long now = Long.MAX_VALUE - 1000 * MILLI;

  Desk(FakeDecoder decoder, int slots, int queue, long prefixTokens) {
    this(decoder, slots, queue, prefixTokens, Long.MAX_VALUE / 2);
  }

  /**
   * @param hostBytes of adapters in host memory: each of them has {@link #ADAPTER}
   */
  Desk(FakeDecoder decoder, int slots, int queue, long prefixTokens, long hostBytes) {
    this.host = Adapters.host(name -> files.apply(name), hostBytes);
    this.decoder = decoder;
    this.pool = new SlotPool(decoder, slots);
    this.scheduler = new Scheduler(decoder, pool, queue, prefixTokens, () -> now);
  }

  /** What one was asked and has got. */
  static final class Call {
    final int[] prompt;
    final int adapter;
    final int most;
    final Scheduling scheduling;
    final TokenStream stream;
    final List<Integer> tokens = new ArrayList<>();
    TokenStream.End end;
    boolean cancelled;
    int steps;

    Call(int[] prompt, int adapter, int most, Scheduling scheduling, TokenStream stream) {
      this.prompt = prompt;
      this.adapter = adapter;
      this.most = most;
      this.scheduling = scheduling;
      this.stream = stream;
    }

    /** Takes what has arrived. Whether it has ended. */
    boolean ended() {
      try {
        while (end == null) {
          TokenStream.Event event = stream.poll(0);
          if (event == null) {
            return false;
          }
          if (event instanceof TokenStream.Token token) {
            tokens.add(token.id());
          } else if (event instanceof TokenStream.Fetch fetch) {
            fetch.run();
          } else {
            end = (TokenStream.End) event;
          }
        }
        assertThat(stream.poll(0)).as("after the end").isNull();
        return true;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void cancel() {
      cancelled = true;
      stream.cancel();
    }
  }

  /**
   * @param adapter 0: the base model
   */
  Call submit(int[] prompt, int adapter, int most, Scheduling scheduling) {
    Optional<AdapterSource> source =
        adapter == 0
            ? Optional.empty()
            : Optional.of(adapters.computeIfAbsent(adapter, this::source));
    TokenRequest request =
        new TokenRequest(prompt, source, GenerationOptions.greedy(most), 0, Set.of(END));
    Call call =
        new Call(prompt, adapter, most, scheduling, scheduler.submit(request, scheduling, now));
    // A caller reads its adapter as soon as it is told to.
    call.ended();
    return call;
  }

  /** One adapter of the desk's, which is read as often as the host tier wants it. */
  private AdapterSource source(int adapter) {
    return Adapters.source("a" + adapter, weights(adapter), host);
  }

  static AdapterWeights weights(int adapter) {
    return new AdapterWeights(Map.of(0, new Change(1, new float[] {adapter}, new float[] {1})));
  }

  /** Takes an adapter away; who asks for it from now on asks for another version. */
  void drop(int adapter) {
    scheduler.drop(adapters.remove(adapter));
  }

  /** One step, which takes a millisecond. */
  boolean step() {
    stepping = true;
    boolean done = scheduler.step();
    stepping = false;
    now += MILLI;
    return done;
  }

  /** Steps until a call has ended. Returns how many. */
  int finish(Call call) {
    int steps = 0;
    while (!call.ended()) {
      step();
      assertThat(++steps).as("steps").isLessThan(100_000);
    }
    return steps;
  }

  /** The answer, or what there is of it before a fault, without a scheduler: the plain twin. */
  static List<Integer> alone(int[] prompt, int adapter, int most, int context) {
    List<Integer> tokens = new ArrayList<>();
    try {
      alone(tokens, prompt, adapter, most, context);
    } catch (IllegalStateException fault) {
      assertThat(fault).hasMessage("native fault");
    }
    return tokens;
  }

  private static void alone(
      List<Integer> tokens, int[] prompt, int adapter, int most, int context) {
    FakeDecoder decoder = new FakeDecoder(1, context, context);
    decoder.fit(1, context, new int[0]);
    decoder.adapters[1] = adapter;
    int[] ranks = adapter == 0 ? new int[0] : new int[] {1};
    FloatBuffer logits = FloatBuffer.allocate(0);
    for (int from = 0; from < prompt.length; from += 64) {
      int[] piece = Arrays.copyOfRange(prompt, from, Math.min(prompt.length, from + 64));
      logits = decoder.prefill(0, from, piece, new long[] {piece.length - 1}, ranks);
    }
    int length = prompt.length;
    while (true) {
      int best = 0;
      for (int v = 0; v < FakeDecoder.VOCABULARY; v++) {
        best = logits.get(v) > logits.get(best) ? v : best;
      }
      if (best == END || Float.isNaN(logits.get(0))) {
        return;
      }
      tokens.add(best);
      if (tokens.size() == most || length + 1 >= context) {
        return;
      }
      logits = decoder.decode(new int[] {best}, new int[] {length++}, new int[][] {ranks});
    }
  }

  /** That a call got all of its answer, and how it ended. */
  static void isWhole(Call call, int context) {
    assertThat(call.end.failure()).isNull();
    List<Integer> expected = alone(call.prompt, call.adapter, call.most, context);
    assertThat(call.tokens).isEqualTo(expected);
    boolean length =
        expected.size() == call.most || call.prompt.length + expected.size() >= context;
    assertThat(call.end.reason()).isEqualTo(length ? FinishReason.LENGTH : FinishReason.STOP);
  }

  /** That nothing runs or waits, and that no slot is in use. */
  void isIdle() {
    assertThat(scheduler.running()).isZero();
    assertThat(scheduler.queued()).isZero();
    adapters.values().forEach(each -> assertThat(pool.drop(each)).isTrue());
    assertThat(pool.resident()).isZero();
  }
}
