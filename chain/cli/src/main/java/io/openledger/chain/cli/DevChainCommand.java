package io.openledger.chain.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.NewKeystore;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dev-chain}: a chain to develop against, for as long as this program runs. */
@Command(
    name = "dev-chain",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a development node on this machine's loopback address, deploys the contracts, puts"
          + " coins in, and writes what a server needs into FOLDER: address-book.json, a key and its"
          + " password, and chain.properties with the server's settings.",
      "Everything is gone when it ends: with its standard input, or Ctrl+C. Its coins are worth"
          + " nothing, and its clock jumps ahead where the contracts ask for an hour's patience."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class DevChainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "Where its files are written.")
  private Path folder;

  @Option(
      names = "--anvil",
      paramLabel = "FILE",
      description =
          "The node's binary; default that of chain/contracts/node_modules, from the working"
              + " directory upwards.")
  private @Nullable Path anvil;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8545",
      description = "0 for any that is free; default ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      defaultValue = "31337",
      description = "Default ${DEFAULT-VALUE}, which wallets know as a local chain.")
  private long chainId;

  @Option(
      names = "--rewards",
      paramLabel = "OPEN",
      defaultValue = "1000",
      description = "What can be paid out in all; default ${DEFAULT-VALUE}.")
  private BigDecimal rewards;

  @Option(
      names = "--soon",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "After how long a posted root becomes active; default ${DEFAULT-VALUE}.")
  private int soon;

  @Override
  public Integer call() throws Exception {
    Path binary =
        anvil != null
            ? anvil
            : DevNode.binary(Path.of(""))
                .orElseThrow(
                    () ->
                        new OpenLedgerException(
                            ErrorCode.CHAIN_UNAVAILABLE,
                            "no anvil below chain/contracts/node_modules",
                            "a development node",
                            "run npm ci in chain/contracts, or say --anvil"));
    PrintWriter out = spec.commandLine().getOut();
    Files.createDirectories(folder);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (DevNode node = DevNode.start(binary, port, chainId, folder.resolve("anvil.log"))) {
      ChainAddress server = key();
      NodeClient client =
          new NodeClient(
              new HttpService(
                  new RpcEndpoint("development", node.uri()), RpcLimits.USUAL, threads));
      Wei all = new Wei(rewards.movePointRight(18).toBigIntegerExact());
      DevChain chain = DevChain.make(node, client, server, all);
      chain.book().write(folder.resolve("address-book.json"));
      settings(node);
      out.printf(
          "The development chain %d answers at %s; %s OPEN for rewards.%n",
          chainId, node.uri(), rewards.toPlainString());
      out.flush();
      follow(chain, threads);
      return chain.isAlive() ? 0 : Main.FAILED;
    } finally {
      threads.shutdownNow();
    }
  }

  /** A key of its own for each run, as a server has one. */
  private ChainAddress key() throws IOException {
    SecureRandom random = new SecureRandom();
    byte[] word = new byte[24];
    random.nextBytes(word);
    String password = HexFormat.of().formatHex(word);
    Path secret = folder.resolve("password");
    Files.deleteIfExists(secret);
    Files.deleteIfExists(folder.resolve("key.json"));
    Files.createFile(secret);
    if (Files.getFileStore(secret).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }
    Files.writeString(secret, password + "\n");
    return NewKeystore.create(folder.resolve("key.json"), password.toCharArray(), random);
  }

  /** The last thing that is written: who waits for it finds everything else. */
  private void settings(DevNode node) throws IOException {
    Path whole = folder.toAbsolutePath().normalize();
    List<String> lines =
        List.of(
            "openledger.chain.endpoints=development",
            "openledger.chain.endpoints.development.url=" + node.uri(),
            "openledger.chain.address-book=" + whole.resolve("address-book.json"),
            "openledger.chain.key=keystore_file",
            "openledger.chain.key.file=" + whole.resolve("key.json"),
            "openledger.chain.key.password-file=" + whole.resolve("password"),
            "openledger.chain.wallet-url=" + node.uri(),
            "openledger.chain.least-claim-wei=1");
    Path begun = folder.resolve("chain.properties.new");
    Files.write(begun, lines, StandardCharsets.UTF_8);
    Files.move(begun, folder.resolve("chain.properties"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Until standard input ends: whoever started this has gone then. */
  private void follow(DevChain chain, ExecutorService threads)
      throws IOException, InterruptedException {
    Future<Long> ended =
        threads.submit(() -> System.in.transferTo(OutputStream.nullOutputStream()));
    while (chain.isAlive() && !ended.isDone()) {
      try {
        chain.hurry(Duration.ofSeconds(soon));
      } catch (OpenLedgerException e) {
        spec.commandLine().getErr().println(e.getMessage());
      }
      Thread.sleep(500);
    }
  }
}
