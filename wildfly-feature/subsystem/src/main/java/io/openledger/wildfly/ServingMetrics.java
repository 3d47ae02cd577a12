package io.openledger.wildfly;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.ServingFigure;
import io.openledger.runtime.ServingFigures;
import io.openledger.runtime.ServingSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jboss.as.controller.AttributeDefinition;
import org.jboss.as.controller.OperationStepHandler;
import org.jboss.as.controller.SimpleAttributeDefinitionBuilder;
import org.jboss.as.controller.client.helpers.MeasurementUnit;
import org.jboss.as.controller.registry.AttributeAccess;
import org.jboss.as.controller.registry.ManagementResourceRegistration;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ModelType;

/**
 * The engine's figures as metrics of the management model, where the command line reads them and
 * WildFly's subsystem {@code metrics} collects them. The model knows no labels: each sample is an
 * attribute of its own, {@code requests-completed}. It knows no histograms: of values there are the
 * count and the sum.
 */
final class ServingMetrics {

  /** One of them. */
  private record Metric(AttributeDefinition definition, Function<ServingStatus, ModelNode> value) {}

  private ServingMetrics() {}

  static List<AttributeDefinition> attributes() {
    return all().stream().map(Metric::definition).toList();
  }

  static void register(ManagementResourceRegistration registration) {
    // the feature restarts without this being registered again
    ServingSnapshot snapshot =
        new ServingSnapshot(() -> OpenLedgerServers.require().serving(), System::nanoTime);
    for (Metric metric : all()) {
      OperationStepHandler read =
          (context, operation) -> context.getResult().set(metric.value().apply(snapshot.get()));
      registration.registerMetric(metric.definition(), read);
    }
  }

  private static List<Metric> all() {
    List<Metric> all = new ArrayList<>();
    for (ServingFigure figure : ServingFigures.ALL) {
      if (figure instanceof ServingFigure.Numbers numbers) {
        for (ServingFigure.Sample sample : numbers.samples()) {
          String ending = sample.label().isEmpty() ? "" : "-" + sample.label();
          all.add(
              new Metric(
                  attribute(figure, ending, ModelType.LONG, numbers.counts(), unit(figure)),
                  s -> new ModelNode(sample.value().applyAsLong(s))));
        }
      } else if (figure instanceof ServingFigure.Values values) {
        Function<ServingStatus, Distribution> seen = values.distribution();
        all.add(
            new Metric(
                attribute(figure, "-count", ModelType.LONG, true, MeasurementUnit.NONE),
                s -> new ModelNode(seen.apply(s).count())));
        all.add(
            new Metric(
                attribute(figure, "-sum", ModelType.DOUBLE, true, unit(figure)),
                s -> new ModelNode(seen.apply(s).sum())));
      }
    }
    return all;
  }

  private static AttributeDefinition attribute(
      ServingFigure figure, String ending, ModelType type, boolean counts, MeasurementUnit unit) {
    return new SimpleAttributeDefinitionBuilder(figure.name().replace('_', '-') + ending, type)
        .setFlags(counts ? AttributeAccess.Flag.COUNTER_METRIC : AttributeAccess.Flag.GAUGE_METRIC)
        .setStorageRuntime()
        .setMeasurementUnit(unit)
        // what a description without a running server shows
        .setUndefinedMetricValue(ModelNode.ZERO_LONG)
        .build();
  }

  private static MeasurementUnit unit(ServingFigure figure) {
    return switch (figure.unit()) {
      case NONE -> MeasurementUnit.NONE;
      case SECONDS -> MeasurementUnit.SECONDS;
      case BYTES -> MeasurementUnit.BYTES;
    };
  }
}
