package io.openledger.runtime.datanet;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is done for indexes in the background: so many things at a time, in the order in which they
 * came; the others wait here and hold no thread. Reading, writing and merging files takes as long
 * as the disk does, and whatever else the server does on the same threads, such as taking the
 * chain's answers, is waited for. What waits is bounded by its callers, who put the same thing here
 * once. Safe for any thread.
 */
final class IndexWork implements Executor {

  private static final System.Logger LOG = System.getLogger(IndexWork.class.getName());

  private final ScheduledExecutorService executor;
  private final int atOnce;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;

  /**
   * @param executor whose threads are used
   * @param atOnce of them at most, 1 or more
   */
  IndexWork(ScheduledExecutorService executor, int atOnce) {
    this.executor = executor;
    this.atOnce = atOnce;
  }

  /**
   * Does it soon. Returns at once.
   *
   * @throws RejectedExecutionException if the server is stopping
   */
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      waiting.add(task);
      if (running == atOnce) {
        return;
      }
      running++;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      synchronized (this) {
        running--;
        waiting.remove(task);
      }
      throw e;
    }
  }

  /**
   * Does it after some seconds, or later.
   *
   * @throws RejectedExecutionException if the server is stopping
   */
  void schedule(Runnable task, long seconds) {
    executor.schedule(() -> execute(task), seconds, TimeUnit.SECONDS);
  }

  private void run() {
    Runnable task = next();
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // of what comes next it is not the fault
        LOG.log(System.Logger.Level.ERROR, "work for an index failed", e);
      }
      task = next();
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = waiting.poll();
    if (task == null) {
      running--;
    }
    return task;
  }
}
