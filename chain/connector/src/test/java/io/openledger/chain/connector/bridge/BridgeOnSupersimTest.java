package io.openledger.chain.connector.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.bridge.RollupNodes.Verified;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.support.Supersim;
import io.openledger.chain.connector.tx.AbiSignature;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.web3j.crypto.Hash;

/**
 * Against the OP Stack's own contracts, portal release 4.6 with dispute games. Deposits are taken
 * up by supersim; states are proposed and games resolved here, in the proposer's name, because it
 * does neither.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // L1's clock goes forward by days at the end
class BridgeOnSupersimTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LATER = Duration.ofSeconds(2);

  /** Anvil's first account, which is public and has coins on both chains. */
  private static final String KEY =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  private static final ChainAddress FACTORY =
      new ChainAddress("0x4200000000000000000000000000000000000012");
  private static final View BALANCE = new View("balanceOf(address)", "(uint256)");

  private static Supersim supersim;
  private static ChainClient l1;
  private static ChainClient rollup;
  private static RollupNodes nodes;
  private static BridgeAddresses addresses;
  private static Bridge bridge;
  private static Sender onL1;
  private static Sender onRollup;

  @BeforeAll
  static void start() {
    supersim = Supersim.start();
    l1 = new NodeClient(service("l1", supersim.l1()));
    rollup = new NodeClient(service("rollup", supersim.rollup()));
    nodes = new RollupNodes(List.of(service("rollup", supersim.rollup())));
    addresses = Bridge.discover(l1, rollup).orElseThrow();
    bridge = Bridge.attach(l1, rollup, nodes, addresses);
    onL1 = new Sender(l1, signer(), () -> supersim.rpc(supersim.l1(), "evm_mine"));
    onRollup = new Sender(rollup, signer(), () -> {});
  }

  @AfterAll
  static void stop() {
    if (supersim != null) {
      supersim.close();
    }
    THREADS.shutdownNow();
  }

  private static LocalSigner signer() {
    return LocalSigner.fromDigits(KEY.toCharArray());
  }

  private static HttpService service(String name, URI uri) {
    return new HttpService(new RpcEndpoint(name, uri), RpcLimits.USUAL, THREADS);
  }

  private static ChainAddress somebody(int number) {
    return new ChainAddress(String.format("0x%040x", 0xABCDEF0000L + number));
  }

  private static DepositStatus arrived(TransactionReceipt deposit) {
    DepositStatus status = bridge.deposits().status(deposit.transaction());
    for (int i = 0; i < 600 && status.stage() == DepositStatus.Stage.INITIATED; i++) {
      Sender.pause();
      status = bridge.deposits().status(deposit.transaction());
    }
    return status;
  }

  @Test
  @Order(1)
  void findsTheContractsFromTheRollupAndRefusesThoseOfAnother() {
    assertThat(bridge.gasToken()).isEqualTo(new GasToken.Ether());
    BridgeAddresses wrong =
        new BridgeAddresses(somebody(0), addresses.standardBridge(), Optional.empty());
    assertThatThrownBy(() -> Bridge.attach(l1, rollup, nodes, wrong))
        .hasMessageContaining("the rollup's bridge leads to");
    assertThatThrownBy(() -> Bridge.attach(l1, l1, nodes, addresses))
        .hasMessageContaining("the same chain id, 900");
    BridgeAddresses otherToken =
        new BridgeAddresses(
            addresses.portal(), addresses.standardBridge(), Optional.of(somebody(1)));
    assertThatThrownBy(
            () ->
                Bridge.attach(l1, rollup, nodes, otherToken)
                    .deposits()
                    .nativeCoin(onL1.address(), somebody(2), Wei.of(1)))
        .hasMessageContaining("the portal's is Ether");
  }

  @Test
  @Order(2)
  void depositsTheNativeCoinEqualToTheWei() {
    Wei amount = Wei.parse("1234567890123456789");
    ChainAddress receiver = somebody(10);
    TransactionReceipt sent =
        onL1.send(bridge.deposits().nativeCoin(onL1.address(), receiver, amount));
    DepositStatus status = arrived(sent);
    assertThat(status.stage()).as(status.explanation()).isEqualTo(DepositStatus.Stage.ARRIVED);
    assertThat(rollup.balance(receiver)).isEqualTo(amount);
    // the transaction on the rollup is the one whose hash was computed from L1's log
    JsonNode made =
        supersim.rpc(
            supersim.rollup(),
            "eth_getTransactionByHash",
            "0x" + status.rollupTransaction().orElseThrow().hex());
    assertThat(made.get("type").asText()).isEqualTo("0x7e");
    assertThat(new BigInteger(made.get("mint").asText().substring(2), 16))
        .isEqualTo(amount.value());
  }

  @Test
  @Order(3)
  void depositsEtherThroughTheStandardBridge() {
    Wei amount = Wei.parse("987654321000000001");
    ChainAddress receiver = somebody(11);
    DepositStatus status =
        arrived(onL1.send(bridge.deposits().etherThroughBridge(receiver, amount)));
    assertThat(status.stage()).as(status.explanation()).isEqualTo(DepositStatus.Stage.ARRIVED);
    assertThat(rollup.balance(receiver)).isEqualTo(amount);
  }

  @Test
  @Order(4)
  void knowsWhatDidNotArriveAndWhatNeverWasADeposit() {
    // a contract on the rollup that takes nothing: the coins stay with the sender there
    Wei before = rollup.balance(onL1.address());
    DepositStatus failed =
        arrived(
            onL1.send(
                bridge
                    .deposits()
                    .nativeCoin(
                        onL1.address(), BridgeAddresses.L1_BLOCK, Wei.parse("5000000000000000"))));
    assertThat(failed.stage()).isEqualTo(DepositStatus.Stage.FAILED);
    assertThat(failed.explanation()).contains("5000000000000000 wei are there");
    assertThat(rollup.balance(onL1.address()))
        .isEqualTo(before.plus(Wei.parse("5000000000000000")));
    assertThat(bridge.deposits().status(Hash256.sha256("nothing")).stage())
        .isEqualTo(DepositStatus.Stage.UNKNOWN);
    TransactionReceipt other = onL1.send(Optional.of(somebody(12)), Wei.of(1), new byte[0]);
    assertThatThrownBy(() -> bridge.deposits().status(other.transaction()))
        .hasMessageContaining("number of deposits");
  }

  /** The token on L1 and what stands for it on the rollup. */
  private record Pair(ChainAddress l1, ChainAddress rollup) {}

  private static Pair token() throws IOException {
    byte[] code;
    try (InputStream in =
        BridgeOnSupersimTest.class.getResourceAsStream(
            "/io/openledger/chain/contracts/OpenToken.json")) {
      code = HexFormat.of().parseHex(JSON.readTree(in).get("bytecode").asText().substring(2));
    }
    byte[] argument = AbiSignature.parse("constructor(address)").encodeArguments(onL1.address());
    byte[] create = Arrays.copyOf(code, code.length + argument.length);
    System.arraycopy(argument, 0, create, code.length, argument.length);
    ChainAddress onL1Token = onL1.send(Optional.empty(), Wei.ZERO, create).created().orElseThrow();
    TransactionReceipt made =
        onRollup.send(
            Optional.of(FACTORY),
            Wei.ZERO,
            AbiSignature.parse("createOptimismMintableERC20(address,string,string)")
                .encodeCall(onL1Token, "Open", "OPEN"));
    Hash256 event =
        Hash256.of(Hash.sha3("OptimismMintableERC20Created(address,address,address)".getBytes()));
    ChainAddress onRollupToken =
        made.logs().stream()
            .filter(log -> log.topics().get(0).equals(event))
            .map(log -> View.address(log.topics().get(1)))
            .findFirst()
            .orElseThrow();
    return new Pair(onL1Token, onRollupToken);
  }

  @Test
  @Order(5)
  void bridgesTokensThereAndCoinsAndTokensBackAgainstALyingProposer() throws Exception {
    Pair token = token();
    Wei units = Wei.parse("700000000000000000001");
    ChainAddress me = onL1.address();
    assertThatThrownBy(
            () -> bridge.deposits().token(me, me, token.l1(), BridgeAddresses.L1_BLOCK, units))
        .hasMessageContaining("stands for no token of L1");
    // stands for it, and is made by somebody else: answers the token's address to all that is asked
    supersim.rpc(
        supersim.rollup(),
        "anvil_setCode",
        somebody(21).value(),
        "0x73" + token.l1().value().substring(2) + "5f5260205ff3");
    assertThatThrownBy(() -> bridge.deposits().token(me, me, token.l1(), somebody(21), units))
        .hasMessageContaining("is made by " + token.l1());
    List<BridgeCall> calls = bridge.deposits().token(me, me, token.l1(), token.rollup(), units);
    assertThat(calls).hasSize(2);
    DepositStatus status = arrived(onL1.send(calls));
    assertThat(status.stage()).as(status.explanation()).isEqualTo(DepositStatus.Stage.ARRIVED);
    assertThat(BALANCE.one(rollup, token.rollup(), me)).isEqualTo(units.value());

    Withdrawals withdrawals = bridge.withdrawals();
    Optional<ChainAddress> prover = Optional.of(me);
    Wei coins = Wei.parse("333333333333333333");
    ChainAddress receiver = somebody(20);
    Hash256 ofCoins = onRollup.send(withdrawals.nativeCoin(receiver, coins)).transaction();
    Wei back = Wei.parse("123456789");
    Hash256 ofTokens =
        onRollup.send(withdrawals.token(token.rollup(), receiver, back)).transaction();
    // a contract on L1 that takes no coins
    TransactionReceipt last = onRollup.send(withdrawals.nativeCoin(token.l1(), Wei.of(5)));
    Hash256 ofRefused = last.transaction();

    for (Hash256 each : List.of(ofCoins, ofTokens, ofRefused)) {
      assertThat(withdrawals.status(each, 0, prover).stage())
          .isEqualTo(WithdrawalStatus.Stage.INITIATED);
      assertThatThrownBy(() -> withdrawals.prove(each, 0, me))
          .hasMessageContaining("or later is proposed on L1");
    }
    assertThatThrownBy(() -> withdrawals.status(ofCoins, 1, prover))
        .hasMessageContaining("below 1");
    assertThat(withdrawals.status(Hash256.sha256("nothing"), 0, prover).stage())
        .isEqualTo(WithdrawalStatus.Stage.UNKNOWN);

    long block = settledAfter(last.block());
    Hash256 right = nodes.slot(block, Hash256.ZERO).output().hash();
    game(Hash256.sha256("a lie"), block);
    assertThat(withdrawals.status(ofCoins, 0, prover).stage())
        .isEqualTo(WithdrawalStatus.Stage.PROVABLE);
    assertThatThrownBy(() -> withdrawals.prove(ofCoins, 0, me))
        .hasMessageContaining("claims output root " + Hash256.sha256("a lie").hex());
    ChainAddress game = game(right, block);
    supersim.advance(LATER); // the portal wants a later time than the game's

    for (Hash256 each : List.of(ofCoins, ofTokens, ofRefused)) {
      onL1.send(withdrawals.prove(each, 0, me));
      WithdrawalStatus proven = withdrawals.status(each, 0, prover);
      assertThat(proven.stage()).isEqualTo(WithdrawalStatus.Stage.PROVEN);
      assertThat(proven.explanation()).contains("the portal says: OptimismPortal_");
      assertThatThrownBy(() -> withdrawals.finalise(each, 0, prover))
          .hasMessageContaining("the withdrawal is PROVEN");
      // whoever has not proven it himself sees others' proofs
      assertThat(withdrawals.status(each, 0, Optional.empty()).stage())
          .isEqualTo(WithdrawalStatus.Stage.PROVEN);
    }

    supersim.advance(Duration.ofDays(8));
    inNameOf(PROPOSER, game, "resolveClaim(uint256,uint256)", BigInteger.ZERO, BigInteger.ZERO);
    inNameOf(PROPOSER, game, "resolve()");
    Instant from = withdrawals.status(ofCoins, 0, prover).finalizable().orElseThrow();
    assertThat(from).isAfter(l1.head(Finality.UNSAFE).time());
    supersim.advance(Duration.between(l1.head(Finality.UNSAFE).time(), from));
    assertThat(withdrawals.status(ofCoins, 0, prover).stage())
        .isEqualTo(WithdrawalStatus.Stage.FINALIZABLE);

    onL1.send(withdrawals.finalise(ofCoins, 0, prover));
    onL1.send(withdrawals.finalise(ofTokens, 0, Optional.empty()));
    assertThat(l1.balance(receiver)).isEqualTo(coins);
    assertThat(BALANCE.one(l1, token.l1(), receiver)).isEqualTo(back.value());
    for (Hash256 each : List.of(ofCoins, ofTokens)) {
      assertThat(withdrawals.status(each, 0, prover).stage())
          .isEqualTo(WithdrawalStatus.Stage.FINALIZED);
      assertThatThrownBy(() -> withdrawals.finalise(each, 0, prover))
          .hasMessageContaining("FINALIZED");
      assertThatThrownBy(() -> withdrawals.prove(each, 0, me)).hasMessageContaining("is finalised");
    }
    assertThatThrownBy(() -> withdrawals.finalise(ofRefused, 0, prover))
        .hasMessageContaining("the payment of 5 wei")
        .hasMessageContaining("would be lost");
  }

  /** A block of the rollup from which on the message passer has what came before. */
  private static long settledAfter(long block) {
    while (rollup.head(Finality.UNSAFE).number() < block) {
      Sender.pause();
    }
    return block;
  }

  private static final View GAMES = new View("disputeGameFactory()", "(address)");
  private static final View BY_TYPE = new View("gameImpls(uint32)", "(address)");
  private static final View AT = new View("gameAtIndex(uint256)", "(uint32,uint64,address)");
  private static final View COUNT = new View("gameCount()", "(uint256)");
  private static final View ROLE = new View("proposer()", "(address)");
  private static final BigInteger PERMISSIONED = BigInteger.ONE;
  private static final String PROPOSER = "proposer";

  private static ChainAddress proposer() {
    ChainAddress factory = (ChainAddress) GAMES.one(l1, addresses.portal());
    return (ChainAddress) ROLE.one(l1, (ChainAddress) BY_TYPE.one(l1, factory, PERMISSIONED));
  }

  private static ChainAddress game(Hash256 claim, long block) {
    ChainAddress factory = (ChainAddress) GAMES.one(l1, addresses.portal());
    inNameOf(
        PROPOSER,
        factory,
        "create(uint32,bytes32,bytes)",
        PERMISSIONED,
        claim.toBytes(),
        AbiSignature.parse("block(uint256)").encodeArguments(BigInteger.valueOf(block)));
    BigInteger newest = ((BigInteger) COUNT.one(l1, factory)).subtract(BigInteger.ONE);
    return (ChainAddress) AT.ask(l1, factory, newest).get(2);
  }

  /** Sends as an account whose key nobody here has, which the node lets tests do. */
  private static void inNameOf(String role, ChainAddress to, String function, Object... arguments) {
    assertThat(role).isEqualTo(PROPOSER);
    String from = proposer().value();
    URI node = supersim.l1();
    supersim.rpc(node, "anvil_setBalance", from, "0x8ac7230489e80000");
    supersim.rpc(node, "anvil_impersonateAccount", from);
    String data =
        "0x" + HexFormat.of().formatHex(AbiSignature.parse(function).encodeCall(arguments));
    String hash =
        supersim
            .rpc(node, "eth_sendTransaction", Map.of("from", from, "to", to.value(), "data", data))
            .asText();
    supersim.rpc(node, "evm_mine");
    JsonNode receipt = supersim.rpc(node, "eth_getTransactionReceipt", hash);
    assertThat(receipt.path("status").asText()).as(function).isEqualTo("0x1");
  }

  /** Two messages whose places in the trie share their first eight nibbles. */
  private static List<Withdrawal> neighbours() {
    Map<Integer, Withdrawal> seen = new HashMap<>();
    for (long i = 0; ; i++) {
      Withdrawal withdrawal =
          new Withdrawal(
              BigInteger.valueOf(i),
              somebody(30),
              somebody(31),
              Wei.of(1),
              BigInteger.valueOf(21_000),
              new byte[0]);
      byte[] path = Hash.sha3(withdrawal.slot().toBytes());
      Withdrawal other = seen.put(java.nio.ByteBuffer.wrap(path).getInt(), withdrawal);
      if (other != null) {
        return List.of(other, withdrawal);
      }
    }
  }

  @Test
  @Order(6)
  void buildsProofsThatThePortalTakesWhereALeafLiesWithinItsBranch() {
    List<Withdrawal> pair = neighbours();
    PlainTrie trie = new PlainTrie();
    pair.forEach(w -> trie.put(w.slot().toBytes(), new byte[] {1}));
    OutputRoot output =
        new OutputRoot(Hash256.sha256("state"), Hash256.of(trie.root()), Hash256.sha256("block"));
    game(output.hash(), 1_000_000);
    supersim.advance(LATER);
    ChainAddress factory = (ChainAddress) GAMES.one(l1, addresses.portal());
    BigInteger index = ((BigInteger) COUNT.one(l1, factory)).subtract(BigInteger.ONE);
    byte[] slot = pair.get(0).slot().toBytes();
    List<byte[]> given = trie.proof(slot);
    Verified verified =
        new Verified(output, MerklePatricia.follow(trie.root(), slot, given).orElseThrow());
    AbiSignature prove =
        AbiSignature.parse(
            "proveWithdrawalTransaction((uint256,address,address,uint256,uint256,bytes),uint256,"
                + "(bytes32,bytes32,bytes32,bytes32),bytes[])");
    // as Ethereum's nodes give it, the portal does not take it
    assertThatThrownBy(() -> prove(prove, pair.get(0), index, output, given))
        .satisfies(
            e ->
                assertThat(PortalErrors.describe((OpenLedgerException) e))
                    .isNotEqualTo("OptimismPortal_InvalidProofTimestamp()"));
    prove(prove, pair.get(0), index, output, verified.path().nodes());
  }

  private static void prove(
      AbiSignature prove,
      Withdrawal withdrawal,
      BigInteger index,
      OutputRoot output,
      List<byte[]> proof) {
    l1.call(
        new BridgeCall(
                Layer.L1,
                addresses.portal(),
                Wei.ZERO,
                prove.encodeCall(
                    withdrawal.tuple(), index, output.tuple(), new ArrayList<Object>(proof)),
                "prove")
            .by(onL1.address()),
        Finality.UNSAFE);
  }
}
