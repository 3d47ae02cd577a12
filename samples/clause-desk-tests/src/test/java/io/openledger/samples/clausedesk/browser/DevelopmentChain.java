package io.openledger.samples.clausedesk.browser;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The chain that {@code mvn -Prun} starts, in a process of its own. */
final class DevelopmentChain implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Process process;
  private final Map<String, String> settings;

  private DevelopmentChain(Process process, Map<String, String> settings) {
    this.process = process;
    this.settings = settings;
  }

  /** Skips the test where there is no node, unless this is CI, where it has to be. */
  static void required() throws IOException {
    Path contracts = cli().getParent().resolve("../../contracts/node_modules/@foundry-rs");
    if (Files.isDirectory(contracts)) {
      try (Stream<Path> packages = Files.list(contracts)) {
        if (packages.anyMatch(one -> one.getFileName().toString().startsWith("anvil-"))) {
          return;
        }
      }
    }
    String reason = "no anvil: run npm ci in chain/contracts";
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(reason);
    }
    Assumptions.abort(reason);
  }

  private static Path cli() {
    return Path.of(System.getProperty("chain.cli")).toAbsolutePath();
  }

  /** Starts it and waits until the contracts are deployed. It ends when this process does. */
  static DevelopmentChain start() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/chain").toAbsolutePath());
    Path file = folder.resolve("chain.properties");
    Files.deleteIfExists(file);
    Path told = folder.resolve("told.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                cli().toString(),
                "dev-chain",
                "--port",
                "0",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(told.toFile())
            .start();
    long began = System.nanoTime();
    while (!Files.exists(file)) {
      if (!process.isAlive() || System.nanoTime() - began > LIMIT.toNanos()) {
        process.destroy();
        throw new IllegalStateException("no development chain: " + Files.readString(told));
      }
      Thread.sleep(100);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      settings.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    return new DevelopmentChain(process, settings);
  }

  /** A server's settings for it. */
  Map<String, String> settings() {
    return settings;
  }

  /** What an address has, in wei. */
  BigInteger balance(String address) throws IOException, InterruptedException {
    return new BigInteger(ask("eth_getBalance", "\"" + address + "\",\"latest\"").substring(2), 16);
  }

  /** Whether a transaction is in a block and succeeded. */
  boolean succeeded(String transaction) throws IOException, InterruptedException {
    return ask("eth_getTransactionReceipt", "\"" + transaction + "\"").equals("0x1");
  }

  private String ask(String method, String parameters) throws IOException, InterruptedException {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
            + method
            + "\",\"params\":["
            + parameters
            + "]}";
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(settings.get("openledger.chain.endpoints.development.url")))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    var result = JsonParser.parseString(answer).getAsJsonObject().get("result");
    return result.isJsonObject()
        ? result.getAsJsonObject().get("status").getAsString()
        : result.getAsString();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    // the end of its standard input ends it, and its node with it
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
