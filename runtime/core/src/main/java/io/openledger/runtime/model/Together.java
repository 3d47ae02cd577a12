package io.openledger.runtime.model;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.TokenScore;
import io.openledger.api.spi.ServingEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Several generations of one call, so that the engine decodes them together. The calling thread
 * does what no other thread has begun, so that an executor without a free thread makes them slower
 * and never keeps them waiting for one another.
 *
 * <p>All calls together have a number of helping threads, for as long as answers take or their
 * listeners are slow: the executor has other work, some of which is waited for.
 */
final class Together {

  /** Makes one generation. */
  @FunctionalInterface
  interface Task {
    ServingEngine.Generation run(int index, AnswerListener listener);
  }

  private final Executor executor;
  private final Semaphore helpers;

  /**
   * @param helpers how many of the executor's threads are used at a time
   */
  Together(Executor executor, int helpers) {
    this.executor = executor;
    this.helpers = new Semaphore(helpers);
  }

  /**
   * Returns when all are complete. When one fails the others are cancelled, and the first failure
   * is thrown after they have ended. An interrupt of the calling thread cancels all.
   *
   * @param listeners one for each
   */
  List<ServingEngine.Generation> all(List<? extends AnswerListener> listeners, Task task) {
    if (listeners.size() == 1) {
      return List.of(task.run(0, listeners.get(0)));
    }
    AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    List<FutureTask<ServingEngine.Generation>> tasks = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      int index = i;
      AnswerListener listener = new Linked(listeners.get(i), failed, interrupted);
      tasks.add(
          new FutureTask<>(
              () -> {
                if (failed.get() != null) {
                  throw new CancellationException();
                }
                try {
                  return task.run(index, listener);
                } catch (Throwable e) {
                  failed.compareAndSet(null, e);
                  throw e;
                }
              }));
    }
    for (int i = 1; i < tasks.size(); i++) {
      try {
        executor.execute(() -> help(tasks));
      } catch (RejectedExecutionException e) {
        break; // this thread does it
      }
    }
    tasks.forEach(FutureTask::run);
    return results(tasks, failed, interrupted);
  }

  /** Does what nobody has begun, unless enough help already. */
  private void help(List<? extends FutureTask<?>> tasks) {
    if (helpers.tryAcquire()) {
      try {
        tasks.subList(1, tasks.size()).forEach(FutureTask::run);
      } finally {
        helpers.release();
      }
    }
  }

  private static List<ServingEngine.Generation> results(
      List<FutureTask<ServingEngine.Generation>> tasks,
      AtomicReference<@Nullable Throwable> failed,
      AtomicBoolean interrupted) {
    List<ServingEngine.Generation> results = new ArrayList<>();
    for (FutureTask<ServingEngine.Generation> each : tasks) {
      for (boolean ended = false; !ended; ) {
        try {
          results.add(each.get());
          ended = true;
        } catch (ExecutionException e) {
          ended = true;
        } catch (InterruptedException e) {
          // the others end at their next step; their listeners are the caller's until then
          interrupted.set(true);
        }
      }
    }
    if (interrupted.get()) {
      Thread.currentThread().interrupt();
    }
    Throwable first = failed.get();
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
    if (first != null) {
      throw new IllegalStateException("a generation threw a checked exception", first);
    }
    return results;
  }

  /** Ends its answer when another one failed, or when the caller was interrupted. */
  private record Linked(
      AnswerListener listener,
      AtomicReference<@Nullable Throwable> failed,
      AtomicBoolean interrupted)
      implements AnswerListener {

    @Override
    public void onText(String delta) {
      listener.onText(delta);
    }

    @Override
    public void onScore(TokenScore score) {
      listener.onScore(score);
    }

    @Override
    public boolean followsEvidence() {
      return listener.followsEvidence();
    }

    @Override
    public void onEvidence(List<SpanMatch> spans) {
      listener.onEvidence(spans);
    }

    @Override
    public boolean cancelled() {
      return failed.get() != null || interrupted.get() || listener.cancelled();
    }
  }
}
