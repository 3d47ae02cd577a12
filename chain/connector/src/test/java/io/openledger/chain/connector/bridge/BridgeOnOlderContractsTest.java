package io.openledger.chain.connector.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.Supersim;
import io.openledger.chain.connector.tx.AbiSignature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;

/**
 * Against the OP Stack's own contracts of release 2.8 of the portal: an oracle for outputs, and a
 * gas token that the portal keeps (npm package {@code @eth-optimism/contracts-bedrock} 0.17.3). The
 * rollup is a node with the message passer; nothing takes up what is deposited.
 */
class BridgeOnOlderContractsTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ChainAddress NOBODY =
      new ChainAddress("0x0000000000000000000000000000000000000000");
  private static final ChainAddress RECEIVER =
      new ChainAddress("0x00000000000000000000000000000000abcdef01");
  private static final View BALANCE = new View("balanceOf(address)", "(uint256)");
  private static final int INTERVAL = 20;
  private static final int PERIOD = 100;

  private static Anvil l1Node;
  private static Anvil rollupNode;
  private static ChainClient l1;
  private static ChainClient rollup;
  private static Sender onL1;
  private static Sender onRollup;
  private static ChainAddress token;
  private static ChainAddress oracle;
  private static ChainAddress portal;
  private static Bridge bridge;

  @BeforeAll
  static void deploy() throws IOException {
    boolean there = Supersim.find(path("OptimismPortal")).isPresent();
    String reason = "no contracts of the OP Stack: run npm ci in chain/connector/nodes";
    if (!there && System.getenv("CI") != null) {
      throw new AssertionError(reason + "; with CI set this is a failure");
    }
    Assumptions.assumeTrue(there, reason);
    l1Node = Anvil.start(AnvilOptions.USUAL.withChainId(900).ethereum());
    rollupNode = Anvil.start(AnvilOptions.USUAL.withChainId(901));
    l1 = new NodeClient(service("l1", l1Node.uri()));
    rollup = new NodeClient(service("rollup", rollupNode.uri()));
    onL1 = new Sender(l1, l1Node.signer(0), () -> {});
    onRollup = new Sender(rollup, rollupNode.signer(0), () -> {});
    ChainAddress me = onL1.address();
    try (InputStream in =
        BridgeOnOlderContractsTest.class.getResourceAsStream(
            "/io/openledger/chain/contracts/OpenToken.json")) {
      byte[] code =
          HexFormat.of().parseHex(JSON.readTree(in).get("bytecode").asText().substring(2));
      token = create(code, "constructor(address)", me);
    }
    ChainAddress config = proxy();
    portal = proxy();
    oracle = proxy();
    ChainAddress superchain = proxy();
    initialise(superchain, "SuperchainConfig", "initialize(address,bool)", me, false);
    initialise(
        oracle,
        "L2OutputOracle",
        "initialize(uint256,uint256,uint256,uint256,address,address,uint256)",
        big(INTERVAL),
        big(1),
        big(0),
        big(l1Node.now().getEpochSecond() - 100_000),
        me,
        me,
        big(PERIOD));
    initialise(
        portal,
        "OptimismPortal",
        "initialize(address,address,address)",
        oracle,
        config,
        superchain);
    initialise(
        config,
        "SystemConfig",
        "initialize(address,uint32,uint32,bytes32,uint64,address,"
            + "(uint32,uint8,uint8,uint32,uint32,uint128),address,"
            + "(address,address,address,address,address,address,address))",
        me,
        big(0),
        big(0),
        new byte[32],
        big(30_000_000),
        me,
        List.of(
            big(20_000_000),
            big(10),
            big(8),
            big(1_000_000_000),
            big(1_000_000),
            BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE)),
        NOBODY,
        List.of(NOBODY, NOBODY, NOBODY, NOBODY, portal, NOBODY, token));
    rollupNode.setCode(
        BridgeAddresses.MESSAGE_PASSER, code("L2ToL1MessagePasser", "deployedBytecode"));
    rollupNode.setCode(BridgeAddresses.L1_BLOCK, code("L1Block", "deployedBytecode"));
    BridgeAddresses addresses = new BridgeAddresses(portal, Optional.empty(), Optional.of(token));
    bridge =
        Bridge.attach(
            l1, rollup, new RollupNodes(List.of(service("rollup", rollupNode.uri()))), addresses);
  }

  @AfterAll
  static void stop() {
    for (Anvil node : Arrays.asList(l1Node, rollupNode)) {
      if (node != null) {
        node.close();
      }
    }
    THREADS.shutdownNow();
  }

  private static HttpService service(String name, URI uri) {
    return new HttpService(new RpcEndpoint(name, uri), RpcLimits.USUAL, THREADS);
  }

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }

  private static String path(String contract) {
    return "@eth-optimism/contracts-bedrock/forge-artifacts/"
        + contract
        + ".sol/"
        + contract
        + ".json";
  }

  private static byte[] code(String contract, String field) {
    try {
      Path file = Supersim.find(path(contract)).orElseThrow();
      String hex = JSON.readTree(file.toFile()).get(field).get("object").asText();
      return HexFormat.of().parseHex(hex.substring(2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChainAddress create(byte[] code, String constructor, Object... arguments) {
    byte[] encoded = AbiSignature.parse(constructor).encodeArguments(arguments);
    byte[] create = Arrays.copyOf(code, code.length + encoded.length);
    System.arraycopy(encoded, 0, create, code.length, encoded.length);
    return onL1.send(Optional.empty(), Wei.ZERO, create).created().orElseThrow();
  }

  private static ChainAddress proxy() {
    return create(code("Proxy", "bytecode"), "constructor(address)", onL1.address());
  }

  private static void initialise(
      ChainAddress proxy, String contract, String function, Object... arguments) {
    ChainAddress implementation = create(code(contract, "bytecode"), "constructor()");
    byte[] call = AbiSignature.parse(function).encodeCall(arguments);
    onL1.send(
        Optional.of(proxy),
        Wei.ZERO,
        AbiSignature.parse("upgradeToAndCall(address,bytes)").encodeCall(implementation, call));
  }

  /** Makes the rollup as long as the next output wants it, and proposes its state there. */
  private static void propose() {
    long block =
        ((BigInteger) new View("nextBlockNumber()", "(uint256)").one(l1, oracle)).longValueExact();
    if (block > rollupNode.height()) {
      rollupNode.mine((int) (block - rollupNode.height()));
    }
    Hash256 output = nodes(rollupNode.uri()).slot(block, Hash256.ZERO).output().hash();
    onL1.send(
        Optional.of(oracle),
        Wei.ZERO,
        AbiSignature.parse("proposeL2Output(bytes32,uint256,bytes32,uint256)")
            .encodeCall(output.toBytes(), big(block), new byte[32], big(0)));
  }

  private static RollupNodes nodes(URI... uris) {
    return new RollupNodes(
        Arrays.stream(uris).map(u -> service("node-" + u.getPort(), u)).toList());
  }

  @Test
  void depositsTheGasTokenAndWithdrawsItAgainstTheOracle() {
    ChainAddress me = onL1.address();
    assertThat(bridge.gasToken()).isEqualTo(new GasToken.PortalToken(token));
    Wei amount = Wei.parse("5000000000000000000007");
    List<BridgeCall> calls = bridge.deposits().nativeCoin(me, RECEIVER, amount);
    assertThat(calls).hasSize(2);
    TransactionReceipt deposit = onL1.send(calls);
    assertThat(BALANCE.one(l1, token, portal)).isEqualTo(amount.value());
    DepositTransaction made =
        deposit.logs().stream()
            .flatMap(log -> DepositTransaction.of(portal, log).stream())
            .findFirst()
            .orElseThrow();
    assertThat(made.mint()).isEqualTo(amount.value());
    assertThat(made.value()).isEqualTo(amount.value());
    assertThat(made.to()).contains(RECEIVER);
    assertThat(bridge.deposits().status(deposit.transaction()).stage())
        .isEqualTo(DepositStatus.Stage.INITIATED);
    // what is allowed already is not approved again; too little is set anew from zero
    approve(Wei.of(9));
    assertThat(bridge.deposits().nativeCoin(me, RECEIVER, Wei.of(9))).hasSize(1);
    assertThat(bridge.deposits().nativeCoin(me, RECEIVER, Wei.of(10))).hasSize(3);
    onL1.send(bridge.deposits().nativeCoin(me, RECEIVER, Wei.of(10)));
    assertThatThrownBy(
            () -> bridge.deposits().nativeCoin(me, RECEIVER, Wei.parse("1" + "0".repeat(30))))
        .hasMessageContaining("units of token");
    assertThatThrownBy(() -> bridge.deposits().etherThroughBridge(RECEIVER, Wei.of(1)))
        .hasMessageContaining("is not ether");

    Withdrawals withdrawals = bridge.withdrawals();
    assertThatThrownBy(() -> withdrawals.nativeCoin(token, Wei.of(1)))
        .hasMessageContaining("pays nothing to");
    assertThatThrownBy(() -> withdrawals.nativeCoin(portal, Wei.of(1)))
        .hasMessageContaining("pays nothing to");
    Wei back = Wei.parse("777000000000000000003");
    Hash256 transaction = onRollup.send(withdrawals.nativeCoin(RECEIVER, back)).transaction();
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.INITIATED);
    propose();
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.PROVABLE);
    onL1.send(withdrawals.prove(transaction, 0, me));
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.PROVEN);
    Instant from = withdrawals.status(transaction, 0, Optional.empty()).finalizable().orElseThrow();
    assertThat(from).isAfter(l1Node.now());

    // the challenger takes the output back: what was proven against it is worth nothing
    BigInteger newest = (BigInteger) new View("latestOutputIndex()", "(uint256)").one(l1, oracle);
    onL1.send(
        Optional.of(oracle),
        Wei.ZERO,
        AbiSignature.parse("deleteL2Outputs(uint256)").encodeCall(newest));
    WithdrawalStatus fallen = withdrawals.status(transaction, 0, Optional.empty());
    assertThat(fallen.stage()).isEqualTo(WithdrawalStatus.Stage.INITIATED);
    assertThat(fallen.explanation()).contains("must be proven again");
    rollupNode.mine(1);
    l1Node.advance(Duration.ofSeconds(10));
    propose();
    // the same state at the same place: the proof counts again, from when it was made, but the
    // time to object to the new proposal runs anew
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.PROVEN);
    assertThat(withdrawals.status(transaction, 0, Optional.empty()).finalizable().orElseThrow())
        .isAfter(from);
    assertThatThrownBy(() -> withdrawals.finalise(transaction, 0, Optional.empty()))
        .hasMessageContaining("the withdrawal is PROVEN");
    l1Node.advance(
        Duration.between(
                l1Node.now(),
                withdrawals.status(transaction, 0, Optional.empty()).finalizable().orElseThrow())
            .plusSeconds(1));
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.FINALIZABLE);
    onL1.send(withdrawals.finalise(transaction, 0, Optional.empty()));
    assertThat(BALANCE.one(l1, token, RECEIVER)).isEqualTo(back.value());
    assertThat(stage(transaction)).isEqualTo(WithdrawalStatus.Stage.FINALIZED);
  }

  private static void approve(Wei amount) {
    onL1.send(
        Optional.of(token),
        Wei.ZERO,
        AbiSignature.parse("approve(address,uint256)").encodeCall(portal, amount.value()));
  }

  private static WithdrawalStatus.Stage stage(Hash256 transaction) {
    return bridge.withdrawals().status(transaction, 0, Optional.empty()).stage();
  }

  @Test
  void takesNoWordOfANodeThatLies() throws IOException {
    rollupNode.mine(1);
    long block = rollupNode.height();
    Hash256 slot = Hash256.sha256("a slot");
    OutputRoot right = nodes(rollupNode.uri()).slot(block, slot).output();
    Map<String, Consumer<ObjectNode>> lies =
        Map.of(
            "another state root", result -> flip(result, "stateRoot"),
            "another hash", result -> flip(result, "hash"),
            "another number", result -> result.put("number", "0xfffffff"),
            "an account's proof that was changed", result -> flip(result, "accountProof"),
            "no account's proof", result -> result.remove("accountProof"),
            "a slot's proof that is another's", result -> swap(result),
            "a value where there is none", result -> longer(result));
    for (Map.Entry<String, Consumer<ObjectNode>> lie : lies.entrySet()) {
      try (LyingNode liar = new LyingNode(rollupNode.uri())) {
        assertThat(nodes(liar.uri()).slot(block, slot).output()).isEqualTo(right);
        liar.lies(
            "*",
            (params, result) -> {
              if (result instanceof ObjectNode object) {
                lie.getValue().accept(object);
              }
              return result;
            });
        assertThatThrownBy(() -> nodes(liar.uri()).slot(block, slot))
            .as(lie.getKey())
            .hasMessageContaining("OPENLEDGER-5010")
            .hasMessageContaining("archive node");
        assertThat(nodes(liar.uri(), rollupNode.uri()).slot(block, slot).output()).isEqualTo(right);
      }
    }
  }

  private static void flip(ObjectNode result, String field) {
    JsonNode value = result.path(field);
    if (value.isTextual()) {
      result.put(field, flipped(value.asText()));
    } else if (value instanceof ArrayNode array) {
      array.set(
          array.size() - 1,
          JSON.getNodeFactory().textNode(flipped(array.get(array.size() - 1).asText())));
    }
  }

  private static String flipped(String hex) {
    char last = hex.charAt(hex.length() - 1);
    return hex.substring(0, hex.length() - 1) + (last == '0' ? '1' : '0');
  }

  private static void swap(ObjectNode result) {
    if (result.path("storageProof").path(0) instanceof ObjectNode proof) {
      proof.set("proof", result.get("accountProof"));
    }
  }

  private static void longer(ObjectNode result) {
    if (result.path("storageProof").path(0).path("proof") instanceof ArrayNode proof) {
      proof.add("0xc20101");
    }
  }

  @Test
  void refusesNativeCoinsThatABridgeOfTheChainsOwnMints() {
    ChainAddress config = new ChainAddress("0x00000000000000000000000000000000000c0f16");
    ChainAddress other = new ChainAddress("0x0000000000000000000000000000000000009047");
    // says yes to whatever is asked: PUSH1 1, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    l1Node.setCode(config, HexFormat.of().parseHex("60015f5260205ff3"));
    // answers its configuration's address: PUSH20, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    l1Node.setCode(
        other, HexFormat.of().parseHex("73" + config.value().substring(2) + "5f5260205ff3"));
    Bridge minted = attach(other);
    assertThat(minted.gasToken()).isEqualTo(new GasToken.Minted());
    assertThatThrownBy(() -> minted.deposits().nativeCoin(onL1.address(), RECEIVER, Wei.of(1)))
        .hasMessageContaining("minted there by a bridge of its own");
    assertThatThrownBy(() -> minted.withdrawals().nativeCoin(RECEIVER, Wei.of(1)))
        .hasMessageContaining("not withdrawn through the message passer");
  }

  @Test
  void refusesNativeCoinsWhereTheTwoChainsDisagree() {
    // the rollup says that its gas token is custom, and the portal knows none
    byte[] slot = Hash.sha3("opstack.gaspayingtoken".getBytes(StandardCharsets.US_ASCII));
    slot[31]--;
    String at = "0x" + HexFormat.of().formatHex(slot);
    ChainAddress silent = new ChainAddress("0x0000000000000000000000000000000000005111");
    ChainAddress other = new ChainAddress("0x0000000000000000000000000000000000009048");
    l1Node.setCode(silent, HexFormat.of().parseHex("5f5ffd"));
    l1Node.setCode(
        other, HexFormat.of().parseHex("73" + silent.value().substring(2) + "5f5260205ff3"));
    Bridge unknown = attach(other);
    assertThat(unknown.gasToken()).isEqualTo(new GasToken.Ether());
    rollupNode.rpc(
        "anvil_setStorageAt",
        BridgeAddresses.L1_BLOCK.value(),
        at,
        "0x" + "0".repeat(24) + token.value().substring(2));
    assertThat(unknown.gasToken()).isInstanceOf(GasToken.Unknown.class);
    assertThatThrownBy(() -> unknown.deposits().nativeCoin(onL1.address(), RECEIVER, Wei.of(1)))
        .hasMessageContaining("and L1 that it is not");
    rollupNode.rpc(
        "anvil_setStorageAt", BridgeAddresses.L1_BLOCK.value(), at, "0x" + "0".repeat(64));
  }

  private static Bridge attach(ChainAddress portal) {
    return Bridge.attach(
        l1,
        rollup,
        nodes(rollupNode.uri()),
        new BridgeAddresses(portal, Optional.empty(), Optional.empty()));
  }

  @Test
  void attachesToNoAddressThatWouldSwallowCoins() {
    assertThatThrownBy(() -> attach(RECEIVER)).hasMessageContaining("there is no contract at");
    ChainAddress taker = new ChainAddress("0x0000000000000000000000000000000000007a4e");
    l1Node.setCode(taker, new byte[] {0}); // takes whatever it is sent
    assertThatThrownBy(() -> attach(taker))
        .hasMessageContaining("neither dispute games nor an oracle");
    Bridge expecting =
        Bridge.attach(
            l1,
            rollup,
            nodes(rollupNode.uri()),
            new BridgeAddresses(portal, Optional.empty(), Optional.of(RECEIVER)));
    assertThatThrownBy(() -> expecting.withdrawals().nativeCoin(RECEIVER, Wei.of(1)))
        .hasMessageContaining("the configured gas token is " + RECEIVER);
  }
}
