package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.ManualTime;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an address sent in a block, and its nonce there: what a payment is given up by. */
// the limit is against a hang, not a measure
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SentTransactionsTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ChainAddress NOBODY =
      new ChainAddress("0x00000000000000000000000000000000000000aa");

  private static Anvil anvil;
  private static Signer signer;
  private static SignedTransaction first;
  private static SignedTransaction second;
  private static BlockHeader block;

  private final List<LyingNode> nodes = new ArrayList<>();
  private Endpoints endpoints;

  @BeforeAll
  static void startNode() {
    anvil = Anvil.start();
    signer = anvil.signer(0);
    NodeClient client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    Wei ceiling = Wei.of(1_000_000_000_000L);
    anvil.mine(5);
    first = new Wallet(client, signer, ceiling).transfer(NOBODY, Wei.of(7));
    client.broadcast(first);
    mined(client, first);
    second = new Wallet(client, signer, ceiling).transfer(NOBODY, Wei.of(8));
    client.broadcast(second);
    long number = mined(client, second).block();
    block = client.block(number).orElseThrow();
    anvil.mine(3);
  }

  /** A node makes the block after it has answered. */
  private static TransactionReceipt mined(ChainClient client, SignedTransaction sent) {
    while (true) {
      if (client.receipt(sent.hash()).isPresent()) {
        return client.receipt(sent.hash()).orElseThrow();
      }
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void stopNode() {
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  @BeforeEach
  void start() {
    for (int i = 0; i < 3; i++) {
      nodes.add(new LyingNode(anvil.uri()));
    }
    ManualTime time = new ManualTime();
    endpoints =
        new Endpoints(
            1612,
            nodes.stream()
                .map(
                    n ->
                        new HttpService(
                            new RpcEndpoint("n" + nodes.indexOf(n), n.uri()),
                            RpcLimits.USUAL,
                            THREADS))
                .toList(),
            EndpointSettings.USUAL,
            time,
            time);
  }

  @AfterEach
  void stop() {
    nodes.forEach(LyingNode::close);
  }

  @Test
  void tellsTheSendersTransactionsAlone() {
    assertThat(endpoints.sent(signer.address(), block.hash()).orElseThrow())
        .containsExactly(
            new SentTransaction(
                second.hash(),
                second.open().transaction().nonce(),
                java.util.Optional.of(NOBODY),
                Wei.of(8),
                new byte[0]));
    assertThat(endpoints.sent(NOBODY, block.hash())).contains(List.of());
    assertThat(endpoints.sent(NOBODY, Hash256.sha256("no block"))).isEmpty();
  }

  @Test
  void tellsTheNonceAtABlock() {
    long nonce = second.open().transaction().nonce();
    assertThat(endpoints.nonce(signer.address(), block.number())).isEqualTo(nonce + 1);
    assertThat(endpoints.nonce(signer.address(), block.number() - 1)).isEqualTo(nonce);
  }

  @Test
  void oneThatHasNotTheBlockProvesNothing() {
    nodes.get(0).lies("eth_getBlockByHash", (params, result) -> null);
    assertThat(endpoints.sent(signer.address(), block.hash()).orElseThrow()).hasSize(1);
    nodes.get(1).lies("eth_getBlockByHash", (params, result) -> null);
    assertThat(endpoints.sent(signer.address(), block.hash())).isEmpty();
  }

  @Test
  void oneThatShowsAnotherTransactionMakesItADispute() {
    nodes
        .get(2)
        .lies(
            "eth_getBlockByHash",
            (params, result) -> {
              ((ObjectNode) result.get("transactions").get(0)).put("value", "0x9");
              return result;
            });
    assertThatThrownBy(() -> endpoints.sent(signer.address(), block.hash()))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_DISPUTED));
  }
}
