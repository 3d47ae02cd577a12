package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.ManualTime;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which words nodes refuse bytes: with one endpoint, with two, and with three. */
class HandoverTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ChainAddress NOBODY =
      new ChainAddress("0x00000000000000000000000000000000000000aa");
  private static final String ODD = "the pool is being rebuilt\n for 0123456789abcdef";

  private static Anvil anvil;

  private final ManualTime time = new ManualTime();
  private final List<LyingNode> nodes = new ArrayList<>();
  private LocalSigner signer;
  private int account;

  @BeforeAll
  static void startNode() {
    anvil = Anvil.start();
    anvil.mine(20);
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
    signer = anvil.signer(account++ % 5);
    for (int i = 0; i < 3; i++) {
      nodes.add(new LyingNode(anvil.uri()));
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(LyingNode::close);
  }

  private Endpoints of(int count) {
    List<HttpService> services = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // a provider's key in the path, as a node may repeat it
      URI uri = URI.create(nodes.get(i).uri() + "/v3/0123456789abcdef");
      services.add(new HttpService(new RpcEndpoint("n" + i, uri), RpcLimits.USUAL, THREADS));
    }
    return new Endpoints(1612, services, EndpointSettings.USUAL, time, time);
  }

  private SignedTransaction transfer() {
    return new Wallet(of(1), signer, Wei.of(1_000_000_000_000L)).transfer(NOBODY, Wei.of(1));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void errorThatIsNotUnderstoodIsToldInTheNodesWords(int count) {
    SignedTransaction transaction = transfer();
    nodes.forEach(node -> node.fails("eth_sendRawTransaction", -32000, ODD));
    Handover handover = of(count).handOver(transaction);
    assertThat(handover.outcome()).isEqualTo(Broadcast.UNKNOWN);
    String words = handover.words().orElseThrow();
    for (int i = 0; i < count; i++) {
      assertThat(words).contains("endpoint n" + i + ": ");
    }
    assertThat(words)
        .contains("the pool is being rebuilt")
        .doesNotContain("0123456789abcdef", "127.0.0.1", "\n");
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void oneThatRefusesHoldsUpNobodyWhomAnotherTook(int count) {
    SignedTransaction transaction = transfer();
    nodes.get(0).fails("eth_sendRawTransaction", -32000, ODD);
    Endpoints endpoints = of(count);
    assertThat(endpoints.handOver(transaction).outcome()).isEqualTo(Broadcast.ACCEPTED);
    assertThat(endpoints.handOver(transaction).outcome())
        .as("again, which is harmless")
        .isIn(Broadcast.ACCEPTED, Broadcast.NONCE_USED);
  }

  /** What tells more counts, and the words are of those who said that. */
  @Test
  void wordsAreThoseOfTheOutcome() {
    SignedTransaction transaction = transfer();
    nodes.get(0).fails("eth_sendRawTransaction", -32000, ODD);
    nodes.get(1).fails("eth_sendRawTransaction", -32000, "insufficient funds for gas");
    Handover handover = of(2).handOver(transaction);
    assertThat(handover.outcome()).isEqualTo(Broadcast.FUNDS);
    assertThat(handover.words().orElseThrow())
        .contains("n1")
        .contains("insufficient funds")
        .doesNotContain("n0");
  }

  @Test
  void oneEndpointThatDiesInTheMiddleLeavesItOpen() {
    SignedTransaction transaction = transfer();
    nodes.get(0).answers("eth_sendRawTransaction", (exchange, request) -> {});
    Handover handover = of(1).handOver(transaction);
    assertThat(handover.outcome()).isEqualTo(Broadcast.UNKNOWN);
    assertThat(handover.words().orElseThrow()).contains("endpoint n0: not reachable");
  }

  @Test
  void nodeOfOnesOwnTellsTheSame() {
    SignedTransaction transaction = transfer();
    NodeClient client =
        new NodeClient(
            new HttpService(new RpcEndpoint("own", nodes.get(0).uri()), RpcLimits.USUAL, THREADS));
    nodes.get(0).fails("eth_sendRawTransaction", -32000, ODD);
    Handover handover = client.handOver(transaction);
    assertThat(handover.outcome()).isEqualTo(Broadcast.UNKNOWN);
    assertThat(handover.words().orElseThrow()).contains("endpoint own: ").contains("rebuilt");
    nodes.get(0).honest();
    assertThat(client.handOver(transaction))
        .isEqualTo(new Handover(Broadcast.ACCEPTED, Optional.empty()));
  }

  @Test
  void wordsAreShortened() {
    Handover handover = new Handover(Broadcast.UNKNOWN, Optional.of("x".repeat(5000)));
    assertThat(handover.words().orElseThrow()).hasSize(Handover.LONGEST).endsWith("…");
  }
}
