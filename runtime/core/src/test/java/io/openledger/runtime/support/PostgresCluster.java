package io.openledger.runtime.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A throw-away PostgreSQL on a free loopback port, when its programs are installed. */
public final class PostgresCluster implements AutoCloseable {

  private final Path bin;
  private final Path home;
  private final int port;

  private PostgresCluster(Path bin, Path home, int port) {
    this.bin = bin;
    this.home = home;
    this.port = port;
  }

  /** Where the programs are, if they are. */
  public static Optional<Path> programs() {
    Path root = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(root)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(root)) {
      return versions
          .map(v -> v.resolve("bin"))
          .filter(b -> Files.isExecutable(b.resolve("initdb")))
          .max(Comparator.naturalOrder());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public static PostgresCluster start(Path bin) throws Exception {
    // not below the test's own directory, which the user postgres may not enter
    Path home = Files.createTempDirectory(Path.of("/tmp"), "openledger-pg");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresCluster cluster = new PostgresCluster(bin, home, port);
    if (asRoot()) {
      command(List.of("chown", "postgres", home.toString()));
    }
    cluster.run(
        "initdb", "-D", home + "/db", "-A", "trust", "-U", "openledger", "-E", "UTF8", "-N");
    cluster.run(
        "pg_ctl",
        "-D",
        home + "/db",
        "-w",
        "-l",
        home + "/log",
        "-o",
        "-h 127.0.0.1 -p " + port + " -k " + home + " -c fsync=off",
        "start");
    return cluster;
  }

  private static boolean asRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void run(String program, String... args) throws Exception {
    List<String> words =
        Stream.concat(
                asRoot() ? Stream.of("runuser", "-u", "postgres", "--") : Stream.of(),
                Stream.concat(Stream.of(bin.resolve(program).toString()), Stream.of(args)))
            .toList();
    command(words);
  }

  private static void command(List<String> words) throws Exception {
    Path output = Files.createTempFile("openledger-pg", ".out");
    Process process =
        new ProcessBuilder(words)
            .directory(Path.of("/tmp").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(words + ": " + Files.readString(output));
    }
    Files.delete(output);
  }

  /**
   * A new, empty database.
   *
   * @param name a new one, of letters and digits
   */
  public TestDatabase database(String name) throws Exception {
    String server = "jdbc:postgresql://127.0.0.1:" + port + "/";
    try (Connection c = DriverManager.getConnection(server + "postgres", "openledger", "");
        Statement create = c.createStatement()) {
      create.execute("CREATE DATABASE \"" + name + "\"");
    }
    return TestDatabase.open(server + name, "openledger", "");
  }

  /** Stops it at once, as a crash would. */
  public void stop() throws Exception {
    run("pg_ctl", "-D", home + "/db", "-m", "immediate", "-w", "stop");
  }

  public void startAgain() throws Exception {
    run(
        "pg_ctl",
        "-D",
        home + "/db",
        "-w",
        "-l",
        home + "/log",
        "-o",
        "-h 127.0.0.1 -p " + port + " -k " + home + " -c fsync=off",
        "start");
  }

  @Override
  public void close() throws Exception {
    try {
      stop();
    } finally {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
