package io.openledger.wildfly;

import io.micrometer.core.instrument.MeterRegistry;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.ServingSnapshot;
import java.util.List;
import org.jboss.msc.service.ServiceName;
import org.wildfly.extension.micrometer.MicrometerService;
import org.wildfly.service.Installer.StartWhen;
import org.wildfly.subsystem.service.ResourceServiceInstaller;
import org.wildfly.subsystem.service.ServiceDependency;
import org.wildfly.subsystem.service.ServiceInstaller;

/**
 * The service that has the engine's and the outbox's figures in the server's own Micrometer
 * registry for as long as both the feature and Micrometer run.
 *
 * <p>WildFly 39 has no capability for that registry. What it offers to applications, a {@code
 * MeterRegistry} by CDI, belongs to one deployment: it tags every meter with that deployment, and
 * of what builders make nothing reaches the server's. The service that WildFly's own deployment
 * processors take the registry from is used instead.
 */
final class PublishedMeters {

  private static final ServiceName MICROMETER =
      ServiceName.parse("org.wildfly.extension.micrometer.service");

  /** All that is published. */
  private record Meters(MicrometerMeters serving, OutboxMeters outbox) {

    static Meters register(MeterRegistry registry, OpenLedgerServer server) {
      return new Meters(
          MicrometerMeters.register(
              registry, new ServingSnapshot(server::serving, System::nanoTime)),
          OutboxMeters.register(registry, OutboxMetrics.of(server::rollup)));
    }

    void close() {
      serving.close();
      outbox.close();
    }
  }

  private PublishedMeters() {}

  static ResourceServiceInstaller installer() {
    ServiceDependency<OpenLedgerServer> server =
        ServiceDependency.on(OpenLedgerSubsystemRegistrar.CAPABILITY_NAME, OpenLedgerServer.class);
    ServiceDependency<MicrometerService> micrometer = ServiceDependency.on(MICROMETER);
    return ServiceInstaller.builder(
            () -> Meters.register(micrometer.get().getMicrometerRegistry(), server.get()))
        .requires(List.of(server, micrometer))
        .onStop(Meters::close)
        .startWhen(StartWhen.AVAILABLE)
        .build();
  }
}
