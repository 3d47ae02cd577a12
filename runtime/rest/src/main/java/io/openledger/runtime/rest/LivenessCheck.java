package io.openledger.runtime.rest;

import io.openledger.runtime.OpenLedgerServers;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Whether the feature runs at all. Down means that a restart of the server would help; what a
 * restart does not help (a database that is away) is {@link ReadinessCheck}'s.
 */
@Liveness
@ApplicationScoped
public class LivenessCheck implements HealthCheck {

  @Override
  public HealthCheckResponse call() {
    boolean responds =
        OpenLedgerServers.find().map(server -> !server.readiness().isEmpty()).orElse(false);
    return HealthCheckResponse.named("openledger").status(responds).build();
  }
}
