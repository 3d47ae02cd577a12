package io.openledger.serving.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many bytes all cores together read from memory in a second: what bounds decoding, which reads
 * every weight for each token. Each thread adds up an array of its own that no cache holds; the
 * best of several rounds is the figure, because whatever else runs only takes away.
 */
final class Bandwidth {

  private static final int LONGS = 16 << 20;
  private static final int ROUNDS = 8;

  private Bandwidth() {}

  /** Bytes a second. Takes 128 MiB of heap a thread. */
  static double measure() throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<long[]> arrays = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        arrays.add(new long[LONGS]);
        java.util.Arrays.fill(arrays.get(i), i);
      }
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        List<Callable<Long>> work = new ArrayList<>();
        arrays.forEach(array -> work.add(() -> sum(array)));
        long sum = 0;
        for (Future<Long> each : executor.invokeAll(work)) {
          sum += each.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (sum != (long) LONGS * threads * (threads - 1) / 2) {
          throw new IllegalStateException("memory was read wrongly");
        }
        best = Math.max(best, 8.0 * LONGS * threads / seconds);
      }
      return best;
    } finally {
      executor.shutdown();
    }
  }

  /** Four sums, so that no addition waits for the one before it. */
  private static long sum(long[] array) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    for (int i = 0; i < array.length; i += 4) {
      a += array[i];
      b += array[i + 1];
      c += array[i + 2];
      d += array[i + 3];
    }
    return a + b + c + d;
  }
}
