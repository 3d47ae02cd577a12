package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.EndpointState.Status;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.ManualTime;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three endpoints in front of one real node; each test makes some of them lie, fail or dawdle. */
// the limit is against a hang, not a measure
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EndpointsTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RpcLimits LIMITS =
      new RpcLimits(Duration.ofSeconds(2), Duration.ofMillis(1500), 1 << 20, 32);
  private static final Wei CEILING = Wei.of(1_000_000_000_000L);
  private static final ChainAddress NOBODY =
      new ChainAddress("0x00000000000000000000000000000000000000aa");
  private static final ChainAddress ECHO =
      new ChainAddress("0x00000000000000000000000000000000000000e0");

  private static Anvil anvil;
  private static Signer signer;

  private final ManualTime time = new ManualTime();
  private final List<LyingNode> nodes = new ArrayList<>();
  private Endpoints endpoints;
  private String snapshot;

  @BeforeAll
  static void startNode() {
    anvil = Anvil.start();
    signer = anvil.signer(0);
    // emits a log with topic 0xbeef and the calldata's first word, then returns that word
    anvil.setCode(ECHO, HexFormat.of().parseHex("60003560005261beef60206000a160206000f3"));
    anvil.mine(30);
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
    snapshot = anvil.snapshot();
    for (int i = 0; i < 3; i++) {
      nodes.add(new LyingNode(anvil.uri()));
    }
    endpoints = of(EndpointSettings.USUAL, 3);
  }

  @AfterEach
  void stop() {
    nodes.forEach(LyingNode::close);
    anvil.revert(snapshot);
  }

  private Endpoints of(EndpointSettings settings, int count) {
    List<HttpService> services = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      services.add(new HttpService(new RpcEndpoint("n" + i, nodes.get(i).uri()), LIMITS, THREADS));
    }
    return new Endpoints(1612, services, settings, time, time);
  }

  private Status status(int node) {
    return endpoints.states().get(node).status();
  }

  private static void refused(ErrorCode code, ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContainingAll(words);
  }

  private SignedTransaction sent() {
    SignedTransaction transaction = new Wallet(endpoints, signer, CEILING).call(ECHO, word(42));
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.ACCEPTED);
    anvil.awaitMined(transaction.hash());
    return transaction;
  }

  private static byte[] word(int number) {
    byte[] word = new byte[32];
    word[31] = (byte) number;
    return word;
  }

  private static EventFilter echoes() {
    return new EventFilter(Set.of(ECHO), Set.of());
  }

  /** Heads are looked at anew. */
  private void soon() {
    time.pass(Duration.ofSeconds(3));
  }

  @Test
  void saysWhatAllSay() {
    SignedTransaction transaction = sent();
    TransactionReceipt receipt = endpoints.receipt(transaction.hash()).orElseThrow();
    soon();
    assertThat(receipt.succeeded()).isTrue();
    assertThat(endpoints.chainId()).isEqualTo(1612);
    assertThat(endpoints.head(Finality.UNSAFE).number()).isEqualTo(anvil.height());
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(anvil.height() - 10);
    assertThat(endpoints.block(receipt.block()).orElseThrow().hash())
        .isEqualTo(receipt.blockHash());
    assertThat(endpoints.block(anvil.height() + 1)).isEmpty();
    assertThat(endpoints.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(1);
    assertThat(endpoints.nonce(signer.address(), Finality.FINALIZED)).isZero();
    assertThat(endpoints.code(ECHO)).isNotEmpty();
    assertThat(endpoints.call(Call.to(ECHO, word(9)), Finality.FINALIZED)).isEqualTo(word(9));
    assertThat(endpoints.call(Call.to(ECHO, word(9)), Finality.UNSAFE)).isEqualTo(word(9));
    assertThat(endpoints.logs(echoes(), 0, receipt.block())).isEqualTo(receipt.logs()).hasSize(1);
    assertThat(endpoints.receipt(Hash256.ZERO)).isEmpty();
    assertThat(endpoints.states()).extracting(EndpointState::status).containsOnly(Status.UP);
    assertThat(endpoints.states()).allMatch(s -> s.contradictions() == 0 && s.failures() == 0);
  }

  // finality

  @Test
  void oneLiarCanNeitherMakeABlockFinalNorUnfinal() {
    long height = anvil.height();
    nodes.get(0).finalizesTooEarly();
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(height - 10);
    nodes.get(0).honest();
    nodes.get(0).liesAboutBlock("finalized", block -> (ObjectNode) block.put("number", "0x0"));
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(height - 10);
  }

  @Test
  void whoContradictsAFinalBlockIsPutAsideAndTheOthersGoOn() {
    nodes.get(1).liesAboutBlock("finalized", EndpointsTest::otherHash);
    long height = anvil.height();
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(height - 10);
    assertThat(status(1)).isEqualTo(Status.ASIDE);
    assertThat(endpoints.states().get(1).detail().orElseThrow()).contains("block " + (height - 10));
    int asked = nodes.get(1).asked();
    anvil.mine(5);
    soon();
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(height - 5);
    assertThat(nodes.get(1).asked()).as("asked no more").isEqualTo(asked);
    nodes.get(1).honest();
    endpoints.lift("n1");
    endpoints.refresh();
    assertThat(status(1)).isEqualTo(Status.UP);
  }

  private static ObjectNode otherHash(ObjectNode block) {
    return block.put("hash", "0x" + "ab".repeat(32));
  }

  @Test
  void twoThatContradictEachOtherMakeFinalityDisputed() {
    for (int quorum : new int[] {0, 1}) {
      endpoints = of(EndpointSettings.USUAL.withQuorum(quorum), 2);
      nodes.get(1).liesAboutBlock("finalized", EndpointsTest::otherHash);
      refused(
          ErrorCode.CHAIN_DISPUTED,
          () -> endpoints.head(Finality.FINALIZED),
          "contradict",
          "finalized");
      nodes.get(1).honest();
      assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(anvil.height() - 10);
    }
  }

  @Test
  void finalityThatGoesBackIsDisputedUntilItIsAccepted() {
    anvil.mine(20);
    BlockHeader before = endpoints.head(Finality.FINALIZED);
    anvil.reorg(15); // deeper than what is final, as no rollup does
    anvil.mine(3);
    soon();
    refused(
        ErrorCode.CHAIN_DISPUTED,
        () -> endpoints.head(Finality.FINALIZED),
        "went back",
        before.hash().hex());
    refused(ErrorCode.CHAIN_DISPUTED, () -> endpoints.head(Finality.FINALIZED), "went back");
    endpoints.acceptFinality();
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(anvil.height() - 10);
    Endpoints restarted = of(EndpointSettings.USUAL, 3);
    restarted.remember(before);
    refused(ErrorCode.CHAIN_DISPUTED, () -> restarted.head(Finality.FINALIZED), "went back");
  }

  @Test
  void anOlderFinalBlockFromRestartedNodesIsNoStepBack() {
    BlockHeader before = endpoints.head(Finality.FINALIZED);
    nodes.forEach(
        node ->
            node.lies(
                "eth_getBlockByNumber",
                (params, result) ->
                    params.path(0).asText().equals("finalized")
                        ? anvil.rpc("eth_getBlockByNumber", "0x0", false)
                        : result));
    assertThat(endpoints.head(Finality.FINALIZED)).isEqualTo(before);
  }

  @Test
  void whoOnlyHasAnotherBlockAndDoesNotCallItFinalIsNotedAndNotPutAside() {
    long height = anvil.height();
    nodes
        .get(1)
        .lies(
            "eth_getBlockByNumber",
            (params, result) ->
                params.path(0).asText().equals("finalized")
                    ? anvil.rpc("eth_getBlockByNumber", "0x1", false)
                    : otherHash((ObjectNode) result));
    assertThat(endpoints.head(Finality.FINALIZED).number()).isEqualTo(height - 10);
    assertThat(status(1)).isEqualTo(Status.UP);
    assertThat(endpoints.states().get(1).contradictions()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void aReorganisationTakesReceiptsAwayAndNobodyIsPutAside(int depth) {
    BlockHeader settled = endpoints.head(Finality.FINALIZED);
    SignedTransaction transaction = sent();
    anvil.mine(depth);
    soon();
    BlockHeader before =
        endpoints.block(endpoints.receipt(transaction.hash()).orElseThrow().block()).orElseThrow();
    anvil.reorg(depth + 1);
    anvil.dropAll();
    assertThat(endpoints.receipt(transaction.hash())).isEmpty();
    assertThat(endpoints.logs(echoes(), 0, before.number())).isEmpty();
    assertThat(endpoints.block(before.number()).orElseThrow().hash()).isNotEqualTo(before.hash());
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.ACCEPTED);
    anvil.awaitMined(transaction.hash());
    soon();
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
    assertThat(endpoints.block(settled.number())).contains(settled);
    assertThat(endpoints.states())
        .allMatch(s -> s.status() == Status.UP && s.contradictions() == 0);
  }

  // receipts

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void findsAReceiptThatOneHides(int hider) {
    SignedTransaction transaction = sent();
    soon();
    nodes.get(hider).hidesReceipts();
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
  }

  @Test
  void findsAReceiptThatAllButOneHideIfTheyListTheTransaction() {
    SignedTransaction transaction = sent();
    soon();
    nodes.get(0).hidesReceipts();
    nodes.get(2).hidesReceipts();
    endpoints = of(EndpointSettings.USUAL.withQuorum(3), 3);
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
    assertThat(endpoints.states().get(0).contradictions()).isEqualTo(1);
    assertThat(endpoints.states().get(0).lastError().orElseThrow()).contains("hides");
  }

  @Test
  void putsAsideWhoHidesAReceiptInAFinalBlock() {
    SignedTransaction transaction = sent();
    anvil.mine(12);
    soon();
    endpoints.head(Finality.FINALIZED);
    nodes.get(0).hidesReceipts();
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
    assertThat(status(0)).isEqualTo(Status.ASIDE);
  }

  @Test
  void doesNotBelieveAReceiptInABlockThatTheOthersDoNotHave() {
    SignedTransaction transaction = sent();
    String true_ =
        anvil.rpc("eth_getTransactionReceipt", "0x" + transaction.hash().hex()).toString();
    anvil.reorg(1);
    anvil.dropAll();
    anvil.mine(1);
    soon();
    nodes.get(0).lies("eth_getTransactionReceipt", (params, result) -> parsed(true_));
    assertThat(endpoints.receipt(transaction.hash())).isEmpty();
    assertThat(endpoints.states().get(0).contradictions()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void doesNotBelieveAReceiptInABlockThatDoesNotListTheTransaction(int quorum) {
    endpoints = of(EndpointSettings.USUAL.withQuorum(quorum), quorum == 1 ? 2 : 3);
    SignedTransaction transaction = sent();
    anvil.mine(2);
    TransactionReceipt receipt = endpoints.receipt(transaction.hash()).orElseThrow();
    Hash256 invented = Hash256.sha256("never sent");
    nodes
        .get(0)
        .lies(
            "eth_getTransactionReceipt",
            (params, result) -> {
              String text =
                  anvil
                      .rpc("eth_getTransactionReceipt", "0x" + transaction.hash().hex())
                      .toString();
              return parsed(text.replace(transaction.hash().hex(), invented.hex()));
            });
    soon();
    assertThat(endpoints.receipt(invented)).isEmpty();
    assertThat(endpoints.states().get(0).lastError().orElseThrow()).contains("invents");
    assertThat(receipt.succeeded()).isTrue();
  }

  @Test
  void aFailureThatOneCallsASuccessIsAFailure() {
    SignedTransaction transaction = sent();
    soon();
    nodes
        .get(0)
        .lies(
            "eth_getTransactionReceipt",
            (params, result) -> ((ObjectNode) result).put("status", "0x0"));
    assertThat(endpoints.receipt(transaction.hash()).orElseThrow().succeeded()).isTrue();
  }

  @Test
  void ofTwoReceiptsTheProvenOneIsRight() {
    SignedTransaction transaction = sent();
    anvil.mine(1);
    soon();
    nodes
        .get(0)
        .lies(
            "eth_getTransactionReceipt",
            (params, result) -> ((ObjectNode) result).put("status", "0x0"));
    endpoints = of(EndpointSettings.USUAL, 2);
    assertThat(endpoints.receipt(transaction.hash()).orElseThrow().succeeded()).isTrue();
    assertThat(endpoints.states().get(0).contradictions()).isEqualTo(1);
    assertThat(endpoints.states().get(1).contradictions()).isZero();
    nodes.forEach(n -> n.fails("eth_getBlockReceipts", -32601, "no such method"));
    refused(ErrorCode.CHAIN_DISPUTED, () -> endpoints.receipt(transaction.hash()), "receipt");
  }

  @Test
  void ofTwoReceiptsThatOneShowsAndOneHidesTheProvenOneCountsAlone() {
    SignedTransaction transaction = sent();
    anvil.mine(1);
    soon();
    nodes.get(1).hidesReceipts();
    endpoints = of(EndpointSettings.USUAL, 2);
    assertThat(endpoints.receipt(transaction.hash()).orElseThrow().succeeded()).isTrue();
    nodes
        .get(0)
        .lies(
            "eth_getTransactionReceipt",
            (params, result) -> ((ObjectNode) result).put("status", "0x0"));
    refused(ErrorCode.CHAIN_DISPUTED, () -> endpoints.receipt(transaction.hash()), "receipt");
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void believesThatThereIsNoReceiptOnlyIfEnoughSaySo() {
    nodes.get(1).dropsConnections();
    nodes.get(2).dropsConnections();
    refused(
        ErrorCode.CHAIN_UNAVAILABLE,
        () -> endpoints.receipt(Hash256.ZERO),
        "n1",
        "n2",
        "1 of the 2");
    nodes.get(1).honest();
    soon();
    assertThat(endpoints.receipt(Hash256.ZERO)).isEmpty();
  }

  // logs

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void findsLogsThatOneHidesOrChanges(int liar) {
    SignedTransaction transaction = sent();
    soon();
    nodes.get(liar).hidesLogs();
    assertThat(endpoints.logs(echoes(), 0, anvil.height())).hasSize(1);
    nodes.get(liar).honest();
    nodes
        .get(liar)
        .lies(
            "eth_getLogs",
            (params, result) -> {
              ((ObjectNode) result.get(0)).put("data", "0x" + HexFormat.of().formatHex(word(99)));
              return result;
            });
    List<EventLog> logs = endpoints.logs(echoes(), 0, anvil.height());
    assertThat(logs).hasSize(1);
    assertThat(logs.get(0).data()).isEqualTo(word(42));
    assertThat(logs.get(0).transaction()).isEqualTo(transaction.hash());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void ofTwoThatShowOtherLogsTheOneWithTheProofIsRight(int liar) {
    for (int i = 0; i < 3; i++) {
      sent();
      anvil.mine(2);
    }
    soon();
    endpoints = of(EndpointSettings.USUAL, 2);
    nodes.get(liar).hidesLogs();
    assertThat(endpoints.logs(echoes(), 0, anvil.height())).hasSize(3);
    assertThat(endpoints.states().get(liar).contradictions()).isPositive();
    assertThat(endpoints.states().get(1 - liar).contradictions()).isZero();
    endpoints = of(EndpointSettings.USUAL.withQuorum(1), 2);
    assertThat(endpoints.logs(echoes(), 0, anvil.height())).as("quorum of one").hasSize(3);
    nodes
        .get(liar)
        .lies(
            "eth_getLogs",
            (params, result) -> {
              ((ObjectNode) result.get(1)).put("data", "0x" + HexFormat.of().formatHex(word(99)));
              return result;
            });
    assertThat(endpoints.logs(echoes(), 0, anvil.height()))
        .hasSize(3)
        .allMatch(log -> log.data()[31] == 42);
    nodes.forEach(n -> n.fails("eth_getBlockReceipts", -32601, "no such method"));
    refused(
        ErrorCode.CHAIN_DISPUTED, () -> endpoints.logs(echoes(), 0, anvil.height()), "the logs");
  }

  @Test
  void refusesLogsThatWereNotAskedFor() {
    sent();
    soon();
    nodes.forEach(
        node ->
            node.lies(
                "eth_getLogs",
                (params, result) -> {
                  ((ObjectNode) result.get(0)).put("address", NOBODY.value());
                  return result;
                }));
    refused(
        ErrorCode.CHAIN_UNAVAILABLE,
        () -> endpoints.logs(echoes(), 0, anvil.height()),
        "other than eth_getLogs should be");
  }

  @Test
  void asksForLogsInPiecesWhereANodeWantsFewerBlocks() {
    sent();
    soon();
    for (LyingNode node : nodes) {
      node.answers(
          "eth_getLogs",
          (exchange, request) -> {
            JsonNode filter = request.get("params").get(0);
            long blocks =
                Long.decode(filter.get("toBlock").asText())
                    - Long.decode(filter.get("fromBlock").asText());
            JsonNode result =
                blocks >= 5 ? null : anvil.rpc("eth_getLogs", JSON.convertValue(filter, Map.class));
            ObjectNode answer = JSON.createObjectNode().put("id", request.get("id").asLong());
            if (result == null) {
              answer
                  .putObject("error")
                  .put("code", -32005)
                  .put("message", "query exceeds max block range 5");
            } else {
              answer.set("result", result);
            }
            byte[] bytes = JSON.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          });
    }
    assertThat(endpoints.logs(echoes(), 0, anvil.height())).hasSize(1);
    assertThat(endpoints.states()).extracting(EndpointState::status).containsOnly(Status.UP);
  }

  @Test
  void refusesLogsOfBlocksThatTooFewHaveReached() {
    refused(
        ErrorCode.CHAIN_UNAVAILABLE,
        () -> endpoints.logs(echoes(), 0, anvil.height() + 1),
        "0 of the 2");
  }

  // who is asked

  @Test
  void putsAsideAnEndpointOfAnotherChainAndTakesItBackWhenItIsOfThisOne() {
    nodes.get(0).hasChainId(1);
    assertThat(endpoints.head(Finality.UNSAFE).number()).isEqualTo(anvil.height());
    assertThat(status(0)).isEqualTo(Status.WRONG_CHAIN);
    assertThat(endpoints.states().get(0).detail().orElseThrow()).contains("chain 1, not 1612");
    assertThat(nodes.get(0).asked("eth_getBlockByNumber")).isZero();
    sent();
    assertThat(nodes.get(0).asked("eth_sendRawTransaction")).isZero();
    nodes.get(0).honest();
    time.pass(EndpointSettings.USUAL.longestBackOff().plusSeconds(1));
    endpoints.refresh();
    assertThat(status(0)).isEqualTo(Status.UP);
  }

  @Test
  void noticesThatAnEndpointBecomesOneOfAnotherChain() {
    endpoints.refresh();
    assertThat(status(2)).isEqualTo(Status.UP);
    nodes.get(2).hasChainId(1);
    time.pass(Duration.ofMinutes(2));
    endpoints.refresh();
    assertThat(status(2)).isEqualTo(Status.WRONG_CHAIN);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("drops connections", (Trouble) LyingNode::dropsConnections),
        Arguments.of("never ends", (Trouble) LyingNode::neverEnds),
        Arguments.of("is slower than allowed", (Trouble) n -> n.delays(Duration.ofSeconds(3))),
        Arguments.of("500", (Trouble) n -> n.hasStatus(500, "oops", Map.of())),
        Arguments.of(
            "HTML", (Trouble) n -> n.hasStatus(200, "<html>Cloud says no</html>", Map.of())),
        Arguments.of(
            "redirects", (Trouble) n -> n.hasStatus(302, "", Map.of("Location", "http://x/"))),
        Arguments.of("429", (Trouble) n -> n.hasStatus(429, "", Map.of())));
  }

  interface Trouble {
    void of(LyingNode node);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void goesOnWithoutAnEndpointThatFailsAndTakesItBack(String name, Trouble trouble) {
    endpoints.refresh();
    trouble.of(nodes.get(0));
    soon();
    SignedTransaction transaction = sent();
    assertThat(endpoints.receipt(transaction.hash())).as(name).isPresent();
    assertThat(endpoints.call(Call.to(ECHO, word(1)), Finality.UNSAFE)).isEqualTo(word(1));
    assertThat(endpoints.states().get(0).up()).isFalse();
    assertThat(endpoints.states().get(0).lastError().orElseThrow()).contains("endpoint n0");
    int asked = nodes.get(0).asked();
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
    assertThat(nodes.get(0).asked()).as("left alone").isEqualTo(asked);
    nodes.get(0).honest();
    time.pass(Duration.ofMinutes(1));
    endpoints.refresh();
    assertThat(status(0)).isEqualTo(Status.UP);
  }

  @Test
  void doesNotWaitForOneThatHangsIfTheOthersAnswer() {
    endpoints = of(EndpointSettings.USUAL.withPatience(Duration.ofMillis(300)), 3);
    endpoints.refresh();
    for (Duration delay : List.of(Duration.ofSeconds(30), Duration.ofSeconds(20))) {
      nodes.get(0).delays(delay);
      assertThat(endpoints.block(7)).isPresent();
      assertThat(endpoints.states().get(0).lastError().orElseThrow())
          .as("not the 1.5 s that an answer may take")
          .contains("slower than the others");
      time.pass(Duration.ofSeconds(5));
      endpoints.refresh();
      assertThat(status(0)).isEqualTo(Status.DOWN);
    }
    nodes.get(0).honest();
    time.pass(Duration.ofMinutes(1));
    endpoints.refresh();
    assertThat(status(0)).isEqualTo(Status.UP);
  }

  /** The trap: nodes give it for calls that fail everywhere, and every provider ends up blocked. */
  @Test
  void anInternalErrorOfOneCallBlocksNobody() {
    nodes.forEach(node -> node.fails("eth_estimateGas", -32603, "internal error"));
    for (int i = 0; i < 20; i++) {
      refused(
          ErrorCode.CHAIN_UNAVAILABLE,
          () -> endpoints.estimateGas(Call.to(ECHO, word(1))),
          "-32603");
    }
    assertThat(endpoints.states()).extracting(EndpointState::status).containsOnly(Status.UP);
    assertThat(endpoints.head(Finality.UNSAFE).number()).isEqualTo(anvil.height());
    nodes.get(2).honest();
    assertThat(endpoints.estimateGas(Call.to(ECHO, word(1)))).isGreaterThan(21_000);
  }

  @Test
  void leavesAThrottlingEndpointAloneForAsLongAsItAsks() {
    endpoints.refresh();
    nodes.get(0).hasStatus(429, "", Map.of("Retry-After", "120"));
    assertThat(endpoints.head(Finality.UNSAFE)).isNotNull();
    assertThat(status(0)).isEqualTo(Status.THROTTLED);
    assertThat(endpoints.states().get(0).retryIn().orElseThrow())
        .isEqualTo(Duration.ofSeconds(120));
    nodes.get(0).honest();
    int asked = nodes.get(0).asked();
    time.pass(Duration.ofSeconds(119));
    endpoints.refresh();
    assertThat(nodes.get(0).asked()).isEqualTo(asked);
    time.pass(Duration.ofSeconds(1));
    endpoints.refresh();
    assertThat(status(0)).isEqualTo(Status.UP);
  }

  @Test
  void asksADeadEndpointLessAndLessOftenHoweverTheWallClockJumps() {
    endpoints = of(EndpointSettings.USUAL, 1);
    endpoints.refresh();
    nodes.get(0).dropsConnections();
    int before = nodes.get(0).asked();
    for (int second = 0; second < 60; second++) {
      time.jump(Duration.ofDays(second % 2 == 0 ? 400 : -800));
      time.pass(Duration.ofSeconds(1));
      endpoints.refresh();
    }
    assertThat(nodes.get(0).asked() - before).as("in a minute").isBetween(5, 10);
    assertThat(status(0)).isEqualTo(Status.DOWN);
    assertThat(endpoints.states().get(0).retryIn().orElseThrow())
        .isLessThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aNodeThatDiesForAMinuteIsMissedAndComesBackWithItsBlocks() {
    try (Anvil own = Anvil.start()) {
      Endpoints alone =
          new Endpoints(
              1612,
              List.of(new HttpService(new RpcEndpoint("own", own.uri()), LIMITS, THREADS)),
              EndpointSettings.USUAL,
              time,
              time);
      own.mine(20);
      BlockHeader head = alone.head(Finality.FINALIZED);
      own.kill();
      for (int second = 0; second < 60; second++) {
        refused(ErrorCode.CHAIN_UNAVAILABLE, () -> alone.head(Finality.FINALIZED), "own", "DOWN");
        time.pass(Duration.ofSeconds(1));
      }
      assertThat(alone.states().get(0).failures()).isBetween(5L, 12L);
      own.restart();
      time.pass(Duration.ofSeconds(31));
      assertThat(alone.head(Finality.FINALIZED)).isEqualTo(head);
    }
  }

  @Test
  void doesNotAskALateEndpointForWhatIsNew() {
    String old = anvil.rpc("eth_getBlockByNumber", "latest", false).toString();
    anvil.mine(30);
    SignedTransaction transaction = sent();
    nodes.get(0).liesAboutBlock("latest", block -> (ObjectNode) parsed(old));
    nodes.get(0).hidesReceipts();
    soon();
    endpoints.refresh();
    assertThat(status(0)).isEqualTo(Status.LATE);
    assertThat(endpoints.states().get(0).lag()).isEqualTo(31);
    assertThat(endpoints.head(Finality.UNSAFE).number()).isEqualTo(anvil.height());
    assertThat(endpoints.receipt(transaction.hash())).isPresent();
    assertThat(endpoints.states().get(0).contradictions()).as("it cannot know better").isZero();
    int asked = nodes.get(0).asked("eth_call");
    endpoints.call(Call.to(ECHO, word(1)), Finality.UNSAFE);
    assertThat(nodes.get(0).asked("eth_call")).isEqualTo(asked);
    nodes.get(2).dropsConnections();
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> endpoints.receipt(Hash256.ZERO), "n2");
  }

  @Test
  void aNumberThatIsTooHighMakesNobodyElseLate() {
    nodes
        .get(0)
        .liesAboutBlock(
            "latest",
            block ->
                block
                    .put("number", "0x7fffffffffffffff")
                    .put("timestamp", "0x3afff4417f")
                    .put("hash", "0x" + "cd".repeat(32)));
    endpoints.refresh();
    assertThat(status(1)).isEqualTo(Status.UP);
    assertThat(status(2)).isEqualTo(Status.UP);
    assertThat(endpoints.head(Finality.UNSAFE).number()).isEqualTo(anvil.height());
  }

  @Test
  void oneCannotMoveANonceABalanceOrCode() {
    sent();
    soon();
    nodes
        .get(0)
        .lies(
            "eth_getTransactionCount", (params, result) -> JSON.getNodeFactory().textNode("0x99"));
    nodes.get(0).lies("eth_getBalance", (params, result) -> JSON.getNodeFactory().textNode("0x99"));
    nodes.get(0).lies("eth_getCode", (params, result) -> JSON.getNodeFactory().textNode("0x99"));
    nodes
        .get(0)
        .lies("eth_getStorageAt", (params, result) -> JSON.getNodeFactory().textNode("0x9"));
    assertThat(endpoints.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(1);
    assertThat(endpoints.nonce(signer.address(), Finality.SAFE)).isZero();
    assertThat(endpoints.balance(NOBODY)).isEqualTo(Wei.ZERO);
    assertThat(endpoints.code(NOBODY)).isEmpty();
    assertThat(endpoints.storage(NOBODY, java.math.BigInteger.ONE)).isZero();
    endpoints = of(EndpointSettings.USUAL, 2);
    refused(ErrorCode.CHAIN_DISPUTED, () -> endpoints.balance(NOBODY), "balance");
  }

  @Test
  void oneCannotChangeWhatACallOnAFinalBlockReturns() {
    nodes
        .get(0)
        .lies(
            "eth_call",
            (params, result) ->
                JSON.getNodeFactory().textNode("0x" + HexFormat.of().formatHex(word(1))));
    assertThat(endpoints.call(Call.to(ECHO, word(7)), Finality.FINALIZED)).isEqualTo(word(7));
    assertThat(status(0)).isEqualTo(Status.ASIDE);
    assertThat(endpoints.call(Call.to(ECHO, word(7)), Finality.UNSAFE)).isEqualTo(word(7));
    anvil.setCode(ECHO, HexFormat.of().parseHex("60006000fd"));
    anvil.mine(15);
    soon();
    refused(
        ErrorCode.CHAIN_REFUSED,
        () -> endpoints.call(Call.to(ECHO, word(7)), Finality.FINALIZED),
        "reverted");
  }

  @Test
  void oneCannotMoveAnEstimateOfGas() {
    long honest = endpoints.estimateGas(Call.to(ECHO, word(1)));
    for (String lie : List.of("0x1", "0x7fffffffffffffff")) {
      nodes.get(0).lies("eth_estimateGas", (params, result) -> JSON.getNodeFactory().textNode(lie));
      assertThat(endpoints.estimateGas(Call.to(ECHO, word(1)))).isEqualTo(honest);
    }
    nodes.get(0).fails("eth_estimateGas", 3, "execution reverted");
    assertThat(endpoints.estimateGas(Call.to(ECHO, word(1)))).isEqualTo(honest);
    nodes.get(1).fails("eth_estimateGas", 3, "execution reverted");
    refused(
        ErrorCode.CHAIN_REFUSED, () -> endpoints.estimateGas(Call.to(ECHO, word(1))), "refuses");
  }

  @Test
  void handsATransactionToAllAndTakesOneForAll() {
    SignedTransaction transaction =
        new Wallet(endpoints, signer, CEILING).transfer(NOBODY, Wei.of(1));
    nodes.get(0).fails("eth_sendRawTransaction", -32603, "internal error");
    nodes.get(1).fails("eth_sendRawTransaction", -32000, "insufficient funds");
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.ACCEPTED);
    nodes.forEach(n -> assertThat(n.asked("eth_sendRawTransaction")).isEqualTo(1));
    nodes.get(2).fails("eth_sendRawTransaction", -32603, "internal error");
    nodes.get(1).fails("eth_sendRawTransaction", -32603, "internal error");
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.UNKNOWN);
    nodes.get(0).answers("eth_sendRawTransaction", (exchange, request) -> exchange.close());
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.UNKNOWN);
  }

  @Test
  void anAnswerWithAnotherHashIsNoAcceptance() {
    SignedTransaction transaction =
        new Wallet(endpoints, signer, CEILING).transfer(NOBODY, Wei.of(1));
    nodes
        .get(0)
        .lies(
            "eth_sendRawTransaction",
            (params, result) -> JSON.getNodeFactory().textNode("0x" + "11".repeat(32)));
    endpoints = of(EndpointSettings.USUAL, 1);
    assertThat(endpoints.broadcast(transaction)).isEqualTo(Broadcast.UNKNOWN);
  }

  @Test
  void tipsOfHostileEndpointsStayWithinBoundsAndBelowTheCeiling() {
    nodes.forEach(
        n ->
            n.lies(
                "eth_maxPriorityFeePerGas",
                (params, result) -> JSON.getNodeFactory().textNode("0x" + "f".repeat(64))));
    Wei baseFee = endpoints.head(Finality.UNSAFE).baseFee();
    assertThat(endpoints.fees(CEILING).maxPriorityFeePerGas())
        .isEqualTo(EndpointSettings.USUAL.mostTip());
    Wei tight = baseFee.plus(Wei.of(5));
    assertThat(endpoints.fees(tight).maxFeePerGas()).isEqualTo(tight);
    assertThatThrownBy(() -> endpoints.fees(Wei.ZERO)).isInstanceOf(OpenLedgerException.class);
    nodes.forEach(n -> n.fails("eth_maxPriorityFeePerGas", -32601, "no such method"));
    sent();
    soon();
    assertThat(endpoints.fees(CEILING).maxPriorityFeePerGas()).isGreaterThanOrEqualTo(Wei.of(1));
  }

  @Test
  void refusesToBeMadeWithoutEndpointsOrWithAQuorumThatTheyCannotReach() {
    assertThatThrownBy(() -> of(EndpointSettings.USUAL.withQuorum(4), 3))
        .hasMessageContaining("quorum");
    assertThatThrownBy(() -> of(EndpointSettings.USUAL, 0)).hasMessageContaining("endpoints");
    assertThatThrownBy(() -> endpoints.lift("other")).hasMessageContaining("n0, n1, n2");
  }
}
