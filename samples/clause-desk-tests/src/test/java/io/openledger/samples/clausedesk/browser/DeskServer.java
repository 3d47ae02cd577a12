package io.openledger.samples.clausedesk.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The provisioned server with the application, as a process of its own on loopback, in a base
 * directory of its own.
 */
final class DeskServer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Process process;
  private final Path base;
  private final Path console;
  private final URI address;

  private DeskServer(Process process, Path base, Path console, URI address) {
    this.process = process;
    this.base = base;
    this.console = console;
    this.address = address;
  }

  /**
   * Starts a server.
   *
   * @param name of its base directory
   * @param settings MicroProfile Config keys, given as system properties
   */
  static DeskServer start(String name, Map<String, String> settings) throws IOException {
    Path home = Path.of(System.getProperty("server.home"));
    Path base = home.resolveSibling("base-" + name);
    copy(home.resolve("standalone"), base);
    int offset = freeOffset();
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/standalone.sh").toString());
    command.add("-b=127.0.0.1");
    command.add("-bmanagement=127.0.0.1");
    command.add("-Djboss.server.base.dir=" + base);
    command.add("-Djboss.socket.binding.port-offset=" + offset);
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    Path console = base.resolve("console.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(console.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("server.java.home"));
    // beside what the script has of its own: half of the processor's time of a start
    builder.environment().put("PREPEND_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    // without it the script's process is a shell whose end would leave the server running
    builder.environment().put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
    URI address = URI.create("http://127.0.0.1:" + (8080 + offset) + "/clause-desk/");
    return new DeskServer(builder.start(), base, console, address);
  }

  /** The folder of models and adapters that the sample ships with. */
  static Path models() {
    return Path.of(System.getProperty("sample.models")).toAbsolutePath().normalize();
  }

  /** Where the page is. */
  URI address() {
    return address;
  }

  /**
   * Deploys the application and waits until it says that one can draft.
   *
   * <p>It is deployed to the running server: a scan of the deployments while the server boots can
   * meet the subsystems half way and end the boot.
   */
  void awaitReady() throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (!console().contains("WFLYSRV0025")) {
      if (!process.isAlive() || System.nanoTime() - began > LIMIT.toNanos()) {
        throw new IllegalStateException("the server did not start; its console:\n" + console());
      }
      Thread.sleep(100);
    }
    Path war = base.resolve("deployments/clause-desk.war");
    Files.copy(Path.of(System.getProperty("sample.war")), war);
    // says that the file is whole
    Files.createFile(war.resolveSibling(war.getFileName() + ".dodeploy"));
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest status =
        HttpRequest.newBuilder(address.resolve("api/status"))
            .timeout(Duration.ofSeconds(5))
            .build();
    String last = "no answer";
    while (System.nanoTime() - began < LIMIT.toNanos()) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the server ended; its console:\n" + console());
      }
      try {
        HttpResponse<String> answer = http.send(status, HttpResponse.BodyHandlers.ofString());
        last = answer.statusCode() + " " + answer.body();
        if (answer.statusCode() == 200 && answer.body().contains("\"ready\":true")) {
          return;
        }
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(
        "not ready within " + LIMIT + ": " + last + "; the server's console:\n" + console());
  }

  private String console() {
    try {
      return Files.readString(console);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** An offset at which the ports of HTTP and of management are free. */
  private static int freeOffset() throws IOException {
    for (int offset = 12_000; offset < 12_400; offset += 7) {
      if (free(8080 + offset) && free(9990 + offset) && free(8443 + offset)) {
        return offset;
      }
    }
    throw new IOException("no free ports from 20080 to 22790");
  }

  private static boolean free(int port) {
    try (ServerSocket probe = new ServerSocket(port)) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to).sorted(Comparator.reverseOrder())) {
        for (Path path : (Iterable<Path>) old::iterator) {
          Files.delete(path);
        }
      }
    }
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }
}
