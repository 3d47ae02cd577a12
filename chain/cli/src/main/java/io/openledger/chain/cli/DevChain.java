package io.openledger.chain.cli;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.contracts.DirectSender;
import io.openledger.chain.connector.contracts.SendLimits;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;

/**
 * What makes a node a chain to develop against: the contracts, coins for the server and for the
 * rewards, and time that passes faster where somebody would have to wait for an hour.
 */
final class DevChain {

  /** Of the mnemonic that development nodes share; its accounts have coins of no worth. */
  private static final String DEPLOYER =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  /** The tenth account of the same mnemonic. */
  private static final ChainAddress GUARDIAN =
      new ChainAddress("0xa0ee7a142d267c1f36714e4a8f75612f20a79720");

  private static final Wei FOR_THE_SERVER = Wei.parse("100000000000000000000");

  private final DevNode node;
  private final ChainClient client;
  private final AddressBook book;
  private BigInteger seen = BigInteger.ZERO;
  private long since;

  private DevChain(DevNode node, ChainClient client, AddressBook book) {
    this.node = node;
    this.client = client;
    this.book = book;
  }

  /**
   * Deploys the contracts and puts coins in.
   *
   * @param server whose roots are believed
   * @param rewards what can be paid out in all
   */
  static DevChain make(DevNode node, ChainClient client, ChainAddress server, Wei rewards)
      throws IOException, InterruptedException {
    node.ask(
        "anvil_setBalance",
        "\"" + server.value() + "\",\"0x" + FOR_THE_SERVER.value().toString(16) + "\"");
    DeploymentParameters parameters =
        DeploymentParameters.ready("development")
            .with(
                Map.of(
                    "parameters.policy-hash",
                    policy().hex(),
                    "rewards.updater",
                    server.value(),
                    "rewards.guardian",
                    GUARDIAN.value()));
    try (LocalSigner deployer = LocalSigner.fromDigits(DEPLOYER.toCharArray())) {
      AddressBook book = Deployment.deploy(client, deployer, parameters);
      Contract distributor = book.contract(ContractName.REWARD_DISTRIBUTOR);
      SendLimits quick =
          new SendLimits(
              SendLimits.USUAL.feeCeiling(), Duration.ofMillis(50), SendLimits.USUAL.patience());
      new DirectSender(client, deployer, quick)
          .send(
              "fund the rewards",
              distributor.address(),
              rewards,
              distributor.encode("fund", rewards.value()));
      return new DevChain(node, client, book);
    }
  }

  /** The hash of the policy that a server has without settings. */
  private static Hash256 policy() {
    return new Policy(
            "default",
            1,
            Wei.parse("1000000000000000"),
            Wei.ZERO,
            FeeSplit.standard(),
            SpanThresholds.standard(),
            6000)
        .hash();
  }

  AddressBook book() {
    return book;
  }

  /**
   * Lets a root that waits become active soon: the contracts let nobody wait for less than an hour.
   *
   * @param soon how long it may wait by the clock of this machine
   */
  void hurry(Duration soon) throws IOException, InterruptedException {
    AbiValues latest =
        book.contract(ContractName.REWARD_DISTRIBUTOR).read(client, Finality.UNSAFE, "latestRoot");
    BigInteger sequence = latest.integer("sequence");
    if (!sequence.equals(seen)) {
      seen = sequence;
      since = System.nanoTime();
    }
    long left =
        latest.structure("posting").number("activeAt")
            - client.head(Finality.UNSAFE).time().getEpochSecond();
    if (left > 0 && System.nanoTime() - since > soon.toNanos()) {
      node.ask("evm_increaseTime", Long.toString(left));
      node.ask("evm_mine", "");
    }
  }

  /** Whether the node still runs. */
  boolean isAlive() {
    return node.isAlive();
  }
}
