package io.openledger.runtime.ledger;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes an epoch each interval in which something was earned. */
public final class EpochTimer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EpochTimer.class.getName());

  private final Epochs epochs;
  private final ScheduledExecutorService executor;
  private final Duration interval;
  private @Nullable ScheduledFuture<?> running;

  /**
   * @param interval zero: never by itself
   */
  public EpochTimer(Epochs epochs, ScheduledExecutorService executor, Duration interval) {
    this.epochs = epochs;
    this.executor = executor;
    this.interval = interval;
  }

  /** Begins to count. */
  public synchronized void start() {
    if (!interval.isZero()) {
      running =
          executor.scheduleWithFixedDelay(
              this::tick, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    try {
      if (epochs.due()) {
        epochs.close();
      }
    } catch (RuntimeException e) {
      // an exception would end the schedule
      LOG.log(
          System.Logger.Level.WARNING,
          "the epoch could not be closed; the next interval tries again: {0}",
          e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    ScheduledFuture<?> scheduled = running;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }
}
