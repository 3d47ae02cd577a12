package io.openledger.runtime.rollup;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The outbox's figures as they were at most {@link #MAX_AGE} ago. A registry reads each of its
 * meters for itself: this makes one scrape cost one question to the database, and its figures
 * belong together. While there is no answer the last figures stand, so that counts do not fall;
 * where no chain is attached everything is zero. Safe for any thread.
 */
public final class OutboxSnapshot implements Supplier<OutboxFigures> {

  /** Shorter than anybody scrapes, longer than a scrape takes. */
  public static final Duration MAX_AGE = Duration.ofSeconds(1);

  private static final OutboxFigures NONE =
      new OutboxFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  private final Supplier<Optional<OutboxFigures>> source;
  private final LongSupplier nanoTime;
  private OutboxFigures last = NONE;
  private long taken;

  /**
   * Asks for nothing yet.
   *
   * @param source as {@link Rollup#outboxFigures}; empty where no chain is attached
   * @param nanoTime as {@link System#nanoTime}
   */
  public OutboxSnapshot(Supplier<Optional<OutboxFigures>> source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.taken = nanoTime.getAsLong() - MAX_AGE.toNanos();
  }

  @Override
  public synchronized OutboxFigures get() {
    long now = nanoTime.getAsLong();
    if (now - taken >= MAX_AGE.toNanos()) {
      taken = now;
      try {
        last = source.get().orElse(NONE);
      } catch (OpenLedgerException e) {
        // readiness says why there are none
        return last;
      }
    }
    return last;
  }
}
