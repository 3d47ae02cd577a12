package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServingSnapshotTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean gone;

  private ServingStatus status() {
    if (gone) {
      throw new OpenLedgerException(ErrorCode.NOT_READY, "stopping", "running", "wait");
    }
    int n = asked.incrementAndGet();
    Distribution seen = new Distribution(List.of(0.1, 1.0), List.of(2L, 1L, 1L), 4.5, 3);
    return new ServingStatus(
        n,
        1,
        true,
        new ServingStatus.Requests(n, 0, 0, 0, 0, 0, 0, 0),
        new ServingStatus.Times(seen, seen, seen, seen, seen),
        new ServingStatus.Batches(seen, seen),
        new ServingStatus.Adapters(0, 0, 0, 0, 0, 0, 0, 0),
        new ServingStatus.Memory(0, 0, 0, 0, 0));
  }

  private final ServingSnapshot snapshot = new ServingSnapshot(this::status, now::get);

  @Test
  void oneScrapeCostsOneStatus() {
    for (int i = 0; i < 100; i++) {
      snapshot.get();
      now.addAndGet(1_000_000);
    }
    assertThat(asked).hasValue(1);
    now.addAndGet(ServingSnapshot.MAX_AGE.toNanos());
    assertThat(snapshot.get().running()).isEqualTo(2);
  }

  @Test
  void keepsItsCountsWhenTheEngineIsGone() {
    snapshot.get();
    gone = true;
    now.addAndGet(ServingSnapshot.MAX_AGE.toNanos());
    ServingStatus last = snapshot.get();
    assertThat(last.ready()).isFalse();
    assertThat(last.running()).isZero();
    assertThat(last.queued()).isZero();
    assertThat(last.requests().completed()).isEqualTo(1);
    gone = false;
    now.addAndGet(ServingSnapshot.MAX_AGE.toNanos());
    assertThat(snapshot.get().ready()).isTrue();
  }

  @Test
  void isNotReadyAndCountsNothingBeforeTheFirstStatus() {
    gone = true;
    ServingStatus none = snapshot.get();
    assertThat(none.ready()).isFalse();
    assertThat(none.requests().completed()).isZero();
    for (ServingFigure figure : ServingFigures.ALL) {
      if (figure instanceof ServingFigure.Numbers numbers) {
        assertThat(numbers.samples()).allMatch(sample -> sample.value().applyAsLong(none) == 0);
      } else if (figure instanceof ServingFigure.Values values) {
        assertThat(values.atMost(none, Double.POSITIVE_INFINITY)).isZero();
      }
    }
  }

  @Test
  void everyFigureHasANameOfItsOwn() {
    assertThat(ServingFigures.ALL.stream().map(ServingFigure::textName))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("openledger_serving_[a-z]+(_[a-z]+)*"));
  }

  @Test
  void countsWhatDoesNotExceedABoundEvenOneThatTheBucketsDoNotHave() {
    ServingFigure.Values queue =
        ServingFigures.ALL.stream()
            .filter(f -> f.name().equals("queue"))
            .map(ServingFigure.Values.class::cast)
            .findFirst()
            .orElseThrow();
    ServingStatus status = snapshot.get();
    assertThat(queue.atMost(status, 0.05)).isZero();
    assertThat(queue.atMost(status, 0.1)).isEqualTo(2);
    assertThat(queue.atMost(status, 0.5)).isEqualTo(2);
    assertThat(queue.atMost(status, 1)).isEqualTo(3);
    assertThat(queue.atMost(status, Double.POSITIVE_INFINITY)).isEqualTo(4);
  }
}
