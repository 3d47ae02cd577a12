package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.OpenLedgerServers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.spi.HealthCheckResponseProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthTest {

  private final FakeServer fake = new FakeServer();

  @BeforeEach
  void publish() {
    HealthCheckResponse.setResponseProvider(new Provider());
    OpenLedgerServers.publish(Optional.of(fake));
  }

  @AfterEach
  void takeBack() {
    OpenLedgerServers.publish(Optional.empty());
    HealthCheckResponse.setResponseProvider(null);
  }

  @Test
  void readyWhenEveryCheckIsUp() {
    HealthCheckResponse response = new ReadinessCheck().call();
    assertThat(response.getStatus()).isEqualTo(Status.UP);
    assertThat(response.getData().orElseThrow()).containsEntry("store", "UP: 1 ms");
  }

  @Test
  void notReadyTellsWhatIsMissingAndWhy() {
    fake.checks =
        List.of(new Check("store", true, "1 ms"), new Check("model", false, "no checkpoint"));
    HealthCheckResponse response = new ReadinessCheck().call();
    assertThat(response.getStatus()).isEqualTo(Status.DOWN);
    assertThat(response.getData().orElseThrow())
        .containsEntry("store", "UP: 1 ms")
        .containsEntry("model", "DOWN: no checkpoint");
    assertThat(new LivenessCheck().call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void neitherLiveNorReadyWithoutAServer() {
    OpenLedgerServers.publish(Optional.empty());
    assertThat(new LivenessCheck().call().getStatus()).isEqualTo(Status.DOWN);
    assertThat(new ReadinessCheck().call().getStatus()).isEqualTo(Status.DOWN);
  }

  /** What a server brings to make responses with. */
  private static final class Provider implements HealthCheckResponseProvider {
    @Override
    public HealthCheckResponseBuilder createResponseBuilder() {
      return new Builder();
    }
  }

  private static final class Builder extends HealthCheckResponseBuilder {
    private final Map<String, Object> data = new LinkedHashMap<>();
    private String name = "";
    private boolean up;

    @Override
    public HealthCheckResponseBuilder name(String value) {
      name = value;
      return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, String value) {
      data.put(key, value);
      return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, long value) {
      data.put(key, value);
      return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, boolean value) {
      data.put(key, value);
      return this;
    }

    @Override
    public HealthCheckResponseBuilder up() {
      return status(true);
    }

    @Override
    public HealthCheckResponseBuilder down() {
      return status(false);
    }

    @Override
    public HealthCheckResponseBuilder status(boolean value) {
      up = value;
      return this;
    }

    @Override
    public HealthCheckResponse build() {
      return new HealthCheckResponse(name, up ? Status.UP : Status.DOWN, Optional.of(data));
    }
  }
}
