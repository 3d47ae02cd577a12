package io.openledger.runtime.rest;

import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;

/**
 * The outbox's figures in a registry of MicroProfile Metrics, until closed, under the names that
 * they have in {@link MetricsText}. Gauges all, for the reason that {@link MicroProfileMetrics}
 * gives. Zero where no chain is attached; as they were while the database is down.
 */
final class OutboxGauges implements AutoCloseable {

  /** A scrape reads each gauge for itself; this makes it one question to the database. */
  private static final long MAX_AGE = 1_000_000_000L;

  private static final OutboxFigures NONE =
      new OutboxFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  private final MetricRegistry registry;
  private final Supplier<Optional<OutboxFigures>> source;
  private final LongSupplier nanoTime;
  private final List<MetricID> ids = new ArrayList<>();
  private OutboxFigures last = NONE;
  private long taken;

  private OutboxGauges(
      MetricRegistry registry, Supplier<Optional<OutboxFigures>> source, LongSupplier nanoTime) {
    this.registry = registry;
    this.source = source;
    this.nanoTime = nanoTime;
    this.taken = nanoTime.getAsLong() - MAX_AGE;
  }

  /**
   * Registers all of them.
   *
   * @param source empty where no chain is attached
   * @param nanoTime as {@link System#nanoTime}
   */
  static OutboxGauges register(
      MetricRegistry registry, Supplier<Optional<OutboxFigures>> source, LongSupplier nanoTime) {
    OutboxGauges gauges = new OutboxGauges(registry, source, nanoTime);
    for (OutboxFigure figure : OutboxFigure.ALL) {
      Metadata metadata =
          Metadata.builder()
              .withName(figure.textName())
              .withDescription(figure.help())
              .withUnit(MetricUnits.NONE)
              .build();
      registry.gauge(metadata, gauges, g -> figure.value().applyAsLong(g.figures()));
      gauges.ids.add(new MetricID(figure.textName()));
    }
    return gauges;
  }

  private synchronized OutboxFigures figures() {
    long now = nanoTime.getAsLong();
    if (now - taken >= MAX_AGE) {
      taken = now;
      try {
        last = source.get().orElse(NONE);
      } catch (OpenLedgerException e) {
        // readiness says why; counts must not fall
        return last;
      }
    }
    return last;
  }

  @Override
  public void close() {
    ids.forEach(registry::remove);
    ids.clear();
  }
}
