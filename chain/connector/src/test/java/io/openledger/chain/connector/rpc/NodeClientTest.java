package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a real node. */
class NodeClientTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ChainAddress NOBODY =
      new ChainAddress("0x00000000000000000000000000000000000000aa");
  private static final Wei CEILING = Wei.of(1_000_000_000_000L);

  private static Anvil anvil;
  private static ChainClient client;
  private static Signer signer;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    signer = anvil.signer(0);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  private static Wallet wallet() {
    return new Wallet(client, signer, CEILING);
  }

  @Test
  void readsChainIdBlocksAndTheirFinality() {
    assertThat(client.chainId()).isEqualTo(1612);
    anvil.mine(12);
    BlockHeader head = client.head(Finality.UNSAFE);
    assertThat(client.head(Finality.SAFE).number()).isEqualTo(head.number() - 5);
    assertThat(client.head(Finality.FINALIZED).number()).isEqualTo(head.number() - 10);
    assertThat(client.block(head.number())).contains(head);
    assertThat(client.block(head.number() - 1).orElseThrow().hash()).isEqualTo(head.parent());
    assertThat(client.block(head.number() + 1)).isEmpty();
    assertThat(head.time()).isEqualTo(anvil.now());
  }

  @Test
  void sendsATransactionAndFindsItsReceipt() {
    Wei before = client.balance(NOBODY);
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    SignedTransaction transaction = wallet().transfer(NOBODY, Wei.of(7));
    assertThat(client.receipt(transaction.hash())).isEmpty();
    assertThat(client.broadcast(transaction)).isEqualTo(Broadcast.ACCEPTED);
    anvil.awaitMined(transaction.hash());
    TransactionReceipt receipt = client.receipt(transaction.hash()).orElseThrow();
    assertThat(receipt.succeeded()).isTrue();
    assertThat(receipt.gasUsed()).isEqualTo(21_000);
    assertThat(receipt.blockHash()).isEqualTo(client.block(receipt.block()).orElseThrow().hash());
    assertThat(client.balance(NOBODY)).isEqualTo(before.plus(Wei.of(7)));
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 1);
    assertThat(client.broadcast(transaction)).as("again").isEqualTo(Broadcast.NONCE_USED);
  }

  @Test
  void tellsWhyATransactionIsNotTaken() {
    anvil.autoMine(false);
    try {
      Wallet wallet = wallet();
      SignedTransaction first = wallet.transfer(NOBODY, Wei.of(1));
      SignedTransaction second = wallet.transfer(NOBODY, Wei.of(2));
      assertThat(client.broadcast(first)).isEqualTo(Broadcast.ACCEPTED);
      assertThat(client.broadcast(first)).as("known").isEqualTo(Broadcast.ACCEPTED);
      assertThat(client.broadcast(second)).isEqualTo(Broadcast.UNDERPRICED);
      try (Signer poor = anvil.signer(9)) {
        anvil.setBalance(poor.address(), Wei.ZERO);
        assertThat(client.broadcast(new Wallet(client, poor, CEILING).transfer(NOBODY, Wei.of(1))))
            .isEqualTo(Broadcast.FUNDS);
      }
    } finally {
      anvil.mine(1);
      anvil.autoMine(true);
    }
  }

  /** Emits a log with topic 0xbeef and the calldata's first word, then returns that word. */
  private static final byte[] ECHO =
      HexFormat.of().parseHex("60003560005261beef60206000a160206000f3");

  @Test
  void callsContractsAndReadsTheirLogs() {
    ChainAddress contract = new ChainAddress("0x00000000000000000000000000000000000000e0");
    anvil.setCode(contract, ECHO);
    assertThat(client.code(contract)).isEqualTo(ECHO);
    assertThat(client.code(NOBODY)).isEmpty();
    byte[] word = new byte[32];
    word[31] = 42;
    assertThat(client.call(Call.to(contract, word), Finality.UNSAFE)).isEqualTo(word);
    assertThat(client.storage(contract, BigInteger.ONE)).isZero();
    SignedTransaction transaction = wallet().call(contract, word);
    client.broadcast(transaction);
    anvil.awaitMined(transaction.hash());
    TransactionReceipt receipt = client.receipt(transaction.hash()).orElseThrow();
    assertThat(client.estimateGas(Call.to(contract, word))).isGreaterThan(21_000);
    byte[] topic = new byte[32];
    topic[30] = (byte) 0xbe;
    topic[31] = (byte) 0xef;
    EventFilter wanted = new EventFilter(Set.of(contract), Set.of(Hash256.of(topic)));
    List<EventLog> logs = client.logs(wanted, 0, receipt.block());
    assertThat(logs).isEqualTo(receipt.logs()).hasSize(1);
    assertThat(logs.get(0).data()).isEqualTo(word);
    assertThat(
            client.logs(
                new EventFilter(Set.of(contract), Set.of(Hash256.ZERO)), 0, receipt.block()))
        .isEmpty();
    assertThatThrownBy(() -> client.logs(wanted, 0, 10_000))
        .isInstanceOf(OpenLedgerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    // revert("no"), as solc encodes it, and a revert without data
    "7f08c379a000000000000000000000000000000000000000000000000000000000600052602060045260026024"
        + "52616e6f60f01b60445260646000fd,no",
    "60006000fd,execution reverted"
  })
  void tellsWhyACallIsReverted(String code, String reason) {
    ChainAddress contract = new ChainAddress("0x00000000000000000000000000000000000000e1");
    anvil.setCode(contract, HexFormat.of().parseHex(code));
    for (Runnable asked :
        List.<Runnable>of(
            () -> client.call(Call.to(contract, new byte[0]), Finality.UNSAFE),
            () -> client.estimateGas(Call.to(contract, new byte[0])))) {
      assertThatThrownBy(asked::run)
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
          .hasMessageContaining("the chain refuses")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void aReorganisationTakesTheReceiptAwayAndAKilledNodeKeepsItsBlocks() {
    try (Anvil own = Anvil.start()) {
      ChainClient there =
          new NodeClient(
              new HttpService(new RpcEndpoint("own", own.uri()), RpcLimits.USUAL, THREADS));
      SignedTransaction transaction =
          new Wallet(there, signer, CEILING).transfer(NOBODY, Wei.of(3));
      there.broadcast(transaction);
      own.awaitMined(transaction.hash());
      assertThat(there.receipt(transaction.hash())).isPresent();
      BlockHeader before = there.head(Finality.UNSAFE);
      own.reorg(1);
      own.dropAll();
      assertThat(there.receipt(transaction.hash())).isEmpty();
      assertThat(there.block(before.number()).orElseThrow().hash()).isNotEqualTo(before.hash());
      there.broadcast(transaction);
      own.mine(3);
      Optional<TransactionReceipt> receipt = there.receipt(transaction.hash());
      assertThat(receipt).isPresent();
      BlockHeader head = there.head(Finality.UNSAFE);
      own.kill();
      assertThatThrownBy(() -> there.head(Finality.UNSAFE))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
      own.restart();
      assertThat(there.head(Finality.UNSAFE)).isEqualTo(head);
      assertThat(there.receipt(transaction.hash())).isEqualTo(receipt);
    }
  }
}
