package io.openledger.runtime.rest;

import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;

/**
 * The outbox's figures in a registry of MicroProfile Metrics, until closed, under the names that
 * they have in {@link MetricsText}. Gauges all, for the reason that {@link MicroProfileMetrics}
 * gives.
 */
final class OutboxGauges implements AutoCloseable {

  private final MetricRegistry registry;
  private final Supplier<OutboxFigures> source;
  private final List<MetricID> ids = new ArrayList<>();

  private OutboxGauges(MetricRegistry registry, Supplier<OutboxFigures> source) {
    this.registry = registry;
    this.source = source;
  }

  /**
   * Registers all of them.
   *
   * @param source cheap: it is asked for every gauge
   */
  static OutboxGauges register(MetricRegistry registry, Supplier<OutboxFigures> source) {
    OutboxGauges gauges = new OutboxGauges(registry, source);
    for (OutboxFigure figure : OutboxFigure.ALL) {
      Metadata metadata =
          Metadata.builder()
              .withName(figure.textName())
              .withDescription(figure.help())
              .withUnit(MetricUnits.NONE)
              .build();
      // a registry may hold what it reads weakly: this one lives as long as the gauges are meant to
      registry.gauge(metadata, gauges, g -> figure.value().applyAsLong(g.source.get()));
      gauges.ids.add(new MetricID(figure.textName()));
    }
    return gauges;
  }

  @Override
  public void close() {
    ids.forEach(registry::remove);
    ids.clear();
  }
}
