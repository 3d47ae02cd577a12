package io.openledger.runtime.rest;

import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.ServingSnapshot;
import io.openledger.runtime.rollup.OutboxSnapshot;
import io.openledger.runtime.rollup.Rollup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Unmanaged;
import jakarta.enterprise.inject.spi.Unmanaged.UnmanagedInstance;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Publishes the engine's figures for as long as REST is deployed, on a server that has MicroProfile
 * Metrics; on others it does nothing. WildFly has none: there the subsystem publishes them.
 */
@ApplicationScoped
public class MetricsLifecycle {

  private static final System.Logger LOG = System.getLogger(MetricsLifecycle.class.getName());

  private Optional<Runnable> undo = Optional.empty();

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    if (!microProfileMetricsIsThere()) {
      return;
    }
    try {
      undo = Optional.of(Present.publish());
    } catch (RuntimeException e) {
      // REST is worth more than its figures
      LOG.log(
          System.Logger.Level.WARNING,
          "the engine's figures are not in the server's MicroProfile Metrics",
          e);
    }
  }

  private static boolean microProfileMetricsIsThere() {
    try {
      Class.forName(
          "org.eclipse.microprofile.metrics.MetricRegistry",
          false,
          MetricsLifecycle.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @PreDestroy
  void stop() {
    undo.ifPresent(Runnable::run);
  }

  /** What cannot be loaded without the API. */
  private static final class Present {

    // not a bean, but injected like one: what makes the registry looks at where it goes, and a
    // lookup by program has no such place
    static final class Target {
      @Inject MetricRegistry registry;
    }

    static Runnable publish() {
      UnmanagedInstance<Target> target = new Unmanaged<>(Target.class).newInstance();
      MetricRegistry registry = target.produce().inject().get().registry;
      // the engine may start, and start again, while this is deployed
      MicroProfileMetrics metrics =
          MicroProfileMetrics.register(
              registry,
              new ServingSnapshot(() -> OpenLedgerServers.require().serving(), System::nanoTime));
      OutboxGauges outbox =
          OutboxGauges.register(
              registry,
              new OutboxSnapshot(
                  () -> OpenLedgerServers.require().rollup().map(Rollup::outboxFigures),
                  System::nanoTime));
      return () -> {
        outbox.close();
        metrics.close();
        target.dispose();
      };
    }
  }
}
