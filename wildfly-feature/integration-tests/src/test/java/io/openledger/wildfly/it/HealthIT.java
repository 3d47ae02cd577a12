package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server whose model is not where it should be stays up and says what is missing. */
class HealthIT {

  private static final int OFFSET = 1700;

  @Test
  void wrongModelPathLeavesTheServerAliveAndNotReadyAndNamesThePath() throws Exception {
    String path = System.getProperty("openledger.samples") + "/models/no-such-model";
    try (OwnServer server =
        OwnServer.prepare(
            "health",
            OFFSET,
            OwnServer.defaultJavaHome(),
            List.of("openledger.model.path=" + path))) {
      server.addUser("health-user", "openledger-user");
      server.start();
      Rest user = server.as("health-user");
      Rest.Reply live = user.management("/health/live");
      assertThat(live.status()).as(live.body()).isEqualTo(200);
      assertThat(live.body()).contains("\"openledger\"");
      // the checkpoint is looked for after the server's start
      Rest.Reply ready =
          Awaiting.until(
              () -> user.management("/health/ready"),
              reply -> reply.body().contains("OPENLEDGER-3002"));
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body())
          .contains("\"model\":\"DOWN: ")
          .contains("OPENLEDGER-3002")
          .contains(path);
      assertThat(ready.body()).contains("\"store\":\"UP: ");

      JsonObject request = new JsonObject();
      request.addProperty("prompt", "x");
      Rest.Reply refused = user.post("/openledger/v1/completions", request);
      assertThat(refused.status()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("OPENLEDGER-300");
    }
  }
}
