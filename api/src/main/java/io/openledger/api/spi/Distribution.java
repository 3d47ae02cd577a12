package io.openledger.api.spi;

import java.util.List;

/**
 * How often which values were seen since the engine was opened: a histogram.
 *
 * @param bounds upper bounds of the buckets, growing; what is above the last one is in one more
 *     bucket
 * @param counts of the buckets, one more than bounds
 * @param sum of all values
 * @param most the largest value; 0 before the first
 */
public record Distribution(List<Double> bounds, List<Long> counts, double sum, double most) {

  public Distribution {
    bounds = List.copyOf(bounds);
    counts = List.copyOf(counts);
    if (counts.size() != bounds.size() + 1) {
      throw new IllegalArgumentException(bounds.size() + " bounds, " + counts.size() + " counts");
    }
  }

  /** Nothing seen, one bucket. */
  public static Distribution empty() {
    return new Distribution(List.of(), List.of(0L), 0, 0);
  }

  /**
   * A value that so many of those seen do not exceed, as near as the buckets tell: values are taken
   * to lie evenly in their bucket, and none above {@link #most}.
   *
   * @param part 0 to 1; 0.95: the 95th percentile
   * @return 0 before the first value
   */
  public double quantile(double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException("a part of " + part + "; allowed: 0 to 1");
    }
    long all = count();
    double left = part * all;
    for (int i = 0; i < counts.size() && all > 0; i++) {
      long here = counts.get(i);
      if (here > 0 && left <= here) {
        double low = i == 0 ? Math.min(0, bounds.isEmpty() ? 0 : bounds.get(0)) : bounds.get(i - 1);
        double high = i < bounds.size() ? Math.min(bounds.get(i), most) : most;
        return Math.min(most, low + (high - low) * left / here);
      }
      left -= here;
    }
    return all == 0 ? 0 : most;
  }

  /** How many values were seen. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
