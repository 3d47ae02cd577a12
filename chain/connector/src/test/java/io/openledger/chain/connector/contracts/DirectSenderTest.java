package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.DirectSender.Memory;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.Wallet;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One transfer, which must never become two. */
class DirectSenderTest {

  private static final ChainAddress TO =
      new ChainAddress("0x00000000000000000000000000000000000000bb");
  private static final SendLimits QUICK =
      new SendLimits(Wei.of(1_000_000_000_000L), Duration.ofMillis(5), Duration.ofSeconds(5));

  /** Code that reverts whoever calls. */
  private static final byte[] REVERTS = {0x5f, 0x5f, (byte) 0xfd};

  @Test
  void sendsOnceAndSaysSoWhereItsNonceWasUsedFromOutside() {
    try (Anvil anvil = Anvil.start();
        Signer signer = anvil.signer(0)) {
      ChainClient client = DeploymentTest.client(anvil);
      new DirectSender(client, signer, QUICK).send("a transfer", TO, Wei.of(5), new byte[0], 0);
      assertThat(client.balance(TO)).isEqualTo(Wei.of(5));
      Wallet outside = new Wallet(client, signer, QUICK.feeCeiling());
      ChainClient disturbed =
          InterruptedClient.around(
              client,
              "broadcast",
              n ->
                  assertThat(client.broadcast(outside.transfer(signer.address(), Wei.of(1))))
                      .isEqualTo(Broadcast.ACCEPTED),
              n -> {});
      assertThatThrownBy(
              () ->
                  new DirectSender(disturbed, signer, QUICK)
                      .send("a transfer", TO, Wei.of(5), new byte[0], 0))
          .hasMessageContaining("was used, and no node has a receipt");
      assertThat(client.balance(TO)).isEqualTo(Wei.of(5));
    }
  }

  @Test
  void signsNothingAnewAfterARevertThatIsNotFinal() {
    try (Anvil anvil = Anvil.start();
        Signer signer = anvil.signer(0)) {
      ChainClient client = DeploymentTest.client(anvil);
      ChainClient disturbed =
          InterruptedClient.around(client, "broadcast", n -> anvil.setCode(TO, REVERTS), n -> {});
      Memory memory = Memory.none();
      assertThatThrownBy(() -> once(disturbed, signer, memory))
          .hasMessageContaining("was reverted in block 1 (0x")
          .hasMessageContaining("which is not final yet");
      Sent kept = memory.recall().orElseThrow();
      assertThatThrownBy(() -> once(client, signer, memory)).hasMessageContaining("not final yet");

      // the reason has gone, and so has the block: what was signed is in another one
      anvil.autoMine(false);
      anvil.reorg(1);
      anvil.setCode(TO, new byte[0]);
      anvil.autoMine(true);
      assertThat(once(client, signer, memory).transaction()).isEqualTo(kept.last().hash());
      assertThat(client.balance(TO)).isEqualTo(Wei.of(5));
    }
  }

  @Test
  void signsAnewAfterARevertThatIsFinal() {
    try (Anvil anvil = Anvil.start();
        Signer signer = anvil.signer(0)) {
      ChainClient client = DeploymentTest.client(anvil);
      ChainClient disturbed =
          InterruptedClient.around(client, "broadcast", n -> anvil.setCode(TO, REVERTS), n -> {});
      Memory memory = Memory.none();
      assertThatThrownBy(() -> once(disturbed, signer, memory)).hasMessageContaining("reverted");
      Sent kept = memory.recall().orElseThrow();
      anvil.mine(12);
      anvil.setCode(TO, new byte[0]);
      assertThat(once(client, signer, memory).transaction()).isNotEqualTo(kept.last().hash());
      assertThat(memory.recall().orElseThrow().nonce()).isEqualTo(kept.nonce() + 1);
      assertThat(client.balance(TO)).isEqualTo(Wei.of(5));
    }
  }

  private static TransactionReceipt once(ChainClient client, Signer signer, Memory memory) {
    return new DirectSender(client, signer, QUICK)
        .send("a transfer", TO, Wei.of(5), new byte[0], 50_000, memory);
  }
}
