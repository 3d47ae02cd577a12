package io.openledger.serving.quantize;

import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Work over a list, shared by the calling thread and whoever the executor lends. The caller does
 * what nobody else takes, so an executor without a free thread only makes it slower.
 */
final class Shared {

  /** One item's work. */
  interface Work<T> {
    void on(int index, T item) throws IOException;
  }

  private Shared() {}

  /**
   * Runs all.
   *
   * @param threads how many at a time, the caller among them
   * @param progress is told how many are done, by the caller's thread alone
   * @throws IOException the first failure; what is running then is waited for
   */
  static <T> void run(
      List<T> items, Work<T> work, Executor executor, int threads, IntConsumer progress)
      throws IOException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    int helpers = Math.min(threads, items.size()) - 1;
    // Registered before the first item is taken: whoever starts late finds nothing, and whoever
    // has taken something is waited for.
    Phaser working = new Phaser(1);
    for (int i = 0; i < helpers; i++) {
      try {
        executor.execute(
            () -> {
              if (working.register() < 0) {
                return;
              }
              try {
                drain(items, work, next, done, failure, count -> {});
              } finally {
                working.arriveAndDeregister();
              }
            });
      } catch (RejectedExecutionException e) {
        break;
      }
    }
    drain(items, work, next, done, failure, progress);
    // With nobody else registered the phaser ends here; else the last helper to leave ends it.
    int phase = working.arriveAndDeregister();
    if (phase >= 0 && !working.isTerminated()) {
      working.awaitAdvance(phase);
    }
    @Nullable Throwable thrown = failure.get();
    if (thrown instanceof IOException e) {
      throw new IOException(e.getMessage(), e);
    } else if (thrown instanceof OpenLedgerException e) {
      throw e;
    } else if (thrown != null) {
      throw new IllegalStateException("a piece of the weights failed", thrown);
    }
    progress.accept(done.get());
  }

  private static <T> void drain(
      List<T> items,
      Work<T> work,
      AtomicInteger next,
      AtomicInteger done,
      AtomicReference<@Nullable Throwable> failure,
      IntConsumer progress) {
    for (int i = next.getAndIncrement();
        i < items.size() && failure.get() == null;
        i = next.getAndIncrement()) {
      try {
        work.on(i, items.get(i));
        progress.accept(done.incrementAndGet());
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }
  }
}
