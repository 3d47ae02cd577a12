package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for JavaScript understands what it is answered. */
class OpenAiClientTest {

  private static final Path SOURCES = Path.of("src/test/openai");
  private static final Path INSTALLED = Path.of("target/openai");
  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    boolean node = runs("node", "--version") && runs("npm", "--version");
    if (!node && System.getenv("CI") != null) {
      throw new AssertionError("Node and npm are not there, which CI has");
    }
    Assumptions.assumeTrue(node, "Node and npm are not there");
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", "client.mjs")) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    run(new ProcessBuilder("npm", "ci", "--loglevel=error"));
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    if (rest != null) {
      rest.close();
    }
  }

  @BeforeEach
  void fresh() {
    rest.fresh();
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
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  private static void tries(String... what) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "client.mjs"));
    command.addAll(List.of(what));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BASE_URL", "http://127.0.0.1:" + rest.port() + "/openledger/v1");
    builder.environment().put("ASKING", "user");
    builder.environment().put("OTHER", "contributor");
    run(builder);
  }

  @Test
  void clientReadsAnswersAndStreams() throws Exception {
    tries("answers");
    assertThat(rest.fake.prompts).hasSize(1 + 1 + 3 + 2);
  }

  @Test
  void clientReadsLogProbabilities() throws Exception {
    tries("scores");
  }

  @Test
  void clientReadsWhatASchemaAsksFor() throws Exception {
    rest.fake.words = List.of("{\"good\": ", "true}");
    tries("schema");
    assertThat(rest.fake.prompts.get(0).options().jsonSchema().orElseThrow()).contains("boolean");
  }

  @Test
  void clientThrowsTheRightClassOfErrors() throws Exception {
    tries("errors");
  }

  @Test
  void clientSeesThatTheServerIsBusy() throws Exception {
    rest.fake.failure =
        Optional.of(new OpenLedgerException(ErrorCode.BUSY, "64 waiting", "64", "call again"));
    tries("busy");
  }
}
