package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The same server on a newer JDK. */
class OtherJdkIT {

  private static final int OFFSET = 1800;

  @Test
  @EnabledIfSystemProperty(
      named = "openledger.java25.home",
      matches = ".+",
      disabledReason = "no other JDK is named with -Dopenledger.java25.home")
  void bootsAndAnswersOnTheNewerJdkWithoutAWarningAboutNativeCode() throws Exception {
    Path jdk = Path.of(System.getProperty("openledger.java25.home"));
    try (OwnServer server = OwnServer.prepare("jdk", OFFSET, jdk, OwnServer.sampleModel())) {
      server.addUser("jdk-user", "openledger-user");
      server.start();
      Rest user = server.as("jdk-user");
      Ready.await(user);
      Rest.Reply reply = user.post("/openledger/v1/completions", Desk.completion(16));
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(
              reply
                  .json()
                  .getAsJsonArray("choices")
                  .get(0)
                  .getAsJsonObject()
                  .get("text")
                  .getAsString())
          .isNotBlank();
      assertThat(server.console()).doesNotContain("restricted method");
    }
  }
}
