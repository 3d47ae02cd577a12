package io.openledger.rollup.governance;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.support.QuickOutbox;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A governance on a real node: voting begins 1 hour after a proposal and takes 1 hour, the timelock
 * 60 s, a change 60 s; 30 days between changes. A proposer needs 100 votes, the quorum is 5 % and
 * not below 1 000.
 */
final class GovernedChain implements AutoCloseable {

  /** The one policy that a server here has the rules of. */
  static final Hash256 CONFIGURED = Hash256.sha256("policy 2");

  final Anvil anvil = Anvil.start();
  final ChainClient client;
  final AddressBook book;
  final GovernanceContracts contracts;
  final Deployed deployed;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "governance-test");
            thread.setDaemon(true);
            return thread;
          });

  GovernedChain() {
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, Runnable::run));
    DeploymentParameters parameters = DeploymentParameters.ready("development");
    for (Map.Entry<String, String> each :
        Map.ofEntries(
                Map.entry("governor.proposal-threshold", "100"),
                Map.entry("governor.voting-delay", "PT1H"),
                Map.entry("governor.voting-period", "PT1H"),
                Map.entry("governor.quorum-percent", "5"),
                Map.entry("governor.quorum-floor", "1000"),
                Map.entry("governor.late-quorum-extension", "PT30M"),
                Map.entry("timelock.delay", "PT1M"),
                Map.entry("parameters.change-delay", "PT1M"),
                Map.entry("parameters.cooldown", "P30D"),
                Map.entry("parameters.epoch-length", "PT1H"),
                Map.entry("parameters.epoch-length.minimum", "PT1M"),
                Map.entry("parameters.activation-delay", "P1D"),
                Map.entry("parameters.activation-delay.minimum", "PT1H"),
                Map.entry("parameters.activation-delay.maximum", "P14D"),
                Map.entry("parameters.policy-hash", Hash256.sha256("policy 1").hex()),
                Map.entry("rewards.updater", account(1).value()),
                Map.entry("rewards.guardian", account(2).value()))
            .entrySet()) {
      parameters = parameters.with(each.getKey(), each.getValue());
    }
    book = Deployment.deploy(client, anvil.signer(0), parameters);
    contracts = GovernanceContracts.of(book);
    deployed = Deployed.of(book, book.governor().orElseThrow());
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
    anvil.awaitMined(Hash256.parse(hash.asText()));
    JsonNode receipt = anvil.rpc("eth_getTransactionReceipt", hash.asText());
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
    anvil.advance(Duration.ofSeconds(2));
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
    byte[] selector = AbiSignature.parse("propose(address[],uint256[],bytes[],string)").selector();
    System.arraycopy(selector, 0, data, 0, 4);
    send(account, contracts.governor(), Wei.ZERO, data);
  }

  void vote(int account, ProposalId id, int support) {
    send(
        account,
        contracts.governor(),
        Wei.ZERO,
        AbiSignature.parse("castVote(uint256,uint8)")
            .encodeCall(id.value(), BigInteger.valueOf(support)));
  }

  /** A server of its own, with the key of an account and a database that is empty. */
  Governance governance(int account) {
    TestDatabase database = TestDatabase.h2();
    opened.add(database);
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    JdbcOutbox outbox =
        new JdbcOutbox(
            store,
            client,
            anvil.signer(account),
            "test",
            QuickOutbox.settings(Duration.ofMillis(5), Duration.ofSeconds(30)),
            executor,
            System::nanoTime);
    outbox.start();
    opened.add(outbox);
    return new Governance(
        client,
        outbox,
        account(account),
        contracts,
        deployed,
        new LogProposals(client, contracts.governor(), book.block()),
        (named, split) -> named.hash().equals(CONFIGURED),
        new GovernanceSettings(Finality.UNSAFE, Set.of("desk")));
  }

  /** Waits until a step is in a block; it must succeed there. */
  static Submission done(Governance governance, Submission step) throws InterruptedException {
    for (int tries = 0; tries < 4_000; tries++) {
      Submission now =
          governance.submissions(step.proposal()).stream()
              .filter(s -> s.key().equals(step.key()))
              .findFirst()
              .orElseThrow();
      if (now.progress().compareTo(Submission.Progress.UNSAFE) >= 0) {
        if (now.progress().compareTo(Submission.Progress.FINALIZED) > 0) {
          throw new AssertionError(now.toString());
        }
        return now;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("not in a block: " + step);
  }

  Duration activationDelay() {
    return state().distributor().orElseThrow().delay().orElseThrow();
  }

  /** Account 3 owns the distributor from now on. */
  void disown() {
    anvil.rpc("anvil_impersonateAccount", contracts.timelock().value());
    anvil.setBalance(contracts.timelock(), States.open(1));
    ChainAddress distributor = contracts.distributor().orElseThrow();
    Map<String, String> offer = new LinkedHashMap<>();
    offer.put("from", contracts.timelock().value());
    offer.put("to", distributor.value());
    offer.put(
        "data",
        "0x"
            + HexFormat.of()
                .formatHex(
                    AbiSignature.parse("transferOwnership(address)").encodeCall(account(3))));
    receipt(offer);
    send(3, distributor, Wei.ZERO, AbiSignature.parse("acceptOwnership()").encodeCall());
  }

  StoreState state() {
    return new StoreReader(contracts).now(ChainView.of(client, Finality.UNSAFE));
  }

  /** Ends the servers that were made. */
  void forget() {
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    opened.clear();
  }

  @Override
  public void close() {
    forget();
    executor.shutdownNow();
    anvil.close();
  }
}
