package io.openledger.chain.connector.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A real node in a process of its own, on the loopback address. Start one in a try-with-resources
 * or in {@code @BeforeAll}; it takes some 0.2 s.
 *
 * <p>The binary is the npm package {@code @foundry-rs/anvil-…} in {@code
 * chain/contracts/node_modules}, found from the working directory upwards, or what the system
 * property {@code openledger.anvil} names. Where it is missing, the test is skipped with the
 * reason, or fails if the environment variable {@code CI} is set.
 *
 * <p>Longer than others because each of the node's own methods that tests need has its place here.
 */
public final class Anvil implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path binary;
  private final Path directory;
  private final AnvilOptions options;
  private final int port;
  private final JsonRpc rpc = new JsonRpc();
  private final ObjectMapper json = new ObjectMapper();
  private final List<String> keys = new ArrayList<>();
  private final Thread onExit = new Thread(this::end);
  private volatile @Nullable Process process;
  private boolean kept;

  private Anvil(Path binary, AnvilOptions options) throws IOException {
    this.binary = binary;
    this.options = options;
    this.directory = Files.createTempDirectory("anvil");
    this.port = Programs.freePort();
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** A node as {@link AnvilOptions#USUAL} says. */
  public static Anvil start() {
    return start(AnvilOptions.USUAL);
  }

  /** A node; skips the test where there is none (see above). */
  public static Anvil start(AnvilOptions options) {
    Optional<Path> binary = binary();
    String reason =
        "no anvil: run npm ci in chain/contracts, or set the system property openledger.anvil";
    Programs.require(binary.isPresent(), reason);
    for (int attempt = 1; ; attempt++) {
      Anvil anvil = null;
      try {
        anvil = new Anvil(binary.get(), options);
        anvil.launch();
        return anvil;
      } catch (IOException e) {
        if (anvil != null) {
          anvil.close();
        }
        if (attempt == 3) { // another process may have taken the port in between
          throw new AssertionError("anvil does not start", e);
        }
      }
    }
  }

  /** Where the binary is, if it is anywhere. */
  public static Optional<Path> binary() {
    String named = System.getProperty("openledger.anvil");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String platform = os.startsWith("win") ? "win32" : os.startsWith("mac") ? "darwin" : "linux";
    String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    Path file =
        Path.of(
            "chain/contracts/node_modules/@foundry-rs",
            "anvil-" + platform + "-" + processor,
            "bin",
            platform.equals("win32") ? "anvil.exe" : "anvil");
    return Programs.find(file).filter(Files::isExecutable);
  }

  private void launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(options.arguments(port));
    Path told = directory.resolve("accounts.json");
    command.addAll(List.of("--config-out", told.toString()));
    if (kept) {
      command.addAll(List.of("--load-state", directory.resolve("state.json").toString()));
    }
    Path log = directory.resolve("anvil.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    // it keeps a cache in the home directory otherwise
    builder.environment().put("HOME", directory.toString());
    Process started =
        builder
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process = started;
    long begun = System.nanoTime();
    while (!answers() || privateKeys(told).isEmpty()) {
      if (!started.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
        started.destroyForcibly();
        throw new IOException("anvil ended or is not ready: " + Files.readString(log));
      }
      pause(10);
    }
    keys.clear();
    privateKeys(told).ifPresent(all -> all.forEach(k -> keys.add(k.asText())));
  }

  /** Empty while the node is writing them, which it does after it has begun to answer. */
  private Optional<JsonNode> privateKeys(Path told) throws IOException {
    try {
      return Optional.ofNullable(json.readTree(Files.readString(told)).get("private_keys"));
    } catch (JsonProcessingException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean answers() {
    try {
      return rpc("eth_chainId").isTextual();
    } catch (JsonRpc.Unreachable e) {
      return false;
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it answers. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** How it was started. */
  public AnvilOptions options() {
    return options;
  }

  /** A signer for one of the funded accounts, from 0 on; each call gives one of its own. */
  public LocalSigner signer(int account) {
    return LocalSigner.fromDigits(key(account).toCharArray());
  }

  /** The private key of a funded account, {@code 0x} and 64 digits. */
  public String key(int account) {
    return keys.get(account);
  }

  /**
   * Asks the node.
   *
   * @return the result
   * @throws AssertionError if it answers an error
   */
  public JsonNode rpc(String method, Object... params) {
    return rpc.ask(uri(), method, params);
  }

  /** The newest block's number. */
  public long height() {
    return Long.decode(rpc("eth_blockNumber").asText());
  }

  /**
   * Waits for the block of a transaction that was handed over: the node answers first and makes the
   * block then.
   */
  public void awaitMined(Hash256 transaction) {
    long begun = System.nanoTime();
    while (rpc("eth_getTransactionReceipt", "0x" + transaction.hex()).isNull()) {
      if (System.nanoTime() - begun > PATIENCE.toNanos()) {
        throw new AssertionError("no block has transaction " + transaction.hex());
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Makes blocks. */
  public void mine(int blocks) {
    rpc("anvil_mine", "0x" + Integer.toHexString(blocks));
  }

  /** Whether each transaction gets a block at once. */
  public void autoMine(boolean on) {
    rpc("evm_setAutomine", on);
  }

  /**
   * Takes back the newest blocks and makes as many others. Their transactions go back to those that
   * wait: the next block may have them again.
   *
   * @param depth 1 or more
   */
  public void reorg(int depth) {
    rpc("anvil_reorg", depth, List.of());
  }

  /**
   * Takes back the newest blocks and makes as many others, with given transactions in them.
   *
   * @param transactions signed bytes in hexadecimal, all in the first of the new blocks
   */
  public void reorg(int depth, List<String> transactions) {
    rpc("anvil_reorg", depth, transactions.stream().map(t -> List.of(t, 0)).toList());
  }

  /** Takes back the newest blocks, and makes none. */
  public void rollback(int depth) {
    rpc("anvil_rollback", depth);
  }

  /** Forgets a transaction that waits. */
  public void drop(String hash) {
    rpc("anvil_dropTransaction", hash);
  }

  /** Forgets all transactions that wait. */
  public void dropAll() {
    rpc("anvil_dropAllTransactions");
  }

  /** Sets what an address owns. */
  public void setBalance(ChainAddress address, Wei balance) {
    rpc("anvil_setBalance", address.value(), "0x" + balance.value().toString(16));
  }

  /** Sets an address's next nonce: as if it had been used from outside. */
  public void setNonce(ChainAddress address, long nonce) {
    rpc("anvil_setNonce", address.value(), "0x" + Long.toHexString(nonce));
  }

  /** Puts code at an address. */
  public void setCode(ChainAddress address, byte[] code) {
    rpc("anvil_setCode", address.value(), "0x" + HexFormat.of().formatHex(code));
  }

  /** What the next block's unit of gas costs. */
  public void setNextBaseFee(Wei fee) {
    rpc("anvil_setNextBlockBaseFeePerGas", "0x" + fee.value().toString(16));
  }

  /** The newest block's time. */
  public Instant now() {
    return Instant.ofEpochSecond(
        Long.decode(rpc("eth_getBlockByNumber", "latest", false).get("timestamp").asText()));
  }

  /** Makes a block whose time is later by so many whole seconds. */
  public void advance(Duration time) {
    rpc("evm_increaseTime", time.toSeconds());
    mine(1);
  }

  /** Remembers the chain; {@link #revert} goes back to it. */
  public String snapshot() {
    return rpc("evm_snapshot").asText();
  }

  /** Goes back to a snapshot, which is used up by it. */
  public void revert(String snapshot) {
    if (!rpc("evm_revert", snapshot).asBoolean()) {
      throw new AssertionError("no such snapshot: " + snapshot);
    }
  }

  /**
   * Ends the node as {@code kill -9} does. Its blocks are kept for {@link #restart}; transactions
   * that wait are lost, as they are in a real node.
   */
  public void kill() {
    byte[] zipped = HexFormat.of().parseHex(rpc("anvil_dumpState", true).asText().substring(2));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      Files.write(directory.resolve("state.json"), in.readAllBytes());
      kept = true;
    } catch (IOException e) {
      throw new AssertionError("the state cannot be kept", e);
    }
    end();
  }

  /** The node answers nothing for a while, and loses nothing. */
  public void hang(Duration time) {
    signal("STOP");
    try {
      pause(time.toMillis());
    } finally {
      signal("CONT");
    }
  }

  private void signal(String name) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the node was not started");
    }
    try {
      new ProcessBuilder("kill", "-" + name, "" + running.pid()).start().waitFor();
    } catch (IOException e) {
      throw new AssertionError("no signal can be sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process runs, and what it printed last: for programs that find it gone. */
  public String told() {
    Process running = process;
    try {
      List<String> lines = Files.readAllLines(directory.resolve("anvil.log"));
      return (running != null && running.isAlive() ? "it runs" : "it ended")
          + "; its last lines: "
          + lines.subList(Math.max(0, lines.size() - 20), lines.size());
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /** Starts the node again where {@link #kill} left it, at the same address. */
  public void restart() {
    try {
      launch();
    } catch (IOException e) {
      throw new AssertionError("anvil does not start again", e);
    }
  }

  private void end() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    end();
    Programs.forget(onExit, directory);
  }
}
