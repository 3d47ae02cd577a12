package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own client against the running server, its model and its adapter. */
@ArquillianTest
@RunAsClient
class OpenAiClientIT {

  private static final int OFFSET = Integer.getInteger("server.port.offset");

  /** The client and what it tries, which REST's own tests have, too. */
  private static final Path SOURCES = Path.of("../../runtime/rest/src/test/openai");

  private static final Path INSTALLED = Path.of("target/openai");

  /** Arquillian starts the server for a deployment; this one does not use the API. */
  @Deployment(testable = false)
  static WebArchive bystander() {
    return ShrinkWrap.create(WebArchive.class, "client-bystander.war")
        .addAsWebResource(new StringAsset("here"), "index.html");
  }

  @BeforeEach
  void users() throws Exception {
    boolean node = runs("node", "--version") && runs("npm", "--version");
    if (!node && System.getenv("CI") != null) {
      throw new AssertionError("Node and npm are not there, which CI has");
    }
    Assumptions.assumeTrue(node, "Node and npm are not there");
    Path home = Path.of(System.getProperty("jboss.home"));
    Users.add(home, home.resolve("standalone"), "client-desk", "openledger-user");
    Users.add(home, home.resolve("standalone"), "client-other", "openledger-contributor");
    Ready.await(new Rest(OFFSET, "client-desk"));
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", "client.mjs")) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    run(new ProcessBuilder("npm", "ci", "--loglevel=error"));
  }

  @Test
  void clientUnderstandsAnswersAndErrors() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "node", "client.mjs", "answers", "scores", "schema", "errors", "stops", "late");
    builder.environment().put("BASE_URL", "http://127.0.0.1:" + (8080 + OFFSET) + "/openledger/v1");
    builder.environment().put("ASKING", "client-desk");
    builder.environment().put("OTHER", "client-other");
    builder.environment().put("PASSWORD", Rest.PASSWORD);
    run(builder);
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(ProcessBuilder builder) throws Exception {
    Process process = builder.directory(INSTALLED.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
