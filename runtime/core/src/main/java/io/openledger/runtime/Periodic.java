package io.openledger.runtime;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something each interval, one at a time, until it is closed. */
public final class Periodic implements AutoCloseable {

  private final Runnable task;
  private final ScheduledExecutorService executor;
  private final Duration interval;
  private @Nullable ScheduledFuture<?> running;

  /**
   * @param task that throws nothing: an exception would end it for good
   * @param interval from an end to the next begin; zero: never by itself
   */
  public Periodic(Runnable task, ScheduledExecutorService executor, Duration interval) {
    this.task = task;
    this.executor = executor;
    this.interval = interval;
  }

  /** Begins, an interval from now. */
  public synchronized void start() {
    if (!interval.isZero()) {
      running =
          executor.scheduleWithFixedDelay(
              task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Begins no more; what runs ends by itself. */
  @Override
  public synchronized void close() {
    ScheduledFuture<?> scheduled = running;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }
}
