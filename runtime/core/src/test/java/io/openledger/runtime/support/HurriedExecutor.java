package io.openledger.runtime.support;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Threads for which whatever is planned comes sooner by a factor: what a server looks for every
 * second or tries again after five is not waited for in a test. Nothing else is hurried: limits of
 * time, such as those of connections, leases and rests, are kept by clocks and not by these
 * threads.
 */
final class HurriedExecutor extends ScheduledThreadPoolExecutor {

  private final int factor;

  /**
   * @param factor 1: nothing is hurried
   */
  HurriedExecutor(int threads, ThreadFactory factory, int factor) {
    super(threads, factory);
    this.factor = factor;
  }

  /** In nanoseconds; not 0, which would be a task without a pause. */
  private long hurried(long delay, TimeUnit unit) {
    return delay == 0 ? 0 : Math.max(1, unit.toNanos(delay) / factor);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return super.schedule(task, hurried(delay, unit), TimeUnit.NANOSECONDS);
  }

  @Override
  public <T> ScheduledFuture<T> schedule(Callable<T> task, long delay, TimeUnit unit) {
    return super.schedule(task, hurried(delay, unit), TimeUnit.NANOSECONDS);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initial, long period, TimeUnit unit) {
    return super.scheduleAtFixedRate(
        task, hurried(initial, unit), hurried(period, unit), TimeUnit.NANOSECONDS);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initial, long delay, TimeUnit unit) {
    return super.scheduleWithFixedDelay(
        task, hurried(initial, unit), hurried(delay, unit), TimeUnit.NANOSECONDS);
  }
}
