package io.openledger.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DistributionTest {

  private static final long SEED = 4711;

  @Test
  void nothingSeenHasNoQuantile() {
    assertThat(Distribution.empty().quantile(0.5)).isZero();
    assertThat(Distribution.empty().count()).isZero();
  }

  @Test
  void quantileLiesInItsBucketAndNotAboveTheLargestValue() {
    Distribution d = new Distribution(List.of(1.0, 10.0), List.of(1L, 8L, 1L), 60, 12);
    assertThat(d.quantile(0)).isZero();
    assertThat(d.quantile(0.1)).isEqualTo(1);
    assertThat(d.quantile(0.5)).isEqualTo(1 + 9 * 0.5);
    assertThat(d.quantile(0.9)).isEqualTo(10);
    assertThat(d.quantile(1)).isEqualTo(12);
    Distribution small = new Distribution(List.of(1.0), List.of(4L, 0L), 0.4, 0.2);
    assertThat(small.quantile(0.99)).isLessThanOrEqualTo(0.2);
    assertThatThrownBy(() -> d.quantile(1.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> d.quantile(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quantileIsInTheBucketOfTheSortedValue() {
    Random random = new Random(SEED);
    List<Double> bounds = List.of(0.1, 0.2, 0.5, 1.0, 2.0, 5.0);
    for (int run = 0; run < 200; run++) {
      Long[] counts = new Long[bounds.size() + 1];
      Arrays.fill(counts, 0L);
      List<Double> values = new ArrayList<>();
      int seen = 1 + random.nextInt(50);
      for (int i = 0; i < seen; i++) {
        double value = random.nextDouble() * 8;
        values.add(value);
        counts[bucket(bounds, value)]++;
      }
      Collections.sort(values);
      double most = values.get(values.size() - 1);
      Distribution d = new Distribution(bounds, List.of(counts), 0, most);
      for (double part : new double[] {0.01, 0.5, 0.95, 1}) {
        int rank = Math.max(1, (int) Math.ceil(part * values.size()));
        int bucket = bucket(bounds, values.get(rank - 1));
        double low = bucket == 0 ? 0 : bounds.get(bucket - 1);
        double high = bucket < bounds.size() ? bounds.get(bucket) : most;
        assertThat(d.quantile(part)).as("seed %d, run %d", SEED, run).isBetween(low, high);
      }
    }
  }

  private static int bucket(List<Double> bounds, double value) {
    int i = 0;
    while (i < bounds.size() && value > bounds.get(i)) {
      i++;
    }
    return i;
  }
}
