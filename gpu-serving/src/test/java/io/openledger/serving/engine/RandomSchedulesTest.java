package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingStatus;
import io.openledger.serving.engine.Desk.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * More than a thousand random schedules: arrivals, cancellations, deadlines, priorities, evictions,
 * faults, a cache that is too small for all, a prefix cache that evicts. Every answer is the plain
 * twin's, or its beginning where it was ended early; nothing is left over.
 */
class RandomSchedulesTest {

  private static final int SCHEDULES = 1500;
  private static final int CONTEXT = 320;
  private static final int[] ADAPTERS = {
    0, 0, 1, 2, 3, 4, FakeDecoder.POISON, FakeDecoder.BREAKS_STEP
  };

  @Test
  void giveEveryRequestTheAnswerThatItGetsAlone() {
    long whole = 0;
    long fromPrefix = 0;
    long expired = 0;
    long refused = 0;
    for (int seed = 0; seed < SCHEDULES; seed++) {
      try {
        ServingStatus.Requests counts = schedule(new Random(seed));
        whole += counts.completed();
        fromPrefix += counts.prefixTokens();
        expired += counts.expired();
        refused += counts.refused();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    // The schedules are of every kind.
    assertThat(whole).isGreaterThan(10L * SCHEDULES);
    assertThat(fromPrefix).isGreaterThan(15L * SCHEDULES);
    assertThat(expired).isGreaterThan(SCHEDULES / 10);
    assertThat(refused).isGreaterThan(SCHEDULES / 10);
  }

  private static ServingStatus.Requests schedule(Random random) {
    int rows = 1 + random.nextInt(6);
    long most = CONTEXT + random.nextInt(rows * CONTEXT - CONTEXT + 1);
    FakeDecoder decoder = new FakeDecoder(rows, CONTEXT, most);
    decoder.blockLimit = random.nextInt(4) == 0 ? random.nextInt(5) : Integer.MAX_VALUE;
    long prefixes = random.nextInt(3) == 0 ? 0 : 64L * random.nextInt(40);
    long host = random.nextInt(6) * Desk.ADAPTER;
    Desk desk = new Desk(decoder, 1 + random.nextInt(4), 2 + random.nextInt(20), prefixes, host);
    int[][] beginnings = new int[3][];
    Arrays.setAll(beginnings, i -> tokens(random, 100 + random.nextInt(150)));
    List<Call> calls = new ArrayList<>();
    int left = 10 + random.nextInt(30);
    int refused = 0;
    boolean open = true;
    for (int step = 0; open; step++) {
      assertThat(step).as("a stuck schedule").isLessThan(20_000);
      while (left > 0 && random.nextInt(4) == 0) {
        left--;
        try {
          calls.add(call(desk, random, beginnings));
        } catch (BusyException e) {
          assertThat(e.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(10));
          refused++;
        }
      }
      if (random.nextInt(60) == 0) {
        desk.adapters.keySet().stream().findAny().ifPresent(desk::drop);
      }
      desk.step();
      assertThat(desk.host.bytes()).isLessThanOrEqualTo(Math.max(host, Desk.ADAPTER));
      open = left > 0;
      for (Call call : calls) {
        open |= advance(call, random);
      }
    }
    desk.step();
    for (Call call : calls) {
      check(call, desk.now);
    }
    ServingStatus.Requests counts = desk.scheduler.meters().requests();
    assertThat(counts.refused()).isEqualTo(refused);
    assertThat(counts.completed() + counts.cancelled() + counts.expired() + counts.failed())
        .isEqualTo(calls.size());
    assertThat(counts.generatedTokens())
        .isEqualTo(calls.stream().mapToLong(call -> call.tokens.size()).sum());
    assertThat(desk.scheduler.prefixBytes()).isLessThanOrEqualTo(prefixes);
    assertThat(decoder.longestPrompt).isLessThanOrEqualTo(ReadingPlan.GRID);
    assertThat(desk.host.bytes()).isLessThanOrEqualTo(host);
    desk.isIdle();
    desk.scheduler.close();
    assertThat(desk.scheduler.prefixBytes()).isZero();
    assertThat(decoder.closed).isTrue();
    return counts;
  }

  private static Call call(Desk desk, Random random, int[][] beginnings) {
    int[] prompt = tokens(random, 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 40));
    if (random.nextBoolean()) {
      int[] beginning = beginnings[random.nextInt(beginnings.length)];
      int[] joined =
          Arrays.copyOf(beginning, Math.min(CONTEXT - 1, beginning.length + prompt.length));
      System.arraycopy(prompt, 0, joined, beginning.length, joined.length - beginning.length);
      prompt = joined;
    }
    if (random.nextInt(30) == 0) {
      prompt[random.nextInt(prompt.length)] = FakeDecoder.BREAKS_PROMPT;
    }
    Scheduling scheduling =
        new Scheduling(
            "tenant" + random.nextInt(4),
            random.nextInt(21) - 10,
            random.nextInt(6) == 0
                ? Optional.of(Duration.ofMillis(1 + random.nextInt(150)))
                : Optional.empty());
    int most = random.nextInt(10) == 0 ? 1000 : 1 + random.nextInt(40);
    return desk.submit(prompt, ADAPTERS[random.nextInt(ADAPTERS.length)], most, scheduling);
  }

  private static boolean advance(Call call, Random random) {
    boolean ended = call.ended();
    assertThat(call.cancelled && !ended && call.steps++ > 0).as("cancelled, and runs").isFalse();
    if (!ended && random.nextInt(400) == 0) {
      call.cancel();
    }
    return !ended;
  }

  private static void check(Call call, long now) {
    boolean broken = Arrays.stream(call.prompt).anyMatch(t -> t == FakeDecoder.BREAKS_PROMPT);
    List<Integer> expected = Desk.alone(call.prompt, call.adapter, call.most, CONTEXT);
    assertThat(call.tokens.size()).isLessThanOrEqualTo(expected.size());
    assertThat(call.tokens).isEqualTo(expected.subList(0, call.tokens.size()));
    if (call.end.failure() == null) {
      if (call.end.reason() == FinishReason.CANCELLED) {
        assertThat(call.cancelled).isTrue();
      } else {
        Desk.isWhole(call, CONTEXT);
      }
      return;
    }
    ErrorCode code = ((OpenLedgerException) call.end.failure()).code();
    if (code == ErrorCode.DEADLINE_EXCEEDED) {
      assertThat(call.scheduling.deadline()).isPresent();
    } else {
      assertThat(code).isEqualTo(ErrorCode.INTERNAL);
      assertThat(broken || call.adapter > 10).isTrue();
      assertThat(call.tokens).isEqualTo(expected);
    }
  }

  private static int[] tokens(Random random, int count) {
    return random.ints(count, 0, FakeDecoder.BREAKS_PROMPT).toArray();
  }
}
