package io.openledger.wildfly;

import io.micrometer.core.instrument.MeterRegistry;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.ServingSnapshot;
import java.util.List;
import org.jboss.msc.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.wildfly.extension.micrometer.MicrometerService;
import org.wildfly.service.Installer.StartWhen;
import org.wildfly.subsystem.service.ResourceServiceInstaller;
import org.wildfly.subsystem.service.ServiceDependency;
import org.wildfly.subsystem.service.ServiceInstaller;

/**
 * The engine's figures in the server's own Micrometer registry, from the time that a model is
 * loaded until closed. Safe for any thread.
 *
 * <p>WildFly 39 has no capability for that registry. What it offers to applications, a {@link
 * MeterRegistry} by CDI, belongs to one deployment: it tags every meter with that deployment, and
 * of what builders make nothing reaches the server's. The service that its own deployment
 * processors take the registry from is used instead.
 */
final class PublishedMeters implements AutoCloseable {

  private static final ServiceName MICROMETER =
      ServiceName.parse("org.wildfly.extension.micrometer.service");

  private final OpenLedgerServer server;
  private final MeterRegistry registry;
  private @Nullable MicrometerMeters meters;
  private boolean closed;

  private PublishedMeters(OpenLedgerServer server, MeterRegistry registry) {
    this.server = server;
    this.registry = registry;
  }

  /** Begins as soon as a model is loaded. Does not wait for it. */
  static PublishedMeters begin(OpenLedgerServer server, MeterRegistry registry) {
    PublishedMeters published = new PublishedMeters(server, registry);
    server.whenServing().thenRun(published::register);
    return published;
  }

  private synchronized void register() {
    if (!closed) {
      meters =
          MicrometerMeters.register(
              registry, new ServingSnapshot(server::serving, System::nanoTime));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (meters != null) {
      meters.close();
      meters = null;
    }
  }

  /** The service that does it while both the feature and Micrometer run. */
  static ResourceServiceInstaller installer() {
    ServiceDependency<OpenLedgerServer> server =
        ServiceDependency.on(OpenLedgerSubsystemRegistrar.CAPABILITY_NAME, OpenLedgerServer.class);
    ServiceDependency<MicrometerService> micrometer = ServiceDependency.on(MICROMETER);
    return ServiceInstaller.builder(
            () -> begin(server.get(), micrometer.get().getMicrometerRegistry()))
        .requires(List.of(server, micrometer))
        .onStop(PublishedMeters::close)
        .startWhen(StartWhen.AVAILABLE)
        .build();
  }
}
