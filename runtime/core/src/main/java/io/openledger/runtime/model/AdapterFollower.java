package io.openledger.runtime.model;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks each interval for what other servers that share the store did with adapters. */
public final class AdapterFollower implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AdapterFollower.class.getName());

  private final ModelHost models;
  private final ScheduledExecutorService executor;
  private final Duration interval;
  private @Nullable ScheduledFuture<?> running;

  /**
   * @param interval zero: never by itself
   */
  public AdapterFollower(ModelHost models, ScheduledExecutorService executor, Duration interval) {
    this.models = models;
    this.executor = executor;
    this.interval = interval;
  }

  /** Begins to look. */
  public synchronized void start() {
    if (!interval.isZero()) {
      running =
          executor.scheduleWithFixedDelay(
              this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    try {
      models.follow();
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next interval tries again: {0}", e.getMessage());
    } catch (RuntimeException e) {
      // an exception would end the schedule
      LOG.log(System.Logger.Level.WARNING, "changes of adapters were not taken up", e);
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
