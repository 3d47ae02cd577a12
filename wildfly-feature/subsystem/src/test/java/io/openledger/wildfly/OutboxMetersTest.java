package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OutboxMetersTest {

  private final AtomicReference<OutboxFigures> figures = new AtomicReference<>(figures(20));

  private static OutboxFigures figures(long broadcasts) {
    return new OutboxFigures(7, 3, 61, broadcasts, 4, 5, 6, 1, 12, 2, 8, true);
  }

  @Test
  void prometheusNamesEveryFigureAsRestDoes() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // as WildFly's does, the registry for Prometheus stands behind a composite one
    CompositeMeterRegistry server = new CompositeMeterRegistry();
    try (OutboxMeters meters = OutboxMeters.register(server, figures::get)) {
      assertThat(meters.count()).isEqualTo(OutboxFigure.ALL.size());
      server.add(registry);
      List<String> lines = registry.scrape().lines().toList();
      for (OutboxFigure figure : OutboxFigure.ALL) {
        assertThat(lines)
            .contains(
                "# TYPE " + figure.textName() + (figure.counts() ? " counter" : " gauge"),
                figure.textName() + " " + (double) figure.value().applyAsLong(figures.get()));
      }
      figures.set(figures(21));
      assertThat(registry.scrape().lines()).contains("openledger_outbox_broadcasts_total 21.0");
    }
    assertThat(registry.scrape()).doesNotContain("openledger");
  }
}
