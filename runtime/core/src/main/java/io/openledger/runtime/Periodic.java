package io.openledger.runtime;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something each interval, one at a time, until it is closed. */
public final class Periodic implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Periodic.class.getName());

  private final Runnable task;
  private final ScheduledExecutorService executor;
  private final Duration interval;
  private @Nullable ScheduledFuture<?> running;

  /**
   * @param task that handles its own exceptions; what it throws all the same is logged, and it is
   *     done again: an executor would end it for good
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
              this::run, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void run() {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "what is done each " + interval + " failed", e);
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
