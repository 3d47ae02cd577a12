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
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * An Open Liberty into which the feature was installed as an administrator installs it, as a
 * process of its own on loopback.
 */
final class LibertyServer implements AutoCloseable {

  private static final String NAME = "clauseDesk";
  private static final String PASSWORD = "only-for-this-test";

  private final Path home;
  private final int port;
  private Process process;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private LibertyServer(Path home, int port) {
    this.home = home;
    this.port = port;
  }

  /** Installs the feature, makes a server with the sample, and starts it. */
  static LibertyServer install() throws Exception {
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
    Path server = home.resolve("usr/servers").resolve(NAME);
    if (!Files.exists(server)) {
      // makes server.env too, with the password of the keys that sessions are signed with
      run(home, "server", "create", NAME);
    }
    Files.createDirectories(server.resolve("apps"));
    copy(Path.of(System.getProperty("liberty.config")), server.resolve("server.xml"));
    copy(files.resolve("h2.jar"), server.resolve("h2.jar"));
    copy(files.resolve("clause-desk.war"), server.resolve("apps/clause-desk.war"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.writeString(
        server.resolve("bootstrap.properties"),
        "http.port=%d%nmodels.directory=%s%nada.password=%s%n"
            .formatted(port, System.getProperty("models.directory"), PASSWORD));
    LibertyServer liberty = new LibertyServer(home, port);
    liberty.start();
    return liberty;
  }

  void start() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/server").toString(), "run", NAME);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(home.resolve("../liberty-console.txt").normalize().toFile());
    process = builder.start();
    Instant limit = Instant.now().plusSeconds(300);
    while (true) {
      String last = "no answer";
      try {
        HttpResponse<String> desk = get("/clause-desk/api/status");
        HttpResponse<String> ready = get("/health/ready");
        last = desk.statusCode() + desk.body() + ready.statusCode() + ready.body();
        if (desk.body().contains("\"ready\":true")
            && ready.statusCode() == 200
            && ready.body().contains("openledger")) {
          return;
        }
      } catch (IOException e) {
        last = e.toString();
      }
      if (!process.isAlive() || Instant.now().isAfter(limit)) {
        close();
        throw new IllegalStateException("not ready: " + last);
      }
      Thread.sleep(250);
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
    String basic =
        Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    return http.send(
        request(path).header("Authorization", "Basic " + basic).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(60));
  }

  private static void run(Path home, String... command) throws Exception {
    command[0] = home.resolve("bin").resolve(command[0]).toString();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
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
