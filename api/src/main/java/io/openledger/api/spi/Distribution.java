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

  /** How many values were seen. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
