package io.openledger.runtime.rest;

import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether the feature can do its work: for each part, what is missing, why, and what to do. */
@Readiness
@ApplicationScoped
public class ReadinessCheck implements HealthCheck {

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response = HealthCheckResponse.named("openledger");
    Optional<OpenLedgerServer> server = OpenLedgerServers.find();
    if (server.isEmpty()) {
      return response.withData("server", "has not started, or is stopping").down().build();
    }
    List<OpenLedgerServer.Check> checks = server.get().readiness();
    boolean ready = !checks.isEmpty();
    for (OpenLedgerServer.Check check : checks) {
      response.withData(check.name(), (check.up() ? "UP: " : "DOWN: ") + check.detail());
      ready &= check.up();
    }
    return response.status(ready).build();
  }
}
