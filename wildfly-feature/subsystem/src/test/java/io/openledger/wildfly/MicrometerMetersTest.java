package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MicrometerMetersTest {

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

  @Test
  void everyFigureIsAMeterThatFollowsTheStatus() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (MicrometerMeters meters = MicrometerMeters.register(registry, status::get)) {
      assertThat(registry.getMeters()).hasSize(meters.count());
      assertThat(registry.get("openledger.serving.running").gauge().value()).isEqualTo(3);
      assertThat(registry.get("openledger.serving.memory").tag("of", "weights").gauge().value())
          .isEqualTo(1000);
      assertThat(registry.get("openledger.serving.memory").tag("of", "weights").gauge().getId())
          .matches(id -> "bytes".equals(id.getBaseUnit()));
      assertThat(
              registry
                  .get("openledger.serving.slot.lookups")
                  .tag("result", "disk")
                  .functionCounter()
                  .count())
          .isEqualTo(2);
      var queue = registry.get("openledger.serving.queue").functionTimer();
      assertThat(queue.count()).isEqualTo(4);
      assertThat(queue.totalTime(TimeUnit.SECONDS)).isEqualTo(4.5);
      assertThat(
              registry
                  .get("openledger.serving.queue.histogram")
                  .tag("le", "2.0E-4")
                  .gauge()
                  .value())
          .isEqualTo(3);
      var generated = registry.get("openledger.serving.tokens").tag("kind", "generated");
      assertThat(generated.functionCounter().count()).isEqualTo(50);
      status.set(status(75));
      assertThat(generated.functionCounter().count()).isEqualTo(75);
    }
  }

  @Test
  void closedNothingIsLeft() {
    CompositeMeterRegistry server = new CompositeMeterRegistry();
    SimpleMeterRegistry behind = new SimpleMeterRegistry();
    server.add(behind);
    server.counter("of.somebody.else");
    MicrometerMeters.register(server, status::get).close();
    assertThat(server.getMeters()).hasSize(1);
    assertThat(behind.getMeters()).hasSize(1);
    // and it can be done again, as after a reload
    try (MicrometerMeters again = MicrometerMeters.register(server, status::get)) {
      assertThat(behind.getMeters()).hasSize(1 + again.count());
    }
  }

  @Test
  void prometheusNamesThemAsRestDoes() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // as WildFly's does, the registry for Prometheus stands behind a composite one
    CompositeMeterRegistry server = new CompositeMeterRegistry();
    try (MicrometerMeters meters = MicrometerMeters.register(server, status::get)) {
      assertThat(meters.count()).isPositive();
      server.add(registry);
      String text = registry.scrape();
      assertThat(lines(text))
          .contains(
              "# TYPE openledger_serving_tokens_total counter",
              "openledger_serving_tokens_total{kind=\"generated\"} 50.0",
              "openledger_serving_requests_total{end=\"completed\"} 4.0",
              "openledger_serving_slot_lookups_total{result=\"hit\"} 8.0",
              "openledger_serving_slot_evictions_total 2.0",
              "openledger_serving_adapters{place=\"slot\"} 2.0",
              "openledger_serving_memory_bytes{of=\"slots\"} 40.0",
              "openledger_serving_running 3.0",
              "openledger_serving_queue_seconds_count 4",
              "openledger_serving_queue_seconds_sum 4.5",
              "openledger_serving_queue_histogram{le=\"1.0E-4\"} 2.0",
              "openledger_serving_queue_histogram{le=\"+Inf\"} 4.0",
              "openledger_serving_first_token_seconds_count 4",
              "openledger_serving_batch_size_count 5.0",
              "openledger_serving_batch_size_sum 7.0",
              "openledger_serving_batch_adapters_histogram{le=\"1.0\"} 3.0");
    }
    assertThat(registry.scrape()).doesNotContain("openledger");
  }

  private static List<String> lines(String text) {
    return Arrays.asList(Pattern.compile("\n").split(text));
  }
}
