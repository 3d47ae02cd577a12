package io.openledger.liberty;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An Open Liberty into which the feature was installed as an administrator installs it, as a
 * process of its own on loopback.
 */
final class LibertyServer implements AutoCloseable {

  /** Compiles once and quickly what runs once: half of the processor's time of a start. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final String PASSWORD = "only-for-this-test";

  private final Path home;
  private final String name;
  private final int port;
  private Process process;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private LibertyServer(Path home, String name, int port) {
    this.home = home;
    this.name = name;
    this.port = port;
  }

  /** Installs the feature, makes a server with the sample, and starts it. */
  static LibertyServer install() throws Exception {
    LibertyServer server = prepare("clauseDesk", "server.xml", List.of());
    server.start();
    server.awaitReady();
    return server;
  }

  /**
   * Installs the feature, and makes a server with the sample.
   *
   * @param config the name of its {@code server.xml} among the tests' own
   * @param variables {@code name=value} that it may use
   */
  static LibertyServer prepare(String name, String config, List<String> variables)
      throws Exception {
    Path home = Path.of(System.getProperty("liberty.home"));
    Path files = Path.of(System.getProperty("liberty.install"));
    try (var scripts = Files.list(home.resolve("bin"))) {
      // unpacking by Java loses the executable bit
      scripts.filter(Files::isRegularFile).forEach(one -> one.toFile().setExecutable(true));
    }
    if (!Files.exists(home.resolve("usr/extension/lib/features/io.openledger.openledger-1.0.mf"))) {
      run(
          home,
          "featureUtility",
          "installFeature",
          files.resolve("openledger-1.0.esa").toString(),
          "--verify=skip");
    }
    Path server = home.resolve("usr/servers").resolve(name);
    if (!Files.exists(server)) {
      // makes server.env too, with the password of the keys that sessions are signed with
      run(home, "server", "create", name);
    }
    Files.createDirectories(server.resolve("apps"));
    copy(Path.of(System.getProperty("liberty.config"), config), server.resolve("server.xml"));
    copy(files.resolve("h2.jar"), server.resolve("h2.jar"));
    copy(files.resolve("clause-desk.war"), server.resolve("apps/clause-desk.war"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> lines =
        new ArrayList<>(
            List.of(
                "http.port=" + port,
                "models.directory=" + System.getProperty("models.directory"),
                "ada.password=" + PASSWORD));
    lines.addAll(variables);
    Files.write(server.resolve("bootstrap.properties"), lines);
    return new LibertyServer(home, name, port);
  }

  /** Starts it, and does not wait. */
  void start() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/server").toString(), "run", name);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JVM_ARGS", QUICK);
    builder.redirectErrorStream(true);
    builder.redirectOutput(home.resolve("../" + name + "-console.txt").normalize().toFile());
    process = builder.start();
  }

  /** Waits until the sample can be asked and the server says that it is ready. */
  void awaitReady() throws Exception {
    await(
        () ->
            get("/clause-desk/api/status").body().contains("\"ready\":true")
                ? get("/health/ready")
                : get("/clause-desk/api/status"),
        reply -> reply.statusCode() == 200 && reply.body().contains("openledger"));
  }

  /** Asks until the answer is what is wanted. */
  HttpResponse<String> await(
      Callable<HttpResponse<String>> question, Predicate<HttpResponse<String>> wanted)
      throws Exception {
    Instant limit = Instant.now().plusSeconds(300);
    while (true) {
      String last = "no answer";
      try {
        HttpResponse<String> reply = question.call();
        if (wanted.test(reply)) {
          return reply;
        }
        last = reply.statusCode() + reply.body();
      } catch (IOException e) {
        last = e.toString();
      }
      if (!process.isAlive() || Instant.now().isAfter(limit)) {
        close();
        throw new IllegalStateException("not ready: " + last);
      }
      Thread.sleep(100);
    }
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return http.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> getAsAdmin(String path) throws IOException, InterruptedException {
    return http.send(asAdmin(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> postAsAdmin(String path, String json)
      throws IOException, InterruptedException {
    return http.send(
        asAdmin(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder asAdmin(String path) {
    String basic =
        Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    return request(path).header("Authorization", "Basic " + basic);
  }

  /** What the server has logged since it was started. */
  String log() throws IOException {
    return Files.readString(home.resolve("usr/servers").resolve(name).resolve("logs/messages.log"));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(60));
  }

  private static void run(Path home, String... command) throws Exception {
    command[0] = home.resolve("bin").resolve(command[0]).toString();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JVM_ARGS", QUICK);
    builder.environment().put("FEATURE_LOCAL_REPO", System.getProperty("liberty.features"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + output);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws Exception {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
