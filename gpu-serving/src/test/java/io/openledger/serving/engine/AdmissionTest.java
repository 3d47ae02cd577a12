package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.engine.Desk.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who begins while others lack a slot, memory, or their adapter; the tests own the clock. */
class AdmissionTest {

  private static final int CONTEXT = 512;
  private static final Scheduling A = Scheduling.of("a");
  private static final Scheduling B = Scheduling.of("b");

  private int reads;

  private Desk desk(int rows, int slots, int queue, long hostAdapters) {
    return watched(
        new Desk(
            new FakeDecoder(rows, CONTEXT, (long) rows * CONTEXT),
            slots,
            queue,
            0,
            hostAdapters * Desk.ADAPTER));
  }

  /** Counts the readings, and refuses one inside a step: that would be the loop's. */
  private Desk watched(Desk desk) {
    desk.files =
        name -> {
          assertThat(desk.stepping).as("read by the loop").isFalse();
          reads++;
          return Desk.weights(Integer.parseInt(name.substring(1)));
        };
    return desk;
  }

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 0, FakeDecoder.BREAKS_PROMPT).toArray();
  }

  private static boolean waits(Call call) {
    return call.stream.admittedNanos() == -1;
  }

  /** One whose answer does not end by itself. */
  private static Call endless(Desk desk, int adapter, int most, Scheduling scheduling) {
    for (long seed = 0; ; seed++) {
      int[] prompt = prompt(10, seed);
      if (Desk.alone(prompt, adapter, most, CONTEXT).size() == most) {
        return desk.submit(prompt, adapter, most, scheduling);
      }
    }
  }

  @Test
  void readsNothingForWhomItRefuses() {
    Desk desk = desk(1, 4, 4, 100);
    endless(desk, 0, 100, A);
    desk.step();
    for (int i = 1; i <= 3; i++) {
      desk.submit(prompt(5, i), i, 5, A);
    }
    for (int i = 4; i < 100; i++) {
      int adapter = i;
      assertThatThrownBy(() -> desk.submit(prompt(5, adapter), adapter, 5, A))
          .isInstanceOf(BusyException.class);
    }
    assertThat(reads).isEqualTo(3);
    assertThat(desk.host.bytes()).isEqualTo(3 * Desk.ADAPTER);
  }

  @Test
  void holdsNoMoreAdaptersThanTheHostMayHoweverManyRequestsWait() {
    Desk desk = desk(4, 2, 2000, 5);
    List<Call> calls = new ArrayList<>();
    for (int i = 1; i <= 600; i++) {
      calls.add(desk.submit(prompt(5, i), i, 3, A));
      assertThat(desk.host.bytes()).isLessThanOrEqualTo(5 * Desk.ADAPTER);
    }
    assertThat(reads).isEqualTo(5);
    for (Call call : calls) {
      while (!call.ended()) {
        desk.step();
        calls.forEach(Call::ended);
        assertThat(desk.host.bytes()).isLessThanOrEqualTo(5 * Desk.ADAPTER);
      }
      Desk.isWhole(call, CONTEXT);
    }
    // None was read in vain.
    assertThat(reads).isEqualTo(600);
  }

  @Test
  void readsAnAdapterOnceForAllWhoWaitForIt() {
    Desk desk = desk(2, 1, 2000, 5);
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(desk.submit(prompt(5, i), 7, 3, A));
    }
    assertThat(reads).isEqualTo(1);
    assertThat(desk.host.bytes()).isEqualTo(Desk.ADAPTER);
    calls.forEach(desk::finish);
    calls.forEach(call -> Desk.isWhole(call, CONTEXT));
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void goesOnWhileACallerReadsAgainWhatLeftHostMemoryInTheQueue() {
    Desk desk = desk(2, 2, 100, 1);
    Call running = endless(desk, 0, 60, A);
    Call other = endless(desk, 0, 5, A);
    desk.step();
    // Both rows are taken: it waits, its adapter is read, and leaves for one whose turn it is.
    Call waiting = desk.submit(prompt(10, 1), 1, 5, A);
    assertThat(reads).isEqualTo(1);
    Call first = desk.submit(prompt(10, 2), 2, 30, B);
    desk.finish(other);
    desk.finish(first);
    int before = count(running);
    desk.step();
    desk.step();
    // Its caller has not looked yet; nobody waits for it.
    assertThat(waits(waiting)).isTrue();
    assertThat(count(running)).isEqualTo(before + 2);
    desk.finish(waiting);
    Desk.isWhole(waiting, CONTEXT);
    desk.finish(running);
    Desk.isWhole(running, CONTEXT);
    assertThat(reads).isEqualTo(3);
    desk.isIdle();
  }

  private static int count(Call call) {
    call.ended();
    return call.tokens.size();
  }

  @Test
  void refusesWhoseAdapterCannotBeReadAndLetsOthersReadIt() {
    Desk desk = desk(2, 2, 100, 1);
    boolean[] broken = {true};
    desk.files =
        name -> {
          if (broken[0]) {
            broken[0] = false;
            throw new IllegalStateException("the file is gone");
          }
          return Desk.weights(3);
        };
    Call first = desk.submit(prompt(10, 1), 3, 5, A);
    Call second = desk.submit(prompt(10, 2), 3, 5, A);
    assertThat(first.ended()).isTrue();
    assertThat(first.end.failure()).hasMessageContaining("the file is gone");
    desk.finish(second);
    Desk.isWhole(second, CONTEXT);
    assertThat(desk.scheduler.meters().requests().failed()).isEqualTo(1);
    desk.isIdle();
  }

  @Test
  void letsOneWhoseAdapterIsThereBeginBeforeOneForWhoseThereIsNoRoom() {
    Desk desk = desk(3, 2, 100, 1);
    Call running = endless(desk, 0, 60, A);
    desk.step();
    desk.decoder.noMemory = true;
    Call here = desk.submit(prompt(200, 1), 1, 5, A);
    // Its turn has come: it keeps the only place in host memory, but has no room to run.
    desk.step();
    Call first = desk.submit(prompt(10, 2), 2, 5, new Scheduling("a", 5, Optional.empty()));
    desk.decoder.noMemory = false;
    for (int step = 0; step < 20; step++) {
      desk.step();
      first.ended();
    }
    assertThat(waits(here) || waits(first)).isFalse();
    for (Call call : List.of(here, first, running)) {
      desk.finish(call);
      Desk.isWhole(call, CONTEXT);
    }
  }

  @Test
  void waitsForNoCallerThatDoesNotReadWhatItIsToldTo() {
    Desk desk = desk(2, 2, 100, 0);
    List<Call> silent = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      silent.add(desk.submit(prompt(10, i), i, 5, A));
    }
    desk.step();
    // Room for one, which the first has: its caller does not look.
    Call call = desk.submit(prompt(10, 30), 30, 5, A);
    for (int step = 0; step < 100; step++) {
      desk.step();
      assertThat(call.ended()).isFalse();
    }
    for (int step = 0; !call.ended(); step++) {
      desk.now += Admission.SILENCE / 10;
      desk.step();
      assertThat(step).isLessThan(20 * 12 + 10);
    }
    Desk.isWhole(call, CONTEXT);
    for (Call each : silent) {
      while (!each.ended()) {
        silent.forEach(Call::ended);
        desk.step();
      }
      Desk.isWhole(each, CONTEXT);
    }
    desk.isIdle();
  }

  @Test
  void tellsACallerAgainWhoseAdapterWasReadAndLeftHostMemoryLongAgo() {
    Desk desk = desk(1, 2, 100, 1);
    Call running = endless(desk, 0, 60, A);
    desk.step();
    // Read at once, and given up for one whose turn it is.
    Call waiting = desk.submit(prompt(10, 1), 1, 5, A);
    assertThat(reads).isEqualTo(1);
    Call first = desk.submit(prompt(10, 2), 2, 5, new Scheduling("a", 5, Optional.empty()));
    desk.now += 2 * Admission.SILENCE;
    desk.finish(running);
    desk.finish(first);
    desk.finish(waiting);
    Desk.isWhole(waiting, CONTEXT);
    assertThat(reads).isEqualTo(3);
    desk.isIdle();
  }

  @Test
  void tellsACallerAgainForWhomAnothersReadingFailedLongAgo() {
    Desk desk = desk(1, 2, 100, 1);
    Call running = endless(desk, 0, 60, A);
    desk.step();
    Call[] second = new Call[1];
    desk.files =
        name -> {
          if (second[0] == null) {
            // Told to read what is being read: done at once.
            second[0] = desk.submit(prompt(10, 2), 3, 5, B);
            throw new IllegalStateException("the file is gone");
          }
          return Desk.weights(3);
        };
    Call failed = desk.submit(prompt(10, 1), 3, 5, A);
    assertThat(failed.ended()).isTrue();
    desk.now += 2 * Admission.SILENCE;
    desk.finish(running);
    desk.finish(second[0]);
    Desk.isWhole(second[0], CONTEXT);
    desk.isIdle();
  }

  @Test
  void takesNoSlotWhileThereIsNoMemoryForKeysAndValues() {
    Desk desk = desk(3, 2, 100, 10);
    Call one = desk.submit(prompt(10, 1), 1, 1, A);
    desk.finish(one);
    Call two = endless(desk, 2, 60, A);
    desk.step();
    assertThat(desk.pool.counts().misses()).isEqualTo(2);
    desk.decoder.noMemory = true;
    Call next = desk.submit(prompt(200, 3), 3, 5, A);
    Call resident = desk.submit(prompt(200, 4), 1, 5, B);
    for (int step = 0; step < 20; step++) {
      desk.step();
    }
    assertThat(waits(next) && waits(resident)).isTrue();
    assertThat(desk.pool.contains(desk.adapters.get(1))).as("still resident").isTrue();
    assertThat(desk.pool.counts().misses()).isEqualTo(2);
    assertThat(desk.pool.counts().hits()).isZero();
    assertThat(desk.pool.users().values().stream().mapToInt(users -> users).sum()).isEqualTo(1);
    desk.decoder.noMemory = false;
    for (Call call : List.of(next, resident, two)) {
      desk.finish(call);
      Desk.isWhole(call, CONTEXT);
    }
    desk.isIdle();
  }

  @Test
  void letsThoseWhoCanRunPassAnyNumberWhoWaitForASlot() {
    Desk desk = desk(4, 1, 1000, 1000);
    Call running = endless(desk, 1, 100, A);
    desk.step();
    List<Call> without = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      without.add(desk.submit(prompt(10, i), 2 + i, 3, A));
    }
    Call base = desk.submit(prompt(10, 200), 0, 5, A);
    Call sameAdapter = desk.submit(prompt(10, 201), 1, 5, A);
    desk.step();
    assertThat(waits(base) || waits(sameAdapter)).isFalse();
    assertThat(without).allMatch(AdmissionTest::waits);
    for (Call call : List.of(base, sameAdapter, running)) {
      desk.finish(call);
      Desk.isWhole(call, CONTEXT);
    }
    without.forEach(desk::finish);
    without.forEach(call -> Desk.isWhole(call, CONTEXT));
    desk.isIdle();
  }

  @Test
  void letsNoMoreThanABoundedNumberPassOneWhoWaitsForASlot() {
    Desk desk = desk(3, 1, 1000, 1000);
    endless(desk, 1, 20, A);
    desk.step();
    Call waiting = desk.submit(prompt(10, 1), 2, 3, A);
    List<Call> others = new ArrayList<>();
    List<Call> base = new ArrayList<>();
    int steps = 0;
    while (waits(waiting)) {
      // Always one on the resident adapter, and one on the base model.
      if (others.stream().noneMatch(AdmissionTest::waits)) {
        // Of many lengths: there is no moment when none of them runs.
        others.add(endless(desk, 1, 10 + others.size() % 7, A));
      }
      if (base.stream().noneMatch(AdmissionTest::waits)) {
        base.add(endless(desk, 0, 2, A));
      }
      desk.step();
      assertThat(++steps).isLessThan(5000);
    }
    long passed = Stream.concat(others.stream(), base.stream()).filter(c -> !waits(c)).count();
    assertThat(passed).isGreaterThan(Admission.OVERTAKEN);
    assertThat(others.stream().filter(call -> !waits(call)).count())
        .isLessThanOrEqualTo(Admission.OVERTAKEN + 1);
  }

  @Test
  void letsShorterOnesPassAnyNumberWhoAreTooLongForNow() {
    Desk desk = watched(new Desk(new FakeDecoder(8, CONTEXT, 1000), 4, 500, 0));
    Call running = endless(desk, 0, 100, A);
    desk.step();
    List<Call> large =
        IntStream.range(0, 50).mapToObj(i -> desk.submit(prompt(400, i), 0, 110, A)).toList();
    desk.step();
    Call small = desk.submit(prompt(10, 100), 0, 5, A);
    desk.step();
    assertThat(large.stream().filter(call -> !waits(call)).count()).isLessThan(2);
    assertThat(waits(small)).isFalse();
    desk.finish(small);
    large.forEach(desk::finish);
    large.forEach(call -> Desk.isWhole(call, CONTEXT));
    desk.finish(running);
    Desk.isWhole(running, CONTEXT);
  }

  @Test
  void servesThoseWhoWaitForAnAdapterThatWasTakenAwayAndKeepsNothingOfIt() {
    Desk desk = new Desk(new FakeDecoder(1, CONTEXT, CONTEXT), 4, 50, 10_000, 80);
    Call running = desk.submit(prompt(200, 1), 1, 5, A);
    desk.step();
    Call waiting = desk.submit(prompt(200, 1), 1, 5, A);
    desk.drop(1);
    desk.finish(running);
    desk.finish(waiting);
    Desk.isWhole(running, CONTEXT);
    Desk.isWhole(waiting, CONTEXT);
    assertThat(desk.pool.resident()).isZero();
    assertThat(desk.host.bytes()).isZero();
    assertThat(desk.scheduler.keptPrefixes()).isZero();
  }
}
