package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * What {@link CumulativeSettlement} proves and what the compiled {@code RewardDistributor} pays are
 * the same: proofs of random trees of both forms, and the same with one change.
 */
class ProofsOnChainTest {

  private static final long SEED = 20261126;
  private static final int UPDATER = 0;

  private final Random random = new Random(SEED);
  private final Settlement settlement = new CumulativeSettlement();

  private Total fresh() {
    byte[] address = new byte[20];
    random.nextBytes(address);
    // all together fit into the contract's 128 bits
    BigInteger amount = new BigInteger(1 + random.nextInt(100), random).max(BigInteger.ONE);
    return new Total(new ChainAddress("0x" + HexFormat.of().formatHex(address)), new Wei(amount));
  }

  /** An epoch that changes some of the accounts and brings others. */
  private List<Total> next(List<Total> all) {
    List<Total> changed = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (random.nextInt(3) == 0) {
        Total was = all.get(i);
        Total now = new Total(was.address(), was.cumulative().plus(Wei.of(1 + random.nextInt(99))));
        all.set(i, now);
        changed.add(now);
      }
    }
    for (int i = random.nextInt(30); i >= 0; i--) {
      Total fresh = fresh();
      all.add(fresh);
      changed.add(fresh);
    }
    return changed;
  }

  @Test
  void contractPaysWhatIsProvenAndNothingElse() {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Anvil anvil = Anvil.start()) {
      ChainClient client =
          new NodeClient(
              new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
      Contract distributor =
          Deployment.deploy(
                  client,
                  anvil.signer(UPDATER),
                  DeploymentParameters.ready("development")
                      .with("parameters.policy-hash", "0x" + Hash256.sha256("policy").hex())
                      .with("rewards.updater", anvil.signer(UPDATER).address().value())
                      .with("rewards.guardian", anvil.signer(1).address().value()))
              .contract(ContractName.REWARD_DISTRIBUTOR);
      DirectSender sender =
          new DirectSender(
              client,
              anvil.signer(UPDATER),
              new SendLimits(
                  SendLimits.USUAL.feeCeiling(),
                  Duration.ofMillis(20),
                  SendLimits.USUAL.patience()));
      BigInteger most = BigInteger.ONE.shiftLeft(120);
      anvil.setBalance(anvil.signer(UPDATER).address(), new Wei(most.shiftLeft(1)));
      sender.send("coins", distributor.address(), new Wei(most), new byte[0], 0);

      Settlement.Accounts accounts = settlement.accounts(0, new TreeMap<>(), Runnable::run);
      List<Total> all = new ArrayList<>();
      int paid = 0;
      int refused = 0;
      for (long epoch = 1; epoch <= 12; epoch++) {
        accounts.update(epoch, next(all));
        // every third tree is one of the form before
        Settlement.Tree tree = epoch % 3 == 0 ? settlement.close(epoch, all, List.of()) : accounts;
        sender.send(
            "root",
            distributor.address(),
            Wei.ZERO,
            distributor.encode(
                "postRoot",
                BigInteger.valueOf(epoch),
                tree.root().toBytes(),
                BigInteger.valueOf(epoch),
                new byte[32]),
            0);
        anvil.advance(Duration.ofMinutes(61));
        for (Total total : all) {
          EpochProof right = tree.proof(total.address()).orElseThrow();
          assertThat(pays(client, distributor, right)).as("seed %d: %s", SEED, right).isTrue();
          paid++;
          EpochProof wrong = mutate(right);
          assertThat(pays(client, distributor, wrong))
              .as("seed %d: %s, made of %s", SEED, wrong, right)
              .isEqualTo(settlement.verify(wrong))
              .isFalse();
          refused++;
        }
      }
      assertThat(paid).isGreaterThan(500);
      assertThat(refused).isEqualTo(paid);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks the contract, which changes nothing. */
  private static boolean pays(ChainClient client, Contract distributor, EpochProof proof) {
    byte[] data =
        distributor.encode(
            "claimFor",
            proof.address(),
            proof.cumulative().value(),
            proof.siblings().stream().map(Hash256::toBytes).toList());
    try {
      client.call(
          new Call(Optional.empty(), Optional.of(distributor.address()), Wei.ZERO, data),
          Finality.UNSAFE);
      return true;
    } catch (OpenLedgerException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED);
      return false;
    }
  }

  private EpochProof mutate(EpochProof p) {
    List<Hash256> path = new ArrayList<>(p.siblings());
    switch (random.nextInt(path.isEmpty() ? 2 : 4)) {
      case 0 -> {
        return new EpochProof(
            p.epoch(), p.root(), p.address(), p.cumulative().plus(Wei.of(1)), path);
      }
      case 1 -> path.add(Hash256.sha256("one more"));
      case 2 -> path.remove(random.nextInt(path.size()));
      default -> path.set(random.nextInt(path.size()), Hash256.sha256("another"));
    }
    return new EpochProof(p.epoch(), p.root(), p.address(), p.cumulative(), path);
  }
}
