package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.Fees;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CostPreviewTest {

  private static final Wei CEILING = Wei.of(1_000_000_000_000L);
  private static final ChainAddress ORACLE =
      new ChainAddress("0x420000000000000000000000000000000000000f");

  @Test
  void foretellsWhatATransferThenCosts() {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Anvil anvil = Anvil.start()) {
      ChainClient client =
          new NodeClient(
              new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
      ChainAddress from = anvil.signer(0).address();
      ChainAddress to = new ChainAddress("0x00000000000000000000000000000000000000ab");
      anvil.mine(40); // the base fee has settled
      CostPreview preview =
          CostPreview.of(
              client,
              new Call(Optional.of(from), Optional.of(to), Wei.of(7), new byte[0]),
              CEILING,
              CostPreview.MARGIN);
      assertThat(preview.gas()).isEqualTo(21_000);
      assertThat(preview.gasLimit()).isEqualTo(25_200);
      assertThat(preview.operatorFee()).isEqualTo(Wei.ZERO);
      Wei before = client.balance(from);
      Wallet wallet = new Wallet(client, anvil.signer(0), CEILING);
      TransactionReceipt receipt = send(client, wallet.transfer(to, Wei.of(7)));
      Wei paid = before.minus(client.balance(from)).minus(Wei.of(7));
      assertThat(paid)
          .isEqualTo(
              new Wei(receipt.gasPrice().value().multiply(BigInteger.valueOf(receipt.gasUsed()))));
      // the base fee may fall by an eighth in the block in between, and never rises without use
      assertThat(paid).isLessThanOrEqualTo(preview.expected().minus(preview.l1Fee()));
      assertThat(paid.value().multiply(BigInteger.TWO)).isGreaterThan(preview.expected().value());
      assertThat(preview.reserve()).isGreaterThan(preview.expected().plus(Wei.of(7)));
      assertThat(preview.missing(client.balance(from))).isEmpty();
      assertThat(preview.missing(Wei.of(7))).contains(preview.reserve().minus(Wei.of(7)));
      // an oracle that charges 1000 wei whatever the gas: PUSH2 1000, PUSH0, MSTORE, 32, 0, RETURN
      anvil.setCode(ORACLE, java.util.HexFormat.of().parseHex("6103e85f5260205ff3"));
      CostPreview more =
          CostPreview.of(
              client,
              new Call(Optional.of(from), Optional.of(to), Wei.of(7), new byte[0]),
              CEILING,
              CostPreview.MARGIN);
      assertThat(more.operatorFee()).isEqualTo(Wei.of(1000));
    } finally {
      threads.shutdownNow();
    }
  }

  private static TransactionReceipt send(
      ChainClient client, io.openledger.chain.connector.tx.SignedTransaction transaction) {
    client.broadcast(transaction);
    Optional<TransactionReceipt> receipt = client.receipt(transaction.hash());
    for (int i = 0; i < 1000 && receipt.isEmpty(); i++) { // a node under load is not at once there
      LockSupport.parkNanos(10_000_000);
      receipt = client.receipt(transaction.hash());
    }
    return receipt.orElseThrow();
  }

  @Test
  void countsTheMarginWhereNoLimitBoundsTheFee() {
    CostPreview preview =
        new CostPreview(
            100,
            120,
            Wei.of(3),
            new Fees(Wei.of(1), Wei.of(5)),
            Wei.of(101),
            Wei.of(7),
            Wei.of(1000),
            20);
    assertThat(preview.expected()).isEqualTo(Wei.of(100 * 3 + 101 + 7));
    // 101 and 7 raised by a fifth, each rounded up
    assertThat(preview.reserve()).isEqualTo(Wei.of(1000 + 120 * 5 + 122 + 9));
    assertThat(preview.missing(preview.reserve())).isEmpty();
    assertThat(preview.missing(preview.reserve().minus(Wei.of(1)))).contains(Wei.of(1));
  }
}
