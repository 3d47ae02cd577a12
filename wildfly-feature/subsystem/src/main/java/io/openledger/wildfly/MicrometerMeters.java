package io.openledger.wildfly;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.ServingFigure;
import io.openledger.runtime.ServingFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The serving engine's figures as meters of a Micrometer registry, until closed. Their names are
 * those of {@link ServingFigures} with points: a registry for Prometheus makes of {@code
 * openledger.serving.tokens} the same {@code openledger_serving_tokens_total} that REST has.
 *
 * <p>Nothing in Micrometer takes a histogram that somebody else has counted. Times are function
 * timers; other values, for which there is no such thing, are gauges of their count and sum.
 * Buckets are gauges {@code ….histogram} with the tag {@code le}, which is what Micrometer itself
 * makes of them for registries that have none ({@code HistogramGauges}); {@code ….bucket} is a name
 * that Prometheus' client keeps for itself.
 */
final class MicrometerMeters implements AutoCloseable {

  private static final String PREFIX = "openledger.serving.";

  private final MeterRegistry registry;
  private final Supplier<ServingStatus> source;
  private final List<Meter> meters = new ArrayList<>();

  private MicrometerMeters(MeterRegistry registry, Supplier<ServingStatus> source) {
    this.registry = registry;
    this.source = source;
  }

  /**
   * Registers all of them.
   *
   * @param source cheap: it is asked for every meter
   */
  static MicrometerMeters register(MeterRegistry registry, Supplier<ServingStatus> source) {
    MicrometerMeters meters = new MicrometerMeters(registry, source);
    for (ServingFigure figure : ServingFigures.ALL) {
      if (figure instanceof ServingFigure.Numbers numbers) {
        meters.add(numbers);
      } else if (figure instanceof ServingFigure.Values values) {
        meters.add(values);
      }
    }
    return meters;
  }

  private void add(ServingFigure.Numbers figure) {
    for (ServingFigure.Sample sample : figure.samples()) {
      Tags tags = figure.label().isEmpty() ? Tags.empty() : Tags.of(figure.label(), sample.label());
      ToDoubleFunction<Supplier<ServingStatus>> value = s -> sample.value().applyAsLong(s.get());
      // the builders hold what they read weakly unless told otherwise; the source lives as long as
      // this does
      meters.add(
          figure.counts()
              ? FunctionCounter.builder(name(figure), source, value)
                  .description(figure.help())
                  .tags(tags)
                  .register(registry)
              : Gauge.builder(name(figure), source, value)
                  .description(figure.help())
                  .tags(tags)
                  .baseUnit(unit(figure))
                  .register(registry));
    }
  }

  private void add(ServingFigure.Values figure) {
    if (figure.unit() == ServingFigure.Unit.SECONDS) {
      meters.add(
          FunctionTimer.builder(
                  name(figure),
                  source,
                  s -> seen(figure, s).count(),
                  s -> seen(figure, s).sum(),
                  TimeUnit.SECONDS)
              .description(figure.help())
              .register(registry));
    } else {
      add(figure, ".count", d -> d.count());
      add(figure, ".sum", Distribution::sum);
    }
    for (double bound : ServingFigure.Values.andInfinity(figure.bounds())) {
      meters.add(
          Gauge.builder(name(figure) + ".histogram", source, s -> figure.atMost(s.get(), bound))
              .description(figure.help() + " Values up to le.")
              .tag("le", ServingFigure.Values.le(bound))
              .register(registry));
    }
  }

  private void add(
      ServingFigure.Values figure, String ending, ToDoubleFunction<Distribution> value) {
    meters.add(
        Gauge.builder(name(figure) + ending, source, s -> value.applyAsDouble(seen(figure, s)))
            .description(figure.help())
            .register(registry));
  }

  private static Distribution seen(ServingFigure.Values figure, Supplier<ServingStatus> source) {
    return figure.distribution().apply(source.get());
  }

  private static String name(ServingFigure figure) {
    return PREFIX + figure.name().replace('_', '.');
  }

  private static @Nullable String unit(ServingFigure figure) {
    return figure.unit() == ServingFigure.Unit.NONE ? null : figure.unit().text();
  }

  /** How many were registered. */
  int count() {
    return meters.size();
  }

  /** Takes them out of the registry again. */
  @Override
  public void close() {
    for (Meter meter : meters) {
      registry.remove(meter);
    }
    meters.clear();
  }
}
