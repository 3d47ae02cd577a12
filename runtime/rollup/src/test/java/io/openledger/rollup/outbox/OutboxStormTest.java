package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.runtime.support.TestDatabase;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A small storm; {@link OutboxStorm} is the program for a great one. */
class OutboxStormTest {

  @Test
  void paysOnceAndLosesNothing() throws Exception {
    StormPlan plan = new StormPlan(200, 40, 15, 0, 2, 0, 2, false, 60, System.nanoTime());
    System.out.println(plan);
    StormResult result = OutboxStorm.run(plan);
    System.out.println(result);
    assertThat(result.duplicates()).as("duplicates of %s", plan).isZero();
    assertThat(result.losses()).as("losses of %s", plan).isZero();
    assertThat(result.ghosts()).as("rolled back and sent, of %s", plan).isZero();
    assertThat(result.messages()).isGreaterThan(0);
    assertThat(result.kills()).isGreaterThan(0);
    assertThat(result.reorgs()).isGreaterThan(0);
  }

  @Test
  void sameCountingFindsTheDuplicatesOfASenderWithoutAnOutbox() throws Exception {
    ExecutorService callbacks = Executors.newCachedThreadPool();
    try (Anvil anvil = Anvil.start(AnvilOptions.USUAL.withoutMining());
        TestDatabase database = TestDatabase.h2();
        LocalSigner signer = anvil.signer(0)) {
      Counting.put(anvil);
      ChainClient chain = OutboxStorm.client(anvil.uri(), callbacks);
      int kills = NaiveSender.send(anvil, chain, signer, database, 60, 7);
      List<Long> arrived = Counting.arrived(chain, anvil.height());
      int duplicates = arrived.size() - new HashSet<>(arrived).size();
      System.out.printf("without an outbox: %d kills, %d duplicates%n", kills, duplicates);
      assertThat(duplicates).isGreaterThan(0);
    } finally {
      callbacks.shutdownNow();
    }
  }
}
