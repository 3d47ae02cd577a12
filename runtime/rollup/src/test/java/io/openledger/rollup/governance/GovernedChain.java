package io.openledger.rollup.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.tx.AbiSignature;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/**
 * A governance on a real node: voting begins 1 hour after a proposal and takes 1 hour, the timelock
 * 60 s, a change 60 s; 30 days between changes. A proposer needs 100 votes, the quorum is 5 % and
 * not below 1 000.
 */
final class GovernedChain implements AutoCloseable {

  static final long HOUR = 3_600;

  final Anvil anvil = Anvil.start();
  final ChainClient client;
  final LocalSigner key;
  final GovernanceContracts contracts;
  private final String snapshot;

  GovernedChain() throws Exception {
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, Runnable::run));
    key = anvil.signer(1);
    ChainAddress votes = deploy("GOPEN", "c()");
    ChainAddress timelock =
        deploy(
            "TimelockController",
            "c(uint256,address[],address[],address)",
            BigInteger.valueOf(60),
            List.of(),
            List.of(),
            account(0));
    ChainAddress governor =
        deploy(
            "ConfiguredGovernor",
            "c(address,address,(uint48,uint32,uint256,uint256,uint256,uint48))",
            votes,
            timelock,
            List.of(
                BigInteger.valueOf(HOUR),
                BigInteger.valueOf(HOUR),
                States.open(100).value(),
                BigInteger.valueOf(5),
                States.open(1_000).value(),
                BigInteger.valueOf(HOUR / 2)));
    for (String role : List.of("PROPOSER_ROLE", "CANCELLER_ROLE")) {
      grant(timelock, role, governor);
    }
    grant(timelock, "EXECUTOR_ROLE", new ChainAddress("0x" + "0".repeat(40)));
    ChainAddress store =
        deploy(
            "ParameterStore",
            "c(address,(uint48,uint48,(uint208,uint208,uint208),(uint208,uint208,uint208),"
                + "uint16[6],uint32,bytes32))",
            timelock,
            List.of(
                BigInteger.valueOf(60),
                BigInteger.valueOf(30 * 24 * HOUR),
                setting(60, 30 * 24 * HOUR, HOUR),
                setting(60, 14 * 24 * HOUR, 24 * HOUR),
                StoreReader.parts(FeeSplit.standard()),
                BigInteger.ONE,
                Hash256.sha256("policy 1").toBytes()));
    contracts = new GovernanceContracts(governor, timelock, votes, store, Map.of());
    snapshot = anvil.snapshot();
  }

  private static List<BigInteger> setting(long least, long most, long value) {
    return List.of(
        BigInteger.valueOf(least), BigInteger.valueOf(most), BigInteger.valueOf(value));
  }

  private void grant(ChainAddress timelock, String role, ChainAddress to) {
    send(
        0,
        timelock,
        Wei.ZERO,
        AbiSignature.parse("grantRole(bytes32,address)")
            .encodeCall(
                io.openledger.chain.merkle.Keccak256.hash(
                    role.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                to));
  }

  private ChainAddress deploy(String contract, String constructor, Object... arguments)
      throws IOException {
    String file = "/io/openledger/chain/contracts/" + contract + ".json";
    try (InputStream in = ChainClient.class.getResourceAsStream(file)) {
      String reason = "no " + file + " on the class path: the contracts were not compiled";
      if (in == null && System.getenv("CI") != null) {
        throw new AssertionError(reason + "; with CI set this is a failure");
      }
      Assumptions.assumeTrue(in != null, reason);
      String code = new ObjectMapper().readTree(in).get("bytecode").asText();
      byte[] tail = AbiSignature.parse(constructor).encodeArguments(arguments);
      Map<String, String> transaction = new LinkedHashMap<>();
      transaction.put("from", account(0).value());
      transaction.put("data", code + HexFormat.of().formatHex(tail));
      return new ChainAddress(receipt(transaction).get("contractAddress").asText());
    }
  }

  ChainAddress account(int number) {
    return anvil.signer(number).address();
  }

  /** A transaction of a funded account, in a block of its own, that must succeed. */
  JsonNode send(int from, ChainAddress to, Wei value, byte[] data) {
    Map<String, String> transaction = new LinkedHashMap<>();
    transaction.put("from", account(from).value());
    transaction.put("to", to.value());
    transaction.put("value", "0x" + value.value().toString(16));
    transaction.put("data", "0x" + HexFormat.of().formatHex(data));
    return receipt(transaction);
  }

  private JsonNode receipt(Map<String, String> transaction) {
    JsonNode hash = anvil.rpc("eth_sendTransaction", transaction);
    JsonNode receipt = anvil.rpc("eth_getTransactionReceipt", hash.asText());
    for (int tries = 0; receipt.isNull() && tries < 2_000; tries++) {
      Thread.onSpinWait(); // the block is made right after the transaction was taken
      receipt = anvil.rpc("eth_getTransactionReceipt", hash.asText());
    }
    if (!receipt.get("status").asText().equals("0x1")) {
      throw new AssertionError("reverted: " + receipt);
    }
    return receipt;
  }

  /** Wraps coins of an account and delegates them to itself. */
  void wrap(int account, long amount) {
    send(
        account,
        contracts.votes(),
        States.open(amount),
        AbiSignature.parse("deposit()").encodeCall());
    send(
        account,
        contracts.votes(),
        Wei.ZERO,
        AbiSignature.parse("delegate(address)").encodeCall(account(account)));
    anvil.advance(java.time.Duration.ofSeconds(2));
  }

  /** A proposal of an account's, whatever it says. */
  void propose(int account, List<RawCall> calls, byte[] description) {
    byte[] data =
        AbiSignature.parse("propose(address[],uint256[],bytes[],bytes)")
            .encodeCall(
                ProposalHash.targets(calls),
                ProposalHash.values(calls),
                ProposalHash.datas(calls),
                description);
    byte[] selector =
        AbiSignature.parse("propose(address[],uint256[],bytes[],string)").selector();
    System.arraycopy(selector, 0, data, 0, 4);
    send(account, contracts.governor(), Wei.ZERO, data);
  }

  void vote(int account, io.openledger.api.governance.ProposalId id, int support) {
    send(
        account,
        contracts.governor(),
        Wei.ZERO,
        AbiSignature.parse("castVote(uint256,uint8)")
            .encodeCall(id.value(), BigInteger.valueOf(support)));
  }

  Governance governance(int account) {
    return new Governance(
        client,
        new DirectOutbox(client, anvil.signer(account)),
        account(account),
        contracts,
        new LogProposals(client, contracts.governor(), 0),
        new GovernanceSettings(Finality.UNSAFE, Set.of("desk")));
  }

  StoreState state() {
    return new StoreReader(contracts.store()).now(ChainView.of(client, Finality.UNSAFE));
  }

  /** As it was after the deployment. A snapshot is used up by going back to it. */
  String fresh(String last) {
    anvil.revert(last.isEmpty() ? snapshot : last);
    return anvil.snapshot();
  }

  @Override
  public void close() {
    key.close();
    anvil.close();
  }
}
