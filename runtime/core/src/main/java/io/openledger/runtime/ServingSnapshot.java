package io.openledger.runtime;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The engine's status as it was at most {@link #MAX_AGE} ago. A registry reads each of its hundred
 * meters for itself: this makes one scrape cost one status, and its figures belong together. While
 * the engine gives none, the last one stands, no longer ready, so that counts do not fall; before
 * the first one everything is zero. Safe for any thread.
 */
public final class ServingSnapshot implements Supplier<ServingStatus> {

  /** Shorter than anybody scrapes, longer than a scrape takes. */
  public static final Duration MAX_AGE = Duration.ofSeconds(1);

  private final Supplier<ServingStatus> source;
  private final LongSupplier nanoTime;
  private ServingStatus last = nothingYet();
  private long taken;

  /**
   * Asks for nothing yet.
   *
   * @param source as {@link OpenLedgerServer#serving}
   * @param nanoTime as {@link System#nanoTime}
   */
  public ServingSnapshot(Supplier<ServingStatus> source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.taken = nanoTime.getAsLong() - MAX_AGE.toNanos();
  }

  @Override
  public synchronized ServingStatus get() {
    long now = nanoTime.getAsLong();
    if (now - taken >= MAX_AGE.toNanos()) {
      taken = now;
      try {
        last = source.get();
      } catch (OpenLedgerException e) {
        // readiness says why there is none
        last = stopped(last);
      }
    }
    return last;
  }

  private static ServingStatus stopped(ServingStatus s) {
    return new ServingStatus(
        0, 0, false, s.requests(), s.times(), s.batches(), s.adapters(), s.memory());
  }

  private static ServingStatus nothingYet() {
    Distribution none = Distribution.empty();
    return new ServingStatus(
        0,
        0,
        false,
        new ServingStatus.Requests(0, 0, 0, 0, 0, 0, 0, 0),
        new ServingStatus.Times(none, none, none, none, none),
        new ServingStatus.Batches(none, none),
        new ServingStatus.Adapters(0, 0, 0, 0, 0, 0, 0, 0),
        new ServingStatus.Memory(0, 0, 0, 0, 0));
  }
}
