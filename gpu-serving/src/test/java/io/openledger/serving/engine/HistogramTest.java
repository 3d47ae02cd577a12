package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.spi.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class HistogramTest {

  @Test
  void countsEachValueInTheFirstBucketThatHoldsIt() {
    Histogram histogram = new Histogram(0.5, 3, 6);
    Random random = new Random(1);
    List<Double> values = new ArrayList<>(List.of(0.0, 0.5, 1.5, 4.5, 1e9));
    for (int i = 0; i < 1000; i++) {
      values.add(Math.exp(8 * random.nextDouble() - 2));
    }
    values.forEach(histogram::record);
    Distribution seen = histogram.snapshot();
    assertThat(seen.bounds()).containsExactly(0.5, 1.5, 4.5, 13.5, 40.5, 121.5);
    for (int i = 0; i < 7; i++) {
      double above = i == 0 ? -1 : seen.bounds().get(i - 1);
      double most = i == 6 ? Double.MAX_VALUE : seen.bounds().get(i);
      assertThat(seen.counts().get(i))
          .isEqualTo(values.stream().filter(v -> v > above && v <= most).count());
    }
    assertThat(seen.most()).isEqualTo(1e9);
    assertThat(seen.count()).isEqualTo(values.size());
  }

  @Test
  void losesNothingOfManyThreads() throws Exception {
    Histogram histogram = Histogram.ofSizes();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      done.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  histogram.record(i % 300);
                }
              }));
    }
    for (Future<?> each : done) {
      each.get();
    }
    threads.shutdown();
    assertThat(histogram.snapshot().count()).isEqualTo(40_000);
    assertThat(histogram.snapshot().most()).isEqualTo(299);
  }

  @Test
  void refusesBoundsThatDoNotGrow() {
    assertThatThrownBy(() -> new Histogram(0, 2, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Histogram(1, 1, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Histogram(1, 2, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
