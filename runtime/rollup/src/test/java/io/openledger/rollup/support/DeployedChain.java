package io.openledger.rollup.support;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.contracts.SendLimits;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A real node with all contracts on it, too deep to be reorganised away.
 *
 * @param anvil the node
 * @param client that asks it alone
 * @param book where the contracts are
 */
public record DeployedChain(Anvil anvil, ChainClient client, AddressBook book)
    implements AutoCloseable {

  /** The attribution policy that the contracts begin with. */
  public static final Hash256 POLICY = Hash256.sha256("a policy");

  private static final SendLimits QUICK =
      new SendLimits(Wei.of(1_000_000_000_000L), Duration.ofMillis(5), Duration.ofSeconds(20));

  /** Account 0 deploys; 1 is the updater, 2 the guardian. */
  public static DeployedChain start(Path folder, Executor threads) {
    Anvil anvil = Anvil.start();
    try {
      ChainClient client = client(anvil, threads);
      // anvil may make another block 0 when it is started again: reading begins after it
      anvil.mine(2);
      DeploymentParameters parameters =
          DeploymentParameters.ready("development")
              .with("parameters.policy-hash", POLICY.hex())
              .with("rewards.updater", anvil.signer(1).address().value())
              .with("rewards.guardian", anvil.signer(2).address().value());
      AddressBook book =
          new Deployment(client, anvil.signer(0), Deployment.Contracts.ROLLUP, parameters, QUICK)
              .run(folder.resolve("book.json"), Deployment.Listener.silent());
      anvil.mine(12);
      return new DeployedChain(anvil, client, book);
    } catch (RuntimeException | Error e) {
      anvil.close();
      throw e;
    }
  }

  /** A client of one node. */
  public static ChainClient client(Anvil anvil, Executor threads) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
  }

  @Override
  public void close() {
    anvil.close();
  }
}
