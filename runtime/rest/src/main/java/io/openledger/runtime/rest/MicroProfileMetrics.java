package io.openledger.runtime.rest;

import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.ServingFigure;
import io.openledger.runtime.ServingFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/**
 * The serving engine's figures in a registry of MicroProfile Metrics, until closed, under the very
 * names that they have in {@link MetricsText}.
 *
 * <p>All are gauges, those that count too, because a gauge is the only metric of MicroProfile
 * Metrics 5.1 that is read when somebody scrapes it. A counter or histogram would have to be told
 * of each token while it is made, or would lag one scrape behind.
 */
final class MicroProfileMetrics implements AutoCloseable {

  private final MetricRegistry registry;
  private final Supplier<ServingStatus> source;
  private final List<MetricID> ids = new ArrayList<>();

  private MicroProfileMetrics(MetricRegistry registry, Supplier<ServingStatus> source) {
    this.registry = registry;
    this.source = source;
  }

  /**
   * Registers all of them.
   *
   * @param source cheap: it is asked for every gauge
   */
  static MicroProfileMetrics register(MetricRegistry registry, Supplier<ServingStatus> source) {
    MicroProfileMetrics metrics = new MicroProfileMetrics(registry, source);
    for (ServingFigure figure : ServingFigures.ALL) {
      if (figure instanceof ServingFigure.Numbers numbers) {
        metrics.add(numbers);
      } else if (figure instanceof ServingFigure.Values values) {
        metrics.add(values);
      }
    }
    return metrics;
  }

  private void add(ServingFigure.Numbers figure) {
    for (ServingFigure.Sample sample : figure.samples()) {
      gauge(
          figure.textName(),
          figure.help(),
          s -> sample.value().applyAsLong(s),
          figure.label().isEmpty()
              ? new Tag[0]
              : new Tag[] {new Tag(figure.label(), sample.label())});
    }
  }

  private void add(ServingFigure.Values figure) {
    for (double bound : ServingFigure.Values.andInfinity(figure.bounds())) {
      gauge(
          figure.textName() + "_bucket",
          figure.help() + " Values up to le.",
          s -> figure.atMost(s, bound),
          new Tag("le", ServingFigure.Values.le(bound)));
    }
    gauge(
        figure.textName() + "_sum",
        figure.help() + " Sum.",
        s -> figure.distribution().apply(s).sum());
    gauge(
        figure.textName() + "_count",
        figure.help() + " Count.",
        s -> figure.distribution().apply(s).count());
  }

  private void gauge(String name, String help, ToDoubleFunction<ServingStatus> value, Tag... tags) {
    // without a unit: it is in the name already, where the server would put it once more
    Metadata metadata =
        Metadata.builder().withName(name).withDescription(help).withUnit(MetricUnits.NONE).build();
    registry.gauge(metadata, source, s -> value.applyAsDouble(s.get()), tags);
    ids.add(new MetricID(name, tags));
  }

  /** How many were registered. */
  int count() {
    return ids.size();
  }

  /** Takes them out of the registry again. */
  @Override
  public void close() {
    ids.forEach(registry::remove);
    ids.clear();
  }
}
