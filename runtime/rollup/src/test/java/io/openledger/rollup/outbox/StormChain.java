package io.openledger.rollup.outbox;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** The chain of the storm: makes blocks, and trouble among them. One thread. */
final class StormChain {

  private final Anvil anvil;
  private final ChainClient chain;
  private final Signer signer;
  private final StormPlan plan;
  private final Random random;
  long reorgs;
  long restarts;
  long foreign;
  long lostCode;

  StormChain(Anvil anvil, ChainClient chain, Signer signer, StormPlan plan, Random random) {
    this.anvil = anvil;
    this.chain = chain;
    this.signer = signer;
    this.plan = plan;
    this.random = random;
  }

  /**
   * A block, and perhaps something else.
   *
   * @param done how much of the plan's messages is done, 0 to 1: trouble is spread over them
   */
  void stir(double done) {
    if (random.nextInt(40) == 0) {
      // nothing that waits pays for this block
      anvil.setNextBaseFee(Wei.of(1_000_000_000L * (1 + random.nextInt(40))));
    }
    anvil.mine(1);
    if (reorgs < plan.reorgs() * done) {
      anvil.reorg(1 + random.nextInt(8));
      reorgs++;
      if (chain.code(Counting.AT).length == 0) {
        // this node may lose what was put by hand: calls would succeed and count nothing
        lostCode++;
        Counting.put(anvil);
      }
      if (random.nextBoolean()) {
        anvil.dropAll();
      }
    }
    if (foreign < plan.foreign() * done && random.nextInt(10) == 0) {
      steal();
    }
    // later its state is more than one answer holds
    if (restarts < plan.restarts()
        && anvil.height() < 900
        && anvil.height() > 100 * (restarts + 1)) {
      anvil.kill();
      pause(200);
      anvil.restart();
      Counting.put(anvil);
      restarts++;
    }
    if (random.nextInt(500) == 0) {
      anvil.hang(Duration.ofMillis(300));
    }
  }

  /** Uses the key's next nonce from outside, for more than ours would pay. */
  private void steal() {
    long nonce = chain.nonce(signer.address(), Finality.UNSAFE);
    chain.broadcast(
        signer.signTransaction(
            new Eip1559Transaction(
                chain.chainId(),
                nonce,
                new Fees(Wei.of(400_000_000_000L), Wei.of(2_000_000_000_000L)),
                30_000,
                Optional.of(signer.address()),
                Wei.ZERO,
                new byte[0])));
    foreign++;
    anvil.mine(1);
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
