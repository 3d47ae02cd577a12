package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.openledger.wildfly.it.app.Drafting;
import io.openledger.wildfly.it.app.Notes;
import io.openledger.wildfly.it.app.RestApplication;
import io.openledger.wildfly.it.app.RightsResource;
import io.openledger.wildfly.it.app.SampleClauses;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** Two applications with the same code and different rights to one permissioned datanet. */
@ArquillianTest
@RunAsClient
class TwoApplicationsIT {

  private final Rest http = new Rest(Integer.getInteger("server.port.offset"), "");

  @Deployment(name = "grower", testable = false, order = 1)
  static WebArchive grower() {
    return application("grower.war");
  }

  @Deployment(name = "stranger", testable = false, order = 2)
  static WebArchive stranger() {
    return application("stranger.war");
  }

  private static WebArchive application(String name) {
    return Wars.of(
        name,
        RightsResource.class,
        RestApplication.class,
        SampleClauses.class,
        Drafting.class,
        Drafting.DraftRejected.class,
        Notes.class);
  }

  @Test
  @OperateOnDeployment("grower")
  void rightsBelongToTheApplicationThatAsks() throws Exception {
    Ready.await(http);
    assertThat(post("grower/create?datanet=it-private")).isEqualTo("created");
    assertThat(post("grower/grant?datanet=it-private&to=stranger&rights=")).isEqualTo("granted");

    assertThat(get("grower/sees?datanet=it-private")).isEqualTo("true");
    assertThat(get("grower/ask?datanet=it-private")).isEqualTo("true application:grower");
    assertThat(get("stranger/sees?datanet=it-private")).isEqualTo("false");
    assertThat(get("stranger/ask?datanet=it-private")).isEqualTo("false application:stranger");
    assertThat(post("stranger/contribute?datanet=it-private")).isEqualTo("DATANET_UNKNOWN");
    assertThat(post("stranger/grant?datanet=it-private&to=stranger&rights=CURATE"))
        .isEqualTo("DATANET_UNKNOWN");

    assertThat(post("grower/grant?datanet=it-private&to=stranger&rights=READ"))
        .isEqualTo("granted");
    assertThat(get("stranger/sees?datanet=it-private")).isEqualTo("true");
    assertThat(get("stranger/ask?datanet=it-private")).isEqualTo("false application:stranger");
    assertThat(post("stranger/contribute?datanet=it-private")).isEqualTo("FORBIDDEN");
    assertThat(post("stranger/grant?datanet=it-private&to=stranger&rights=CURATE"))
        .isEqualTo("FORBIDDEN");

    assertThat(post("grower/grant?datanet=it-private&to=stranger&rights=READ,ATTRIBUTE"))
        .isEqualTo("granted");
    assertThat(get("stranger/ask?datanet=it-private")).isEqualTo("true application:stranger");

    assertThat(post("grower/grant?datanet=it-private&to=stranger&rights=")).isEqualTo("granted");
    assertThat(get("stranger/ask?datanet=it-private")).isEqualTo("false application:stranger");
    assertThat(get("stranger/sees?datanet=it-private")).isEqualTo("false");
  }

  private String get(String path) throws Exception {
    Rest.Reply reply = http.get("/" + path);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.body();
  }

  private String post(String path) throws Exception {
    Rest.Reply reply = http.post("/" + path, new JsonObject());
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.body();
  }
}
