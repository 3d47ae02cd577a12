package io.openledger.serving.engine;

import io.openledger.api.spi.Distribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts values in buckets whose bounds grow by a factor. Safe for any thread; a value costs a
 * binary search and three adders, some tens of nanoseconds.
 */
final class Histogram {

  private final double[] bounds;
  private final LongAdder[] counts;
  private final DoubleAdder sum = new DoubleAdder();
  private final DoubleAccumulator most = new DoubleAccumulator(Math::max, 0);

  /**
   * @param first upper bound of the first bucket, above 0
   * @param factor from one bound to the next, above 1
   * @param buckets how many, at least 1; one more takes what is above the last bound
   */
  Histogram(double first, double factor, int buckets) {
    if (!(first > 0) || !(factor > 1) || buckets < 1) {
      throw new IllegalArgumentException(first + " × " + factor + ", " + buckets + " buckets");
    }
    bounds = new double[buckets];
    for (int i = 0; i < buckets; i++) {
      bounds[i] = i == 0 ? first : bounds[i - 1] * factor;
    }
    counts = new LongAdder[buckets + 1];
    Arrays.setAll(counts, i -> new LongAdder());
  }

  /** For seconds: 22 bounds from 100 µs, doubling, to 210 s. */
  static Histogram ofSeconds() {
    return new Histogram(1e-4, 2, 22);
  }

  /** For sizes: 1, 2, 4, … 256. */
  static Histogram ofSizes() {
    return new Histogram(1, 2, 9);
  }

  /**
   * Counts a value in the first bucket whose bound is not below it.
   *
   * @param value not negative
   */
  void record(double value) {
    int at = Arrays.binarySearch(bounds, value);
    counts[at < 0 ? -at - 1 : at].increment();
    sum.add(value);
    most.accumulate(value);
  }

  /** What was counted so far; values that arrive meanwhile may be in part of it. */
  Distribution snapshot() {
    List<Double> upper = new ArrayList<>();
    for (double bound : bounds) {
      upper.add(bound);
    }
    List<Long> seen = new ArrayList<>();
    for (LongAdder count : counts) {
      seen.add(count.sum());
    }
    return new Distribution(upper, seen, sum.sum(), most.get());
  }
}
