package io.openledger.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.model.Prompt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.keys.NewKeystore;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The feature as a server has it, attached to a real node by its configuration alone: answers,
 * credits, an epoch, its root, and what arrives at people's addresses.
 */
@Timeout(180)
class WholeWayTest {

  private static final AccountId ANN = AccountId.parse("contributor:ann");
  private static final AccountId BOB = AccountId.parse("contributor:bob");
  private static final String CLAUSE =
      "the licensee shall keep written records of every copy that it makes of the manual";
  private static final String OTHER =
      "either party may end this agreement by notice in writing to the other at any time";

  /** The chain is looked at every one or two seconds: here twenty times as often. */
  private static final int HURRY = 20;

  @TempDir Path data;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Anvil anvil;
  private ChainClient client;
  private AddressBook book;
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    anvil = Anvil.start();
    client = DeployedChain.client(anvil, threads);
    Files.writeString(data.resolve("password"), "correct horse\n");
    ChainAddress key =
        NewKeystore.create(
            data.resolve("key.json"), "correct horse".toCharArray(), new SecureRandom());
    anvil.rpc("anvil_setBalance", key.value(), "0x" + BigInteger.TEN.pow(20).toString(16));
    book =
        Deployment.deploy(
            client,
            anvil.signer(0),
            DeploymentParameters.ready("development")
                .with("parameters.policy-hash", DeployedChain.POLICY.hex())
                .with("rewards.updater", key.value())
                .with("rewards.guardian", anvil.signer(2).address().value()));
    book.write(data.resolve("address-book.json"));
    database = database();
    server =
        TestServer.launch(
                database,
                data,
                ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow(),
                new ScriptedServing(),
                Map.of(
                    "openledger.chain.endpoints",
                    "anvil",
                    "openledger.chain.endpoints.anvil.url",
                    anvil.uri().toString(),
                    "openledger.chain.key",
                    "keystore_file",
                    "openledger.chain.key.file",
                    data.resolve("key.json").toString(),
                    "openledger.chain.key.password-file",
                    data.resolve("password").toString(),
                    "openledger.chain.fund-rewards",
                    "true",
                    "openledger.chain.least-claim-wei",
                    "1"),
                HURRY)
            .awaitModel();
    TestServer.await("the chain is attached", this::attached);
  }

  /** A new one. */
  TestDatabase database() throws Exception {
    return TestDatabase.h2();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      database.close();
    }
    anvil.close();
    threads.shutdownNow();
  }

  private boolean attached() {
    return !told().startsWith("not attached");
  }

  private String told() {
    return server.server().readiness().stream()
        .filter(check -> check.name().equals("rollup"))
        .map(Check::detail)
        .findFirst()
        .orElseThrow();
  }

  private Rollup rollup() {
    return server.server().rollup().orElseThrow();
  }

  private Claims claims() {
    return rollup().claims().orElseThrow();
  }

  private Wei earned(AccountId account) {
    return server.ledger().account(account).orElseThrow().earned();
  }

  private Wei balance(String contributor) {
    return client.balance(TestServer.address(contributor));
  }

  private Optional<ChainStanding.Known> told(AccountId account) {
    return server
                .ledger()
                .statement(account, Instant.EPOCH, Instant.now().plusSeconds(3600))
                .chain()
            instanceof ChainStanding.Known known
        ? Optional.of(known)
        : Optional.empty();
  }

  /** Closes an epoch, and waits until claims are proven against its root. */
  private Epoch settle() {
    Epoch epoch = server.ledger().closeEpoch();
    TestServer.await(
        "the root of epoch " + epoch.number() + " is on the chain",
        () ->
            rollup().epochs().orElseThrow().postings(epoch.number(), epoch.number()).stream()
                .anyMatch(
                    p ->
                        p.kind() == EpochPosting.Kind.ROOT
                            && p.state() == EpochPosting.State.WAITING));
    anvil.rpc("evm_increaseTime", 3601);
    anvil.mine(1);
    return epoch;
  }

  @Test
  void whatAnswersEarnArrivesAtPeoplesAddressesToTheWei() {
    server.createClauses();
    server.datanets().contribute(TestServer.CLAUSES, TestServer.draft("ann", CLAUSE).build());
    server.datanets().contribute(TestServer.CLAUSES, TestServer.draft("bob", OTHER).build());
    for (int i = 0; i < 3; i++) {
      server.model().complete(Prompt.text(CLAUSE));
    }
    server.model().complete(Prompt.text(OTHER));
    Wei ann = earned(ANN);
    Wei bob = earned(BOB);
    assertThat(ann.isZero()).isFalse();
    assertThat(bob.isZero()).isFalse();

    Epoch first = settle();
    assertThat(claims().of(ANN, OptionalLong.empty()).claimable()).isEqualTo(ann);
    assertThat(claims().pay(TestServer.APP, List.of(ANN, BOB))).hasSize(2);
    TestServer.await("ann is paid", () -> balance("ann").equals(ann));
    TestServer.await("bob is paid", () -> balance("bob").equals(bob));
    TestServer.await(
        "the statement tells what was posted and claimed",
        () ->
            told(ANN)
                .filter(t -> t.posted().equals(ann) && t.claimed().equals(ann))
                .filter(t -> t.claimable().isZero() && t.staked().isZero())
                .isPresent());
    assertThat(claims().of(ANN, OptionalLong.empty()).claimable()).isEqualTo(Wei.ZERO);

    server.model().complete(Prompt.text(CLAUSE));
    Epoch second = settle();
    assertThat(second.number()).isEqualTo(first.number() + 1);
    Wei more = earned(ANN);
    assertThat(more.compareTo(ann)).isPositive();
    assertThat(claims().of(ANN, OptionalLong.empty()).claimable()).isEqualTo(more.minus(ann));
    claims().pay(TestServer.APP, List.of(ANN));
    TestServer.await("ann is paid the rest, and no more", () -> balance("ann").equals(more));
    assertThat(balance("bob")).isEqualTo(bob);

    // what was put in is what was promised, and what is left is what was not claimed
    Wei funded =
        book.contract(ContractName.REWARD_DISTRIBUTOR)
            .read(client, Finality.UNSAFE, "funded")
            .wei("0");
    assertThat(funded).isEqualTo(second.total());
    assertThat(client.balance(book.address(ContractName.REWARD_DISTRIBUTOR)))
        .isEqualTo(funded.minus(more).minus(bob));
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void answersGoOnWhileTheNodeIsAwayAndNothingOfThemIsLost() {
    server.createClauses();
    server.datanets().contribute(TestServer.CLAUSES, TestServer.draft("ann", CLAUSE).build());
    server.model().complete(Prompt.text(CLAUSE));
    Wei before = earned(ANN);
    anvil.kill();
    TestServer.await("that is told", () -> told().contains(ErrorCode.CHAIN_UNAVAILABLE.id()));
    server.model().complete(Prompt.text(CLAUSE));
    Wei earned = earned(ANN);
    assertThat(earned.compareTo(before)).isPositive();
    Epoch epoch = server.ledger().closeEpoch();
    anvil.restart();
    TestServer.await(
        "it is read on", () -> told().contains("read to") && !told().contains("OPENLEDGER-"));
    TestServer.await(
        "the root that was posted meanwhile arrives",
        () ->
            rollup().epochs().orElseThrow().postings(epoch.number(), epoch.number()).stream()
                .anyMatch(p -> p.state() == EpochPosting.State.WAITING));
    assertThat(claims().of(ANN, OptionalLong.empty()).earned()).isEqualTo(earned);
  }
}
