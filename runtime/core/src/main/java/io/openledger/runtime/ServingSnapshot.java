package io.openledger.runtime;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.ServingStatus;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The engine's status as it was at most {@link #MAX_AGE} ago. A registry reads each of its hundred
 * meters for itself: this makes one scrape cost one status, and its figures belong together. When
 * the engine gives none any more, the last one stands, no longer ready, so that counts do not fall.
 * Safe for any thread.
 */
public final class ServingSnapshot implements Supplier<ServingStatus> {

  /** Shorter than anybody scrapes, longer than a scrape takes. */
  public static final Duration MAX_AGE = Duration.ofSeconds(1);

  private final Supplier<ServingStatus> source;
  private final LongSupplier nanoTime;
  private ServingStatus last;
  private long taken;

  /**
   * Takes the first one.
   *
   * @param source as {@link OpenLedgerServer#serving}
   * @param nanoTime as {@link System#nanoTime}
   * @throws OpenLedgerException what {@code source} throws
   */
  public ServingSnapshot(Supplier<ServingStatus> source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.taken = nanoTime.getAsLong();
    this.last = source.get();
  }

  @Override
  public synchronized ServingStatus get() {
    long now = nanoTime.getAsLong();
    if (now - taken >= MAX_AGE.toNanos()) {
      taken = now;
      try {
        last = source.get();
      } catch (OpenLedgerException e) {
        last =
            new ServingStatus(
                0,
                0,
                false,
                last.requests(),
                last.times(),
                last.batches(),
                last.adapters(),
                last.memory());
      }
    }
    return last;
  }
}
