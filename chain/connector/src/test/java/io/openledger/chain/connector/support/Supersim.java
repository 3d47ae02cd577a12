package io.openledger.chain.connector.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Two real nodes with the OP Stack's contracts between them: L1 (chain 900) and a rollup (901) that
 * takes up what is deposited on L1. It takes some 2 s to start.
 *
 * <p>It is the npm package {@code supersim} in {@code chain/connector/nodes/node_modules}, which
 * has the binary for Linux on x86-64 within, found from the working directory upwards; it runs
 * {@link Anvil}'s binary. Where either is missing, the test is skipped with the reason, or fails if
 * the environment variable {@code CI} is set.
 *
 * <p>It proposes no states on L1 and resolves no games: tests do that in the proposer's name.
 */
public final class Supersim implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path NODES = Path.of("chain/connector/nodes/node_modules");

  private final Process process;
  private final Path directory;
  private final int l1;
  private final int rollup;
  private final Thread onExit = new Thread(this::end);
  private final JsonRpc rpc = new JsonRpc();

  private Supersim(Path supersim, Path anvil) throws IOException {
    directory = Files.createTempDirectory("supersim");
    Files.createDirectory(directory.resolve("logs"));
    l1 = Programs.freePort();
    rollup = Programs.freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            supersim.toString(),
            "--l1.port",
            Integer.toString(l1),
            "--l2.starting.port",
            Integer.toString(rollup),
            "--l2.count",
            "1",
            "--admin.port",
            Integer.toString(Programs.freePort()),
            "--logs.directory",
            directory.resolve("logs").toString());
    builder.environment().merge("PATH", anvil.getParent().toString(), (old, a) -> a + ":" + old);
    builder.environment().put("HOME", directory.toString());
    process =
        builder
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("supersim.log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** Both nodes; skips the test where they are not (see above). */
  public static Supersim start() {
    boolean platform =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    Optional<Path> supersim =
        find("supersim/bin/supersim").filter(Files::isExecutable).filter(file -> platform);
    Optional<Path> anvil = Anvil.binary();
    String reason =
        "no supersim: run npm ci in chain/connector/nodes and chain/contracts, on Linux x86-64";
    boolean there = supersim.isPresent() && anvil.isPresent();
    Programs.require(there, reason);
    Supersim started = null;
    try {
      started = new Supersim(supersim.get(), anvil.get());
      started.await();
      return started;
    } catch (IOException e) {
      if (started != null) {
        started.close();
      }
      throw new AssertionError("supersim does not start", e);
    }
  }

  /** A file of the npm packages that tests of the bridge use, if they are installed. */
  public static Optional<Path> find(String file) {
    return Programs.find(NODES.resolve(file));
  }

  private void await() throws IOException {
    Path log = directory.resolve("supersim.log");
    long begun = System.nanoTime();
    while (!Files.readString(log).contains("supersim is ready")) {
      if (!process.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
        throw new IOException("supersim ended or is not ready: " + Files.readString(log));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }

  /** Where L1's node answers. */
  public URI l1() {
    return URI.create("http://127.0.0.1:" + l1);
  }

  /** Where the rollup's node answers. */
  public URI rollup() {
    return URI.create("http://127.0.0.1:" + rollup);
  }

  /**
   * Asks a node.
   *
   * @param node {@link #l1} or {@link #rollup}
   * @throws AssertionError if it answers an error
   */
  public JsonNode rpc(URI node, String method, Object... params) {
    return rpc.ask(node, method, params);
  }

  /** Makes a block on L1 whose time is later by so many whole seconds. */
  public void advance(Duration time) {
    rpc(l1(), "evm_increaseTime", time.toSeconds());
    rpc(l1(), "evm_mine");
  }

  private void end() {
    List<ProcessHandle> nodes = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    nodes.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    end();
    Programs.forget(onExit, directory);
  }
}
