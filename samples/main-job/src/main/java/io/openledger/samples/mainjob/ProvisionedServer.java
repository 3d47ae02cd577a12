package io.openledger.samples.mainjob;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A provisioned WildFly as a process of its own, on loopback, with all ports moved by an offset.
 *
 * <p>It runs in a base directory of its own beside the provisioned one, so that a run leaves the
 * provisioned server as it was. One thread.
 */
final class ProvisionedServer implements AutoCloseable {

  private static final Pattern USED_KIB = Pattern.compile("\\bused (\\d+)K");

  private final Setup setup;
  private final Path base;
  private final int offset;
  private final Process process;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private ProvisionedServer(Setup setup, Path base, int offset, Process process) {
    this.setup = setup;
    this.base = base;
    this.offset = offset;
    this.process = process;
  }

  /**
   * Starts the server. Returns at once.
   *
   * @param setup what is run
   * @param base a copy of its {@code standalone} directory
   * @param offset added to every port
   */
  static ProvisionedServer start(Setup setup, Path base, int offset) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            setup.home().resolve("bin/standalone.sh").toString(),
            "-b=127.0.0.1",
            "-bmanagement=127.0.0.1",
            "-Dopenledger.model.path=" + setup.models().resolve("models/speeches-3m"),
            "-Dopenledger.adapters.directory=" + setup.models().resolve("adapters"),
            "-Djboss.server.base.dir=" + base,
            "-Djboss.socket.binding.port-offset=" + offset);
    builder.environment().put("JAVA_HOME", setup.javaHome().toString());
    // without it the script's process is a shell whose end would leave the server running
    builder.environment().put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
    builder.redirectErrorStream(true);
    builder.redirectOutput(base.resolve("console.txt").toFile());
    Process process = builder.start();
    return new ProvisionedServer(setup, base, offset, process);
  }

  /** The address of the applications. */
  URI http() {
    return URI.create("http://127.0.0.1:" + (8080 + offset));
  }

  /** Waits until the server says that it is ready; fails with what it says is missing. */
  Duration awaitReady(Duration limit) throws InterruptedException {
    Instant begin = Instant.now();
    String last = "no answer";
    URI ready = URI.create("http://127.0.0.1:" + (9990 + offset) + "/health/ready");
    while (Duration.between(begin, Instant.now()).compareTo(limit) < 0) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the server ended: " + console());
      }
      try {
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(5)).build(),
                HttpResponse.BodyHandlers.ofString());
        last = response.statusCode() + " " + response.body();
        // an empty list of checks is what the server says before our deployment is there
        if (response.statusCode() == 200 && response.body().contains("openledger")) {
          return Duration.between(begin, Instant.now());
        }
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("not ready within " + limit + ": " + last);
  }

  /**
   * Waits until the server's log says that it has started, for servers that have no health check.
   */
  Duration awaitStarted(Duration limit) throws InterruptedException {
    Instant begin = Instant.now();
    while (Duration.between(begin, Instant.now()).compareTo(limit) < 0) {
      if (console().contains("WFLYSRV0025")) {
        return Duration.between(begin, Instant.now());
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("not started within " + limit + ": " + console());
  }

  /** Bytes of the heap that live after a full collection. */
  long liveHeapBytes() throws IOException, InterruptedException {
    String pid = Long.toString(serverPid());
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run");
    Matcher used = USED_KIB.matcher(jcmd(pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IllegalStateException("jcmd printed no heap size");
    }
    return Long.parseLong(used.group(1)) * 1024;
  }

  private long serverPid() {
    // the script starts the JVM as its child
    return process
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("/java"))
        .mapToLong(ProcessHandle::pid)
        .findFirst()
        .orElse(process.pid());
  }

  private String jcmd(String pid, String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(List.of(setup.javaHome().resolve("bin/jcmd").toString(), pid, command))
            .redirectErrorStream(true)
            .start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd " + command + ": " + output);
    }
    return output;
  }

  private String console() {
    try {
      String all = Files.readString(base.resolve("console.txt"));
      return all.substring(Math.max(0, all.length() - 4000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server in order and waits for it. */
  @Override
  public void close() {
    List<ProcessHandle> all = process.descendants().toList();
    all.forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      for (ProcessHandle handle : all) {
        handle.onExit().get(60, TimeUnit.SECONDS);
      }
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      all.forEach(ProcessHandle::destroyForcibly);
      throw new IllegalStateException("the server in " + base + " did not stop", e);
    }
  }
}
