package io.openledger.chain.merkle;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A loop whose steps do not depend on each other, done by the caller and by whoever helps.
 *
 * <p>The caller takes pieces as the helpers do, and in the end waits for pieces that others have
 * begun, never for a helper to begin: an executor that is busy, small or shut down costs time and
 * cannot block. A helper that comes late finds nothing left and touches nothing.
 */
final class SharedLoop implements Runnable {

  /** Steps from one to before another. */
  interface Body {
    void run(int from, int to);
  }

  private final int count;
  private final int chunk;
  private final Body body;
  private final AtomicInteger next = new AtomicInteger();
  private final CountDownLatch left;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private SharedLoop(int count, int chunk, int chunks, Body body) {
    this.count = count;
    this.chunk = chunk;
    this.body = body;
    this.left = new CountDownLatch(chunks);
  }

  /**
   * Does all steps, and returns when all are done.
   *
   * @param least steps of a piece; fewer are the caller's alone
   */
  static void run(int count, int least, Executor helpers, Body body) {
    int threads = Runtime.getRuntime().availableProcessors();
    // some pieces a thread, so that one that is held up keeps little from the others
    int chunk = Math.max(least, count / (8 * threads) + 1);
    int chunks = (count + chunk - 1) / chunk;
    if (chunks < 2) {
      body.run(0, count);
      return;
    }
    SharedLoop loop = new SharedLoop(count, chunk, chunks, body);
    try {
      for (int i = 1; i < Math.min(threads, chunks); i++) {
        helpers.execute(loop);
      }
    } catch (RejectedExecutionException e) {
      // then it is done with those who came
    }
    loop.run();
    loop.await();
  }

  @Override
  public void run() {
    for (int from; (from = next.getAndAdd(chunk)) < count; ) {
      try {
        body.run(from, Math.min(from + chunk, count));
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      } finally {
        left.countDown();
      }
    }
  }

  private void await() {
    boolean interrupted = false;
    while (true) {
      try {
        left.await();
        break;
      } catch (InterruptedException e) {
        // the pieces write into the caller's arrays: it must not go on before they end
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable failed = failure.get();
    if (failed instanceof Error error) {
      throw error;
    }
    if (failed instanceof RuntimeException e) {
      throw e;
    }
  }
}
