package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;

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
    endpoints = several(1612);
  }

  private Endpoints several(long chainId) {
    ManualTime time = new ManualTime();
    return new Endpoints(
        chainId,
        nodes.stream()
            .map(
                n ->
                    new HttpService(
                        new RpcEndpoint("n" + nodes.indexOf(n), n.uri()), RpcLimits.USUAL, THREADS))
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
                Optional.of(NOBODY),
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

  /** One endpoint alone, which is believed where nobody contradicts it. */
  private NodeClient alone(LyingNode node) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("alone", node.uri()), RpcLimits.USUAL, THREADS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonce 0x63",
        "value 0x9",
        "input 0x00",
        "gas 0x5209",
        "to 0x00000000000000000000000000000000000000bb",
        "hash 0x00000000000000000000000000000000000000000000000000000000000000aa",
        "maxFeePerGas 0x1",
        "maxPriorityFeePerGas 0x1",
        "chainId 0x1",
        "r 0x1",
        "s 0x1",
        "yParity 0x2",
        "type 0x3",
        "type 0x0"
      })
  void whatTheKeyHasNotSignedIsNotBelievedOfAnyNumberOfEndpoints(String lie) {
    LyingNode node = nodes.get(0);
    assertThat(alone(node).sent(signer.address(), block.hash()).orElseThrow()).hasSize(1);
    String[] words = lie.split(" ");
    for (LyingNode each : nodes) {
      each.lies(
          "eth_getBlockByHash",
          (params, result) -> {
            ((ObjectNode) result.get("transactions").get(0)).put(words[0], words[1]);
            return result;
          });
    }
    assertThat(alone(node).sent(signer.address(), block.hash())).contains(List.of());
    assertThat(endpoints.sent(signer.address(), block.hash())).contains(List.of());
  }

  @Test
  void depositIsBelievedOfSeveralEndpointsAlone() {
    for (LyingNode each : nodes) {
      each.lies(
          "eth_getBlockByHash",
          (params, result) -> {
            ObjectNode deposit = (ObjectNode) result.get("transactions").get(0);
            deposit.put("type", "0x7e");
            deposit.remove(List.of("r", "s", "v", "yParity", "maxFeePerGas", "accessList"));
            return result;
          });
    }
    assertThat(endpoints.sent(signer.address(), block.hash()).orElseThrow())
        .singleElement()
        .satisfies(deposit -> assertThat(deposit.signed()).isFalse());
    assertThat(alone(nodes.get(0)).sent(signer.address(), block.hash())).contains(List.of());
    assertThat(one(nodes.get(0)).sent(signer.address(), block.hash())).contains(List.of());
    for (LyingNode each : nodes) {
      each.lies(
          "eth_getBlockByHash",
          (params, result) -> {
            ObjectNode deposit = (ObjectNode) result.get("transactions").get(0);
            deposit.put("type", "0x7e");
            deposit.remove("nonce"); // from before Regolith
            return result;
          });
    }
    assertThat(endpoints.sent(signer.address(), block.hash())).contains(List.of());
  }

  private static Endpoints one(LyingNode node) {
    ManualTime time = new ManualTime();
    return new Endpoints(
        1612,
        List.of(new HttpService(new RpcEndpoint("one", node.uri()), RpcLimits.USUAL, THREADS)),
        EndpointSettings.USUAL,
        time,
        time);
  }

  @Test
  void transactionOfAnotherIsNotTakenForTheSenders() {
    LyingNode node = nodes.get(0);
    node.lies(
        "eth_getBlockByHash",
        (params, result) -> {
          ((ObjectNode) result.get("transactions").get(0)).put("from", NOBODY.value());
          return result;
        });
    assertThat(alone(node).sent(NOBODY, block.hash())).contains(List.of());
  }

  @Test
  void parityIsReadAsOlderNodesTellIt() {
    LyingNode node = nodes.get(0);
    node.lies(
        "eth_getBlockByHash",
        (params, result) -> {
          ObjectNode shown = (ObjectNode) result.get("transactions").get(0);
          long parity = Long.decode(shown.get("yParity").asText());
          shown.remove("yParity");
          shown.put("v", "0x" + Long.toHexString(27 + parity));
          return result;
        });
    assertThat(alone(node).sent(signer.address(), block.hash()).orElseThrow())
        .extracting(SentTransaction::hash)
        .containsExactly(second.hash());
  }

  /** The blocks of one chain, shown as those of another. */
  @Test
  void whatTheKeyHasSignedForAnotherChainIsNotBelieved() throws Exception {
    nodes.forEach(each -> each.hasChainId(10));
    assertThat(alone(nodes.get(0)).sent(signer.address(), block.hash())).contains(List.of());
    assertThat(several(10).sent(signer.address(), block.hash())).contains(List.of());
    Hash256 legacy =
        send("{'type':'0x0','gasPrice':'0x77359400','gas':'0x10000','value':'0x3'}").blockHash();
    assertThat(alone(nodes.get(0)).sent(signer.address(), legacy)).contains(List.of());
    nodes.forEach(LyingNode::honest);
    assertThat(alone(nodes.get(0)).sent(signer.address(), legacy).orElseThrow()).hasSize(1);
  }

  /** Which could be what the key has sent on another chain, before or since. */
  @Test
  void whatIsSignedForAnyChainIsBelievedOfSeveralEndpointsAlone() {
    NodeClient client = alone(nodes.get(0));
    byte[] bytes =
        TransactionEncoder.signMessage(
            RawTransaction.createTransaction(
                BigInteger.valueOf(client.nonce(signer.address(), Finality.UNSAFE)),
                BigInteger.valueOf(2_000_000_000),
                BigInteger.valueOf(50_000),
                NOBODY.value(),
                BigInteger.TWO,
                ""),
            Credentials.create(anvil.key(0)));
    String hash =
        anvil.rpc("eth_sendRawTransaction", "0x" + HexFormat.of().formatHex(bytes)).asText();
    Hash256 in = mined(hash).blockHash();
    assertThat(endpoints.sent(signer.address(), in).orElseThrow())
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.value()).isEqualTo(Wei.of(2));
              assertThat(sent.signed()).isFalse();
            });
    assertThat(client.sent(signer.address(), in)).contains(List.of());
    assertThat(one(nodes.get(0)).sent(signer.address(), in)).contains(List.of());
  }

  /** The node's own signatures, of its accounts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'0x0','gasPrice':'0x77359400','gas':'0x10000','value':'0x1','data':'0x0102'}",
        "{'type':'0x1','gasPrice':'0x77359400','gas':'0x10000','accessList':[]}",
        "{'type':'0x1','gasPrice':'0x77359400','gas':'0x10000','accessList':[{'address':"
            + "'0x00000000000000000000000000000000000000cc','storageKeys':["
            + "'0x0000000000000000000000000000000000000000000000000000000000000000',"
            + "'0x00000000000000000000000000000000000000000000000000000000000000ff']}]}",
        "{'type':'0x2','gas':'0x10000','accessList':[{'address':"
            + "'0x00000000000000000000000000000000000000cc','storageKeys':[]}]}",
        "{'type':'0x4','gas':'0x20000','authorizationList':[{'chainId':'0x64c','address':"
            + "'0x00000000000000000000000000000000000000cc','nonce':'0x0','yParity':'0x1','r':'0x5',"
            + "'s':'0x6'},{'chainId':'0x0','address':'0x00000000000000000000000000000000000000dd',"
            + "'nonce':'0x7','yParity':'0x0','r':'0x8','s':'0x9'}]}"
      })
  void transactionsOfEachTypeAreProven(String fields) throws Exception {
    TransactionReceipt receipt = send(fields);
    assertThat(alone(nodes.get(0)).sent(signer.address(), receipt.blockHash()).orElseThrow())
        .extracting(SentTransaction::hash)
        .containsExactly(receipt.transaction());
  }

  /** Signed by the node. */
  private TransactionReceipt send(String fields) throws Exception {
    Map<String, Object> call =
        new ObjectMapper()
            .readValue(fields.replace('\'', '"'), new TypeReference<Map<String, Object>>() {});
    call.put("from", signer.address().value());
    call.put("to", NOBODY.value());
    return mined(anvil.rpc("eth_sendTransaction", call).asText());
  }

  private static TransactionReceipt mined(String hash) {
    NodeClient client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    Optional<TransactionReceipt> receipt = Optional.empty();
    while (receipt.isEmpty()) {
      receipt = client.receipt(Hash256.parse(hash.substring(2)));
    }
    return receipt.get();
  }
}
