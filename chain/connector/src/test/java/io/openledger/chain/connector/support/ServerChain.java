package io.openledger.chain.connector.support;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A node with all contracts on it, and what a server in another process needs to be attached to it:
 * an address book in a file, settings, and a key with coins that may post roots. Takes some
 * seconds; skipped or failed without a node as {@link Anvil} says.
 *
 * @param anvil the node; account 0 deployed, 1 is the server's if no other is, 2 the guardian
 * @param client that asks it alone
 * @param book where the contracts are
 * @param file the book on disk
 * @param threads of the client
 */
public record ServerChain(
    Anvil anvil, ChainClient client, AddressBook book, Path file, ExecutorService threads)
    implements AutoCloseable {

  private static final int SERVER = 1;

  /** Longer than a root waits until claims are proven against it. */
  private static final Duration ACTIVATION = Duration.ofSeconds(3601);

  /**
   * Starts and deploys.
   *
   * @param folder of the address book; made if it is missing
   */
  public static ServerChain start(Path folder) {
    return start(folder, Optional.empty());
  }

  /**
   * The same for a server that has another key.
   *
   * @param server the address of the key that may post roots; it owns nothing
   */
  public static ServerChain start(Path folder, ChainAddress server) {
    return start(folder, Optional.of(server));
  }

  private static ServerChain start(Path folder, Optional<ChainAddress> server) {
    Anvil anvil = Anvil.start();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      ChainClient client =
          new NodeClient(
              new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
      AddressBook book =
          Deployment.deploy(
              client,
              anvil.signer(0),
              DeploymentParameters.ready("development")
                  .with("parameters.policy-hash", Hash256.sha256("a policy").hex())
                  .with(
                      "rewards.updater",
                      server.orElseGet(() -> anvil.signer(SERVER).address()).value())
                  .with("rewards.guardian", anvil.signer(2).address().value()));
      // deeper than what anvil takes back: the server reads blocks that stay
      anvil.mine(12);
      Path file = Files.createDirectories(folder).resolve("address-book.json");
      book.write(file);
      return new ServerChain(anvil, client, book, file, threads);
    } catch (IOException e) {
      threads.shutdownNow();
      anvil.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      threads.shutdownNow();
      anvil.close();
      throw e;
    }
  }

  /** The private key of account 1, {@code 0x} and 64 digits. */
  public String key() {
    return anvil.key(SERVER);
  }

  /**
   * {@code key=value} of a server's configuration: the node, the book, roots that bring their coins
   * along, and claims of any size. Where the key is, is left to the caller.
   */
  public List<String> settings() {
    return List.of(
        "openledger.chain.endpoints=anvil",
        "openledger.chain.endpoints.anvil.url=" + anvil.uri(),
        "openledger.chain.address-book=" + file,
        "openledger.chain.fund-rewards=true",
        "openledger.chain.least-claim-wei=1");
  }

  /** Lets the roots that wait become active: claims are proven against them then. */
  public void activate() {
    anvil.advance(ACTIVATION);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    anvil.close();
  }
}
