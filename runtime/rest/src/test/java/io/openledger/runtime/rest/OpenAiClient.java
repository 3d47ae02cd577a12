package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** OpenAI's own client for JavaScript, in a process of its own; what it tries is in client.mjs. */
final class OpenAiClient {

  private static final Path SOURCES = Path.of("src/test/openai");
  private static final Path INSTALLED = Path.of("target/openai");

  private OpenAiClient() {}

  /** Skips the test where there is no Node, except where CI promises it. */
  static OpenAiClient install() throws Exception {
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
    return new OpenAiClient();
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

  /** Fails with what the client printed when one of the trials does. */
  void tries(RestServer rest, String... what) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "client.mjs"));
    command.addAll(List.of(what));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BASE_URL", "http://127.0.0.1:" + rest.port() + "/openledger/v1");
    builder.environment().put("ASKING", "user");
    builder.environment().put("OTHER", "contributor");
    run(builder);
  }
}
