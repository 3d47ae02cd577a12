package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.openledger.wildfly.it.app.Drafting;
import io.openledger.wildfly.it.app.Notes;
import io.openledger.wildfly.it.app.RestApplication;
import io.openledger.wildfly.it.app.RightsResource;
import io.openledger.wildfly.it.app.SampleClauses;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** An application comes and goes; nothing of it stays. */
@ArquillianTest
@RunAsClient
class RedeployIT {

  private static final int TIMES = 10;

  private final Rest http = new Rest(Integer.getInteger("server.port.offset"), "");

  @ArquillianResource Deployer deployer;

  @Deployment(name = "redeployed", managed = false, testable = false)
  static WebArchive application() {
    return Wars.of(
        "redeployed.war",
        RightsResource.class,
        RestApplication.class,
        SampleClauses.class,
        Drafting.class,
        Drafting.DraftRejected.class,
        Notes.class);
  }

  @Test
  void redeploysTenTimesWithoutLeakingClassLoadersThreadsOrNativeHandles() throws Exception {
    // the first rounds load what the server keeps for all applications
    round();
    round();
    ServerJvm jvm = ServerJvm.ofArquillian();
    long loaders = jvm.moduleClassLoaders();
    long files = jvm.openFiles();
    long threads = jvm.threads();
    List<String> libraries = jvm.nativeLibraries();
    assertThat(libraries).as("the engine's native libraries").isNotEmpty();
    for (int i = 0; i < TIMES; i++) {
      round();
    }
    // a leak of one a deployment would be ten; what the server holds of the last one is not a leak
    assertThat(jvm.moduleClassLoaders()).isLessThanOrEqualTo(loaders);
    assertThat(jvm.nativeLibraries()).isEqualTo(libraries);
    assertThat(jvm.openFiles()).isLessThan(files + TIMES);
    assertThat(jvm.threads()).isLessThan(threads + TIMES);
  }

  private void round() throws Exception {
    deployer.deploy("redeployed");
    try {
      Ready.await(http);
      assertThat(http.post("/redeployed/create?datanet=it-redeployed", new JsonObject()).body())
          .isEqualTo("created");
      assertThat(http.get("/redeployed/ask?datanet=it-redeployed").body())
          .endsWith(" application:redeployed");
    } finally {
      deployer.undeploy("redeployed");
    }
  }
}
