package io.openledger.wildfly.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of one test alone, which the test may stop, kill and start again. It runs from the
 * provisioned installation in a base directory of its own, which stays below {@code target} with
 * its log. One thread.
 */
final class OwnServer implements AutoCloseable {

  private static final Path HOME = Path.of(System.getProperty("jboss.home"));
  private static final Duration LIMIT = Duration.ofSeconds(120);

  /**
   * Compiles once and quickly what runs once: half of the processor's time of a start. The main
   * job's tests have a server as it comes.
   */
  static final String QUICK = "-XX:TieredStopAtLevel=1";

  private final Path base;
  private final int offset;
  private final Path javaHome;
  private final List<String> arguments;
  private List<String> stability = List.of();
  private Process process;

  private OwnServer(Path base, int offset, Path javaHome, List<String> arguments) {
    this.base = base;
    this.offset = offset;
    this.javaHome = javaHome;
    this.arguments = arguments;
  }

  /**
   * A fresh server, not yet started.
   *
   * @param name of its directory
   * @param offset by which its ports are moved
   * @param properties {@code key=value} of the feature's configuration
   */
  static OwnServer prepare(String name, int offset, Path javaHome, List<String> properties)
      throws IOException {
    Path base = HOME.resolveSibling("own").resolve(name);
    delete(base);
    copy(HOME.resolve("standalone"), base, List.of("data", "log", "tmp"));
    List<String> arguments = new ArrayList<>();
    properties.forEach(p -> arguments.add("-D" + p));
    return new OwnServer(base, offset, javaHome, arguments);
  }

  /** The configuration under which the sample's model and adapter are served. */
  static List<String> sampleModel() {
    String samples = System.getProperty("openledger.samples");
    return List.of(
        "openledger.model.path=" + samples + "/models/speeches-3m",
        "openledger.adapters.directory=" + samples + "/adapters",
        "openledger.epoch.interval=PT0S");
  }

  /**
   * Changes its configuration while it is stopped, as an administrator does with the command line.
   *
   * @param commands of {@code jboss-cli.sh}, after the embedded server has started
   */
  void configure(String... commands) throws IOException, InterruptedException {
    List<String> script = new ArrayList<>();
    script.add("embed-server --std-out=discard --stability=community");
    script.addAll(List.of(commands));
    script.add("stop-embedded-server");
    cli("--file=" + Files.write(base.resolve("configure.cli"), script));
    // what the commands added may be of that stability
    stability = List.of("--stability=community");
  }

  /** Changes it while it runs, as an administrator does with the command line. */
  void command(String command) throws IOException, InterruptedException {
    cli("--connect", "--controller=127.0.0.1:" + (9990 + offset), "--command=" + command);
  }

  private void cli(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("bin/jboss-cli.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder
        .environment()
        .put("JAVA_OPTS", "-Xmx256m " + QUICK + " -Djboss.server.base.dir=" + base);
    Process cli = builder.redirectErrorStream(true).start();
    cli.getOutputStream().close();
    String output = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (cli.waitFor() != 0) {
      throw new IllegalStateException("jboss-cli.sh: " + output);
    }
  }

  static Path defaultJavaHome() {
    return Path.of(System.getProperty("server.java.home"));
  }

  Path base() {
    return base;
  }

  Rest as(String user) {
    return new Rest(offset, user);
  }

  void addUser(String user, String roles) throws IOException, InterruptedException {
    Users.add(HOME, base, user, roles);
  }

  /** Starts it and waits until it says that it has started. */
  Duration start() throws IOException, InterruptedException {
    Instant begin = Instant.now();
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("bin/standalone.sh").toString());
    command.addAll(
        List.of(
            "-b",
            "127.0.0.1",
            "-bmanagement",
            "127.0.0.1",
            "-Djboss.server.base.dir=" + base,
            "-Djboss.socket.binding.port-offset=" + offset));
    command.addAll(arguments);
    command.addAll(stability);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    // beside what the script has of its own
    builder.environment().put("PREPEND_JAVA_OPTS", QUICK);
    // without it the script's process is a shell whose end would leave the server running
    builder.environment().put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
    builder.redirectErrorStream(true);
    builder.redirectOutput(base.resolve("console.txt").toFile());
    process = builder.start();
    while (!started()) {
      if (!process.isAlive() || Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
        throw new IllegalStateException("the server did not start: " + console());
      }
      Thread.sleep(50);
    }
    return Duration.between(begin, Instant.now());
  }

  // 25: started; 26: started with errors, which is what some tests are about
  private boolean started() {
    String console = console();
    return console.contains("WFLYSRV0025") || console.contains("WFLYSRV0026");
  }

  /** What the server printed since it was started. */
  String console() {
    try {
      return Files.readString(base.resolve("console.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ServerJvm jvm() {
    return process
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .map(p -> new ServerJvm(p.pid()))
        .orElseThrow(() -> new IllegalStateException("the server does not run"));
  }

  /** Ends it as the operating system does on shutdown. */
  void stop() throws InterruptedException {
    end(false);
  }

  /** Ends it without warning. */
  void kill() throws InterruptedException {
    end(true);
  }

  private void end(boolean forcibly) throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    for (ProcessHandle handle : all) {
      if (forcibly) {
        handle.destroyForcibly();
      } else {
        handle.destroy();
      }
    }
    for (ProcessHandle handle : all) {
      try {
        handle.onExit().get(60, TimeUnit.SECONDS);
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        handle.destroyForcibly();
        throw new IllegalStateException("the server did not end", e);
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null && process.isAlive()) {
      stop();
    }
  }

  private static void copy(Path from, Path to, List<String> without) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path relative = from.relativize(file);
        if (relative.getNameCount() > 0 && without.contains(relative.getName(0).toString())) {
          continue;
        }
        Path target = to.resolve(relative.toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
