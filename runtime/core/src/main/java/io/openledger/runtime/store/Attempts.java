package io.openledger.runtime.store;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work that is to succeed once, and may have to wait for something that is down: tried by one
 * thread at a time, and after a failure not again for a while, which doubles from 0.25 s to 10 s.
 * Everybody else is told at once why it is not done. Without this, a hundred callers of a database
 * that hangs would wait for its time-out one after another. Safe for any thread.
 */
public final class Attempts {

  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private record Failure(OpenLedgerException why, Duration pause, Instant next) {}

  private final String what;
  private final Clock clock;
  private final ReentrantLock trying = new ReentrantLock();
  private volatile boolean done;
  private volatile @Nullable Failure last;

  /**
   * @param what is done, for messages: "migrating the store"
   */
  public Attempts(String what, Clock clock) {
    this.what = what;
    this.clock = clock;
  }

  /** Whether it has succeeded. */
  public boolean done() {
    return done;
  }

  /**
   * Does it, unless it has been done.
   *
   * @throws OpenLedgerException what the work throws, or threw the last time; {@link
   *     ErrorCode#LEDGER_UNAVAILABLE} while another thread is at it
   */
  public void run(Runnable work) {
    if (done) {
      return;
    }
    refuseEarly();
    if (!trying.tryLock()) {
      throw underWay();
    }
    try {
      if (!done) {
        refuseEarly();
        attempt(work);
      }
    } finally {
      trying.unlock();
    }
  }

  private void attempt(Runnable work) {
    try {
      work.run();
      done = true;
      last = null;
    } catch (OpenLedgerException e) {
      @Nullable Failure before = last;
      Duration pause = before == null ? FIRST : before.pause().multipliedBy(2);
      Duration bounded = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
      last = new Failure(e, bounded, clock.instant().plus(bounded));
      throw e;
    }
  }

  private void refuseEarly() {
    @Nullable Failure failure = last;
    Instant now = clock.instant();
    // a clock that was set back must not turn a pause into a day
    if (failure != null
        && now.isBefore(failure.next())
        && !now.isBefore(failure.next().minus(LONGEST))) {
      throw told(failure);
    }
  }

  private OpenLedgerException underWay() {
    @Nullable Failure failure = last;
    return failure != null
        ? told(failure)
        : new OpenLedgerException(
            ErrorCode.LEDGER_UNAVAILABLE,
            what + " is still under way",
            "calls when it is done",
            "call again in a moment");
  }

  // a new one for each caller: an exception belongs to one stack
  private static OpenLedgerException told(Failure failure) {
    OpenLedgerException why = failure.why();
    return new OpenLedgerException(why.code(), why.arrived(), why.allowed(), why.remedy(), why);
  }
}
