package io.openledger.serving.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Figures of repeated measurements.
 *
 * @param sorted ascending, at least one
 */
record Samples(List<Double> sorted) {

  Samples {
    sorted = sorted.stream().sorted().toList();
    if (sorted.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  static Samples of(double... values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }

  double median() {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** The value below which a fraction of them are, by nearest rank. */
  double percentile(double fraction) {
    int rank = (int) Math.ceil(fraction * sorted.size());
    return sorted.get(Math.max(1, Math.min(sorted.size(), rank)) - 1);
  }

  /** {@code median 12.3 (11.9 to 12.8, 6 runs)}. */
  String told(String format) {
    String pattern = "median " + format + " (" + format + " to " + format + ", %d runs)";
    return String.format(
        Locale.ROOT, pattern, median(), percentile(0), percentile(1), sorted.size());
  }
}
