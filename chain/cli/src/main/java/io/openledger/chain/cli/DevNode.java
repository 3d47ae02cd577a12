package io.openledger.chain.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An anvil in a process of its own, on the loopback address, that lives as long as this program. It
 * makes a block a second, so that a browser sees something happen, and knows safe and finalized
 * blocks as a rollup does.
 */
final class DevNode implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final URI uri;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private DevNode(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param port 0: a free one
   * @param log where it writes
   */
  static DevNode start(Path binary, int port, long chainId, Path log)
      throws IOException, InterruptedException {
    int chosen = port == 0 ? freePort() : requireFree(port, log);
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                binary.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(chosen),
                "--chain-id",
                Long.toString(chainId),
                "--network",
                "optimism",
                "--mixed-mining",
                "--block-time",
                "1",
                "--slots-in-an-epoch",
                "1"));
    // it keeps a cache in the home directory otherwise
    Path home = Files.createDirectories(log.resolveSibling("anvil"));
    builder.environment().put("HOME", home.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    DevNode node = new DevNode(process, URI.create("http://127.0.0.1:" + chosen));
    long begun = System.nanoTime();
    while (!node.answers()) {
      if (!process.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
        process.destroyForcibly();
        throw refused("anvil did not start on port " + chosen, log);
      }
      Thread.sleep(20);
    }
    return node;
  }

  /** The binary that npm put beside the contracts, looked for from a folder upwards. */
  static Optional<Path> binary(Path from) {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String platform = os.startsWith("win") ? "win32" : os.startsWith("mac") ? "darwin" : "linux";
    String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    Path file =
        Path.of(
            "chain/contracts/node_modules/@foundry-rs",
            "anvil-" + platform + "-" + processor,
            "bin",
            platform.equals("win32") ? "anvil.exe" : "anvil");
    return Stream.iterate(from.toAbsolutePath(), p -> p != null, Path::getParent)
        .map(p -> p.resolve(file))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Another node that has the port would answer in this one's place, and get its contracts and
   * coins.
   */
  private static int requireFree(int port, Path log) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw refused("port " + port + " is taken by another program", log);
    }
  }

  private static OpenLedgerException refused(String what, Path log) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_UNAVAILABLE,
        what,
        "a free port, and a binary that runs here",
        "say --port=0 for any that is free, or read " + log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return ask("eth_chainId", "").contains("result");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Asks for something that nodes of a real chain do not do.
   *
   * @param parameters JSON, without the brackets around them
   */
  String ask(String method, String parameters) throws IOException, InterruptedException {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
            + method
            + "\",\"params\":["
            + parameters
            + "]}";
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Where it answers. */
  URI uri() {
    return uri;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
