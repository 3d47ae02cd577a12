package io.openledger.wildfly;

import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.rollup.OutboxSnapshot;
import io.openledger.runtime.rollup.Rollup;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.as.controller.AttributeDefinition;
import org.jboss.as.controller.OperationStepHandler;
import org.jboss.as.controller.SimpleAttributeDefinitionBuilder;
import org.jboss.as.controller.client.helpers.MeasurementUnit;
import org.jboss.as.controller.registry.AttributeAccess;
import org.jboss.as.controller.registry.ManagementResourceRegistration;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ModelType;

/**
 * The outbox's figures as metrics of the management model, beside those of {@link ServingMetrics}:
 * {@code outbox-waiting}. All zero where no chain is attached.
 */
final class OutboxMetrics {

  private static final String SECONDS = "_seconds";

  private OutboxMetrics() {}

  static List<AttributeDefinition> attributes() {
    return OutboxFigure.ALL.stream().map(OutboxMetrics::attribute).toList();
  }

  static void register(ManagementResourceRegistration registration) {
    // the feature restarts without this being registered again
    Supplier<OutboxFigures> figures = of(() -> OpenLedgerServers.require().rollup());
    for (OutboxFigure figure : OutboxFigure.ALL) {
      OperationStepHandler read =
          (context, operation) ->
              context.getResult().set(figure.value().applyAsLong(figures.get()));
      registration.registerMetric(attribute(figure), read);
    }
  }

  /** The figures of what runs on the rollup, if anything does. */
  static Supplier<OutboxFigures> of(Supplier<Optional<Rollup>> rollup) {
    return new OutboxSnapshot(() -> rollup.get().map(Rollup::outboxFigures), System::nanoTime);
  }

  private static AttributeDefinition attribute(OutboxFigure figure) {
    // what collects from the model makes the unit a part of the name
    boolean seconds = figure.name().endsWith(SECONDS);
    String name =
        seconds
            ? figure.name().substring(0, figure.name().length() - SECONDS.length())
            : figure.name();
    return new SimpleAttributeDefinitionBuilder("outbox-" + name.replace('_', '-'), ModelType.LONG)
        .setFlags(
            figure.counts()
                ? AttributeAccess.Flag.COUNTER_METRIC
                : AttributeAccess.Flag.GAUGE_METRIC)
        .setStorageRuntime()
        .setMeasurementUnit(seconds ? MeasurementUnit.SECONDS : MeasurementUnit.NONE)
        // what a description without a running server shows
        .setUndefinedMetricValue(ModelNode.ZERO_LONG)
        .build();
  }
}
