package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.engine.Desk.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose turn it is, what has room, and when it is over; the tests own the clock. */
class SchedulingTest {

  private static final int CONTEXT = 512;
  private static final Scheduling A = Scheduling.of("a");
  private static final Scheduling B = Scheduling.of("b");

  private static Desk desk(int rows, int queue) {
    return new Desk(new FakeDecoder(rows, CONTEXT, (long) rows * CONTEXT), 4, queue, 0);
  }

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 0, FakeDecoder.BREAKS_PROMPT).toArray();
  }

  private static Scheduling of(String tenant, int priority) {
    return new Scheduling(tenant, priority, Optional.empty());
  }

  private static Scheduling within(Duration deadline) {
    return new Scheduling("", 0, Optional.of(deadline));
  }

  private static void code(Call call, ErrorCode code) {
    assertThat(call.end.failure())
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  // No answer of these ends early: the prompts' seeds are chosen so.
  private static Call endless(Desk desk, int length, int most, Scheduling scheduling) {
    for (long seed = 0; ; seed++) {
      int[] prompt = prompt(length, seed);
      if (Desk.alone(prompt, 0, most, CONTEXT).size() == most) {
        return desk.submit(prompt, 0, most, scheduling);
      }
    }
  }

  @Test
  void decodesItsBatchAtEachStepWhileALongPromptIsRead() {
    Desk desk = desk(2, 10);
    Call running = endless(desk, 10, 60, A);
    desk.step();
    desk.step();
    Call late = desk.submit(prompt(400, 3), 0, 5, B);
    int before = tokens(running);
    int steps = 0;
    while (tokens(late) == 0 && !late.ended()) {
      desk.step();
      steps++;
    }
    // 400 tokens in pieces of 64 are 7 steps; the other had one token in each.
    assertThat(steps).isEqualTo(7);
    assertThat(tokens(running) - before).isEqualTo(steps);
    desk.finish(running);
    desk.finish(late);
    Desk.isWhole(running, CONTEXT);
    Desk.isWhole(late, CONTEXT);
  }

  private static int tokens(Call call) {
    call.ended();
    return call.tokens.size();
  }

  @Test
  void readsAShortPromptBeforeALongOneThatCameBefore() {
    Desk desk = desk(4, 10);
    Call longer = desk.submit(prompt(500, 1), 0, 2, A);
    desk.step();
    Call shorter = desk.submit(prompt(40, 2), 0, 2, B);
    desk.step();
    assertThat(tokens(shorter)).isPositive();
    assertThat(tokens(longer)).isZero();
    desk.finish(longer);
    Desk.isWhole(longer, CONTEXT);
  }

  @Test
  void readsALongPromptWhileShortOnesNeverCease() {
    Desk desk = desk(8, 100);
    Call longer = desk.submit(prompt(500, 1), 0, 2, A);
    int steps = 0;
    while (tokens(longer) == 0) {
      for (int i = 0; i < 2; i++) {
        if (desk.scheduler.queued() < 50) {
          desk.submit(prompt(60, steps), 0, 1, B);
        }
      }
      desk.step();
      steps++;
    }
    // At most as many tokens of others as its own, 64 and a piece over in a step.
    assertThat(steps).isLessThan(2 * 500 / 64 + 4);
  }

  @Test
  void servesTenantsThatAlwaysWaitWithinThePapersBound() {
    for (long seed = 1; seed <= 30; seed++) {
      Random random = new Random(seed);
      int rows = 1 + random.nextInt(5);
      Desk desk = desk(rows, 1000);
      Map<String, Long> served = new HashMap<>();
      int longest = 50 + random.nextInt(400);
      // The paper's bound, and what one step reads before it is counted.
      long bound = 2L * Math.max(longest, FairShare.ANSWER * (long) rows * CONTEXT);
      List<Call> calls = new ArrayList<>();
      for (int step = 0; step < 600; step++) {
        for (String tenant : List.of("a", "b", "c")) {
          long waiting =
              calls.stream()
                  .filter(c -> c.scheduling.tenant().equals(tenant))
                  .filter(c -> c.stream.admittedNanos() == -1)
                  .count();
          for (; waiting < 4; waiting++) {
            // One asks briefly, one at length, one anything.
            int length = "a".equals(tenant) ? 5 : "b".equals(tenant) ? longest : 0;
            int tokens = length == 0 ? 1 + random.nextInt(longest) : length;
            int most = "a".equals(tenant) ? 60 : 1 + random.nextInt(20);
            calls.add(
                desk.submit(prompt(tokens, random.nextLong()), 0, most, Scheduling.of(tenant)));
          }
        }
        desk.step();
        served.clear();
        for (Call call : calls) {
          call.ended();
          boolean admitted = call.stream.admittedNanos() != -1;
          long service = admitted ? call.prompt.length + 2L * call.tokens.size() : 0;
          served.merge(call.scheduling.tenant(), service, Long::sum);
        }
        long most = served.values().stream().max(Comparator.naturalOrder()).orElse(0L);
        long least = served.values().stream().min(Comparator.naturalOrder()).orElse(0L);
        assertThat(most - least).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(bound);
      }
      assertThat(served.get("a")).as("seed %d", seed).isGreaterThan(100);
    }
  }

  private static boolean waits(Call call) {
    return call.stream.admittedNanos() == -1;
  }

  @Test
  void countsLongAnswersAsMuchAsLongPrompts() {
    Desk desk = desk(1, 64);
    long prompts = 0;
    long answers = 0;
    List<Call> calls = new ArrayList<>();
    for (int step = 0; step < 3000; step++) {
      if (calls.stream().filter(c -> c.scheduling == A).filter(SchedulingTest::waits).count() < 2) {
        calls.add(endless(desk, 200, 1, A));
      }
      if (calls.stream().filter(c -> c.scheduling == B).filter(SchedulingTest::waits).count() < 2) {
        calls.add(endless(desk, 2, 100, B));
      }
      desk.step();
    }
    for (Call call : calls) {
      call.ended();
      long service =
          call.stream.admittedNanos() == -1 ? 0 : call.prompt.length + 2L * call.tokens.size();
      prompts += call.scheduling == A ? service : 0;
      answers += call.scheduling == A ? 0 : service;
    }
    assertThat(prompts).isGreaterThan(5000);
    assertThat(Math.abs(prompts - answers)).isLessThanOrEqualTo(2 * 202);
  }

  @Test
  void keepsNobodyWaitingForEverWhateverOthersPriority() {
    Desk desk = desk(1, 64);
    for (int i = 0; i < 20; i++) {
      desk.submit(prompt(30, i), 0, 10, of("flood", 10));
    }
    for (int i = 0; i < 5; i++) {
      desk.step();
    }
    Call modest = desk.submit(prompt(30, 1), 0, 5, of("modest", -10));
    int steps = 0;
    while (!modest.ended()) {
      while (desk.scheduler.queued() < 20) {
        desk.submit(prompt(30, steps), 0, 10, of("flood", 10));
      }
      desk.step();
      steps++;
    }
    // 20 steps of priority are 5120 weighted tokens; an answer of the flood is about 50 of them.
    assertThat(steps).isLessThan(20 * WaitingLine.PRIORITY_TOKENS / 30 * 11);
    Desk.isWhole(modest, CONTEXT);
  }

  @Test
  void servesOneTenantsRequestsByPriorityThenArrivalAndLetsThemAge() {
    Desk desk = desk(1, 64);
    Call running = endless(desk, 10, 20, A);
    desk.step();
    Call old = desk.submit(prompt(10, 1), 0, 1, of("a", -1));
    desk.now += WaitingLine.AGEING_SECONDS * 1000 * Desk.MILLI + 1;
    Call first = desk.submit(prompt(10, 2), 0, 1, of("a", 0));
    Call second = desk.submit(prompt(10, 3), 0, 1, of("a", 0));
    Call urgent = desk.submit(prompt(10, 4), 0, 1, of("a", 1));
    desk.finish(running);
    List<Call> order = new ArrayList<>(List.of(second, first, old, urgent));
    order.forEach(desk::finish);
    order.sort(Comparator.comparingLong(c -> c.stream.admittedNanos() - desk.now));
    assertThat(order).containsExactly(urgent, old, first, second);
  }

  @Test
  void liftsATenantThatComesBackToThoseThatWait() {
    Desk desk = desk(1, 64);
    desk.finish(desk.submit(prompt(5, 1), 0, 1, B));
    for (int i = 0; i < 30; i++) {
      desk.finish(desk.submit(prompt(100, i), 0, 5, A));
    }
    // B has had little, but saved nothing up: A's turn comes after one of B's, not after thirty.
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      calls.add(desk.submit(prompt(100, 100 + i), 0, 5, i < 6 ? A : B));
    }
    calls.forEach(desk::finish);
    calls.sort(Comparator.comparingLong(c -> c.stream.admittedNanos() - desk.now));
    long early = calls.subList(0, 6).stream().filter(c -> c.scheduling == A).count();
    assertThat(early).isBetween(2L, 4L);
  }

  @Test
  void remembersABoundedNumberOfTenants() {
    FairShare shares = new FairShare();
    for (int i = 0; i < 20_000; i++) {
      shares.enter("tenant" + i);
      shares.charge("tenant" + i, i);
      shares.leave("tenant" + i);
    }
    assertThat(shares.size()).isLessThanOrEqualTo(4096);
  }

  @Test
  void refusesWhatIsOverTheQueueOrATenantsPartOfItAndSaysWhenToComeBack() {
    Desk desk = desk(1, 8);
    endless(desk, 10, 400, A);
    desk.step();
    for (int i = 0; i < 6; i++) {
      desk.submit(prompt(10, i), 0, 5, A);
    }
    assertThatThrownBy(() -> desk.submit(prompt(10, 7), 0, 5, A))
        .isInstanceOfSatisfying(
            BusyException.class,
            e -> assertThat(e.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1)))
        .hasMessageContaining("6 requests of this tenant are waiting")
        .hasMessageContaining("ask again in about");
    desk.submit(prompt(10, 8), 0, 5, B);
    desk.submit(prompt(10, 9), 0, 5, B);
    assertThatThrownBy(() -> desk.submit(prompt(10, 10), 0, 5, Scheduling.of("c")))
        .isInstanceOf(BusyException.class)
        .hasMessageContaining("8 requests are waiting; allowed: at most 8");
    assertThat(desk.scheduler.meters().requests().refused()).isEqualTo(2);
  }

  @Test
  void estimatesFromThePaceOfLateWhenToComeBack() {
    Desk desk = desk(1, 8);
    for (int i = 0; i < 6; i++) {
      endless(desk, 10, 10, A);
    }
    for (int step = 0; step < 45; step++) {
      desk.step();
      desk.now += 1000 * Desk.MILLI;
    }
    // Ten seconds each: as many as wait now take so many times ten.
    while (desk.scheduler.queued() < 6) {
      desk.submit(prompt(10, 1), 0, 10, A);
    }
    assertThatThrownBy(() -> desk.submit(prompt(10, 7), 0, 5, A))
        .isInstanceOfSatisfying(
            BusyException.class,
            e ->
                assertThat(e.retryAfter())
                    .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(80)));
  }

  @Test
  void endsWhatIsLateWhetherItWaitsOrRuns() {
    Desk desk = desk(1, 8);
    Call running = endless(desk, 10, 400, within(Duration.ofMillis(20)));
    Call waiting = desk.submit(prompt(10, 2), 0, 5, within(Duration.ofMillis(10)));
    int steps = desk.finish(waiting);
    assertThat(steps).isEqualTo(11);
    code(waiting, ErrorCode.DEADLINE_EXCEEDED);
    assertThat(waiting.tokens).isEmpty();
    assertThat(steps + desk.finish(running)).isEqualTo(21);
    code(running, ErrorCode.DEADLINE_EXCEEDED);
    assertThat(Desk.alone(running.prompt, 0, 400, CONTEXT))
        .startsWith(running.tokens.toArray(Integer[]::new));
    assertThat(desk.scheduler.meters().requests().expired()).isEqualTo(2);
    desk.isIdle();
  }

  @Test
  void freesItsPlaceInTheLineAtOnceAndItsRowWithinOneStepEvenInsideAPrompt() {
    Desk desk = desk(1, 4);
    Call reading = desk.submit(prompt(500, 1), 0, 5, A);
    desk.step();
    desk.step();
    Call waiting = desk.submit(prompt(10, 2), 0, 5, A);
    waiting.cancel();
    assertThat(waiting.ended()).isTrue();
    assertThat(desk.scheduler.queued()).isZero();
    reading.cancel();
    desk.step();
    assertThat(reading.ended()).isTrue();
    assertThat(reading.end.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(desk.decoder.promptTokens).isEqualTo(128);
    desk.isIdle();
  }

  @Test
  void admitsOnlyWhatFitsToItsEndAndIsNeverOvertakenForEver() {
    FakeDecoder decoder = new FakeDecoder(4, CONTEXT, 600);
    Desk desk = new Desk(decoder, 4, 500, 0);
    Call small = endless(desk, 10, 100, A);
    desk.step();
    Call large = desk.submit(prompt(300, 1), 0, 100, A);
    List<Call> others = new ArrayList<>();
    int steps = 0;
    while (large.stream.admittedNanos() == -1 && large.end == null) {
      if (desk.scheduler.queued() < 100) {
        others.add(desk.submit(prompt(10, steps), 0, 10, A));
      }
      desk.step();
      steps++;
      assertThat(decoder.cacheBytes()).isLessThanOrEqualTo(600);
      assertThat(steps).isLessThan(2000);
    }
    long before = others.stream().filter(c -> c.stream.admittedNanos() != -1).count();
    assertThat(before).as("overtaken").isBetween(1L, 70L);
    desk.finish(large);
    desk.finish(small);
    Desk.isWhole(large, CONTEXT);
    Desk.isWhole(small, CONTEXT);
  }

  @Test
  void waitsWhileThereIsNoMemoryAndSaysSoWhenNothingElseRuns() {
    Desk desk = desk(2, 8);
    Call running = endless(desk, 10, 20, A);
    desk.step();
    desk.decoder.noMemory = true;
    Call next = desk.submit(prompt(100, 1), 0, 20, A);
    desk.step();
    assertThat(next.ended()).isFalse();
    desk.finish(running);
    desk.finish(next);
    code(next, ErrorCode.BUSY);
    desk.decoder.noMemory = false;
    Call again = desk.submit(prompt(100, 1), 0, 20, A);
    desk.finish(again);
    Desk.isWhole(again, CONTEXT);
    desk.isIdle();
  }

  @Test
  void endsTheCulpritOfAFailedStepAloneAndKeepsItsBatchMatesExact() {
    Desk desk = desk(6, 8);
    List<Call> innocent =
        IntStream.range(0, 4).mapToObj(i -> desk.submit(prompt(50, i), i % 3, 30, A)).toList();
    Call culprit = broken(desk, FakeDecoder.BREAKS_STEP);
    Call poisoned = broken(desk, FakeDecoder.POISON);
    innocent.forEach(desk::finish);
    desk.finish(culprit);
    desk.finish(poisoned);
    innocent.forEach(each -> Desk.isWhole(each, CONTEXT));
    code(culprit, ErrorCode.INTERNAL);
    code(poisoned, ErrorCode.INTERNAL);
    assertThat(culprit.tokens).hasSize(1);
    assertThat(poisoned.tokens).hasSize(1);
    assertThat(desk.scheduler.meters().requests().failed()).isEqualTo(2);
    desk.isIdle();
  }

  /** One that gets its first token and then a fault. */
  private static Call broken(Desk desk, int adapter) {
    for (long seed = 0; ; seed++) {
      int[] prompt = prompt(20, seed);
      if (Desk.alone(prompt, adapter, 30, CONTEXT).size() == 1) {
        return desk.submit(prompt, adapter, 30, B);
      }
    }
  }

  @Test
  void letsOthersPassOneWhoseAdapterHasNoSlot() {
    Desk desk = new Desk(new FakeDecoder(3, CONTEXT, 3L * CONTEXT), 1, 8, 0);
    Call first = desk.submit(prompt(10, 1), 1, 30, A);
    Call second = desk.submit(prompt(10, 2), 2, 5, A);
    Call third = desk.submit(prompt(10, 3), 0, 5, A);
    desk.step();
    assertThat(first.stream.admittedNanos()).isNotEqualTo(-1);
    assertThat(second.stream.admittedNanos()).isEqualTo(-1);
    assertThat(third.stream.admittedNanos()).isNotEqualTo(-1);
    for (Call call : List.of(first, second, third)) {
      desk.finish(call);
      Desk.isWhole(call, CONTEXT);
    }
  }
}
