package io.openledger.wildfly;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The outbox's figures as meters of a Micrometer registry, until closed: {@code
 * openledger.outbox.bumps}, of which a registry for Prometheus makes the name that {@link
 * OutboxFigure#textName} has.
 */
final class OutboxMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Supplier<OutboxFigures> source;
  private final List<Meter> meters = new ArrayList<>();

  private OutboxMeters(MeterRegistry registry, Supplier<OutboxFigures> source) {
    this.registry = registry;
    this.source = source;
  }

  /**
   * Registers all of them.
   *
   * @param source cheap: it is asked for every meter
   */
  static OutboxMeters register(MeterRegistry registry, Supplier<OutboxFigures> source) {
    OutboxMeters meters = new OutboxMeters(registry, source);
    OutboxFigure.ALL.forEach(meters::add);
    return meters;
  }

  private void add(OutboxFigure figure) {
    String name = "openledger.outbox." + figure.name().replace('_', '.');
    ToDoubleFunction<Supplier<OutboxFigures>> value = s -> figure.value().applyAsLong(s.get());
    // the builders hold what they read weakly; the source lives as long as this does
    meters.add(
        figure.counts()
            ? FunctionCounter.builder(name, source, value)
                .description(figure.help())
                .register(registry)
            : Gauge.builder(name, source, value).description(figure.help()).register(registry));
  }

  /** How many were registered. */
  int count() {
    return meters.size();
  }

  /** Takes them out of the registry again. */
  @Override
  public void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
