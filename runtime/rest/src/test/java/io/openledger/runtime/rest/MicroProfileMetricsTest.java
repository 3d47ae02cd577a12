package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.smallrye.metrics.SharedMetricRegistries;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;

/** Against SmallRye's implementation, which is the one inside Open Liberty. */
class MicroProfileMetricsTest {

  private final MetricRegistry registry =
      SharedMetricRegistries.getOrCreate(MetricRegistry.APPLICATION_SCOPE);
  private final AtomicReference<ServingStatus> status = new AtomicReference<>(status(50));

  private static ServingStatus status(long generated) {
    Distribution times = new Distribution(List.of(1e-4, 2e-4), List.of(2L, 1L, 1L), 4.5, 3);
    Distribution sizes = new Distribution(List.of(1.0, 2.0), List.of(3L, 2L, 0L), 7, 2);
    return new ServingStatus(
        3,
        1,
        true,
        new ServingStatus.Requests(4, 1, 0, 2, 0, 100, 30, generated),
        new ServingStatus.Times(times, times, times, times, times),
        new ServingStatus.Batches(sizes, sizes),
        new ServingStatus.Adapters(10, 4, 2, 1, 8, 5, 3, 2),
        new ServingStatus.Memory(1000, 200, 30, 40, 50));
  }

  private double gauge(String name, Tag... tags) {
    return registry.getGauge(new MetricID(name, tags)).getValue().doubleValue();
  }

  @Test
  void everyFigureIsAGaugeUnderItsNameInPrometheusText() {
    try (MicroProfileMetrics metrics = MicroProfileMetrics.register(registry, status::get)) {
      assertThat(registry.getMetrics()).hasSize(metrics.count());
      assertThat(gauge("openledger_serving_running")).isEqualTo(3);
      assertThat(gauge("openledger_serving_memory_bytes", new Tag("of", "weights")))
          .isEqualTo(1000);
      assertThat(gauge("openledger_serving_slot_lookups_total", new Tag("result", "disk")))
          .isEqualTo(2);
      assertThat(gauge("openledger_serving_queue_seconds_bucket", new Tag("le", "2.0E-4")))
          .isEqualTo(3);
      assertThat(gauge("openledger_serving_queue_seconds_sum")).isEqualTo(4.5);
      assertThat(gauge("openledger_serving_batch_adapters_count")).isEqualTo(5);
      Tag generated = new Tag("kind", "generated");
      assertThat(gauge("openledger_serving_tokens_total", generated)).isEqualTo(50);
      status.set(status(75));
      assertThat(gauge("openledger_serving_tokens_total", generated)).isEqualTo(75);
    }
  }

  @Test
  void closedNothingIsLeftAndItCanBeDoneAgain() {
    MicroProfileMetrics.register(registry, status::get).close();
    assertThat(registry.getMetrics()).isEmpty();
    status.set(status(60));
    try (MicroProfileMetrics again = MicroProfileMetrics.register(registry, status::get)) {
      assertThat(registry.getMetrics()).hasSize(again.count());
      assertThat(gauge("openledger_serving_tokens_total", new Tag("kind", "generated")))
          .isEqualTo(60);
    }
    assertThat(registry.getMetrics()).isEmpty();
  }
}
