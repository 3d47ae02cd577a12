package io.openledger.rollup.registration;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.chain.connector.verify.Finding;
import io.openledger.chain.connector.verify.ReportCheck;
import io.openledger.chain.merkle.ReceiptTree;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.rollup.support.QuickOutbox;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server's report against what the server anchored on a real node. */
final class ReportCheckTest {

  private static final String TEXT = "the tenant gives notice in writing three months before";

  private static final ScheduledExecutorService THREADS = Executors.newScheduledThreadPool(6);

  @TempDir static Path folder;
  private static DeployedChain chain;
  private static TestDatabase database;
  private static TestServer server;
  private static byte[] report;
  private static byte[] later;
  private static String proof;
  private static ChainAddress publisher;

  @BeforeAll
  static void anchorAndAsk() throws Exception {
    chain = DeployedChain.start(folder, THREADS);
    publisher = chain.anvil().signer(3).address();
    database = TestDatabase.h2();
    server =
        TestServer.start(
            database,
            folder.resolve("data"),
            new PlainAttribution(),
            new ScriptedServing(),
            Map.of());
    server.createClauses();
    server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
    register();
    Receipt receipt = ask();
    report = export(receipt);
    proof = anchorReceipt(receipt);
    // one that was accepted and is not anchored
    server
        .datanets()
        .contribute(CLAUSES, draft("ben", "quite another clause of the lease").build());
    later = export(ask());
  }

  private static Receipt ask() {
    Receipt receipt = server.model().complete(Prompt.text("it says " + TEXT)).receipt();
    TestServer.await(
        "the receipt is linked",
        () -> server.server().reports(APP).receipt(receipt.id()).orElseThrow().link().isPresent());
    return receipt;
  }

  private static byte[] export(Receipt receipt) {
    return server.server().reports(APP).export(receipt.id(), ReportFormat.JSON);
  }

  private static void register() {
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    try (JdbcOutbox outbox =
            new JdbcOutbox(
                store,
                chain.client(),
                chain.anvil().signer(3),
                "test",
                QuickOutbox.settings(Duration.ofMillis(20), Duration.ofSeconds(2)),
                THREADS,
                System::nanoTime);
        Registration registration =
            new Registration(
                store,
                outbox,
                chain.client(),
                new RegistrationSettings(
                    Hash256.sha256("deployment"),
                    chain.book().address(ContractName.DATANET_REGISTRY),
                    chain.book().address(ContractName.MODEL_REGISTRY),
                    publisher,
                    Duration.ZERO,
                    100),
                () -> server.server().models(APP).list().stream().map(ModelState::of).toList(),
                THREADS)) {
      outbox.start();
      TestServer.await(
          "all is anchored and final",
          () -> {
            registration.look();
            chain.anvil().mine(1);
            return registration.trouble().isEmpty()
                && database.number(
                        "SELECT COUNT(*) FROM ol_anchor_batches WHERE state = 'FINALIZED'")
                    == 2;
          });
    }
  }

  /** Anchors the receipt with another as epoch 1, and gives what a server says of its place. */
  private static String anchorReceipt(Receipt receipt) {
    Contract anchor = chain.book().contract(ContractName.ATTRIBUTION_ANCHOR);
    Hash256 salt = Hash256.sha256("ledger");
    send(anchor.address(), anchor.encode("register", salt.toBytes()));
    Hash256 ledger = Registration.id(publisher, salt);
    ReceiptTree tree = ReceiptTree.of(List.of(receipt.hash(), Hash256.sha256("another")));
    send(
        anchor.address(),
        anchor.encode(
            "anchor",
            ledger.toBytes(),
            BigInteger.ONE,
            tree.root().toBytes(),
            BigInteger.TWO,
            Hash256.ZERO.toBytes()));
    return "{\"ledger\":\"0x"
        + ledger
        + "\",\"epoch\":1,\"siblings\":[\"0x"
        + tree.proof(receipt.hash()).orElseThrow().get(0)
        + "\"]}";
  }

  private static void send(ChainAddress to, byte[] call) {
    SignedTransaction transaction =
        new Wallet(chain.client(), chain.anvil().signer(3), Wei.of(500_000_000_000L))
            .call(to, call);
    chain.client().broadcast(transaction);
    chain.anvil().awaitMined(transaction.hash());
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
    if (database != null) {
      database.close();
    }
    if (chain != null) {
      chain.close();
    }
    THREADS.shutdownNow();
  }

  private static List<Finding> check(byte[] file, ChainAddress by) {
    return new ReportCheck(chain.client(), chain.book(), by)
        .check(file, Optional.of(proof.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> failures(byte[] file) {
    return check(file, publisher).stream()
        .filter(f -> f.outcome() == Finding.Outcome.FAILS)
        .map(Finding::text)
        .toList();
  }

  @Test
  void holdsForWhatTheServerGaveOut() {
    List<Finding> findings = check(report, publisher);
    findings.forEach(System.out::println);
    assertThat(findings).noneMatch(f -> f.outcome() == Finding.Outcome.FAILS);
    assertThat(findings)
        .filteredOn(f -> f.outcome() == Finding.Outcome.OPEN)
        .as("the policy is the server's own")
        .hasSize(1);
    ModelInfo model = server.server().models(APP).list().get(0);
    assertThat(findings)
        .extracting(Finding::toString)
        .anyMatch(t -> t.startsWith("[ok] datanet clauses at version 1 has the root"))
        .anyMatch(t -> t.startsWith("[ok] model " + model.id() + " has the digest"))
        .anyMatch(t -> t.startsWith("[ok] the receipt is among those that were anchored"))
        .anyMatch(t -> t.startsWith("[ok] 1 contributions are what their leaves"));
  }

  /** Whatever digit of it is changed, a step fails. */
  @ParameterizedTest
  @CsvSource({
    "'\"completionTokens\":', the receipt states hash",
    "'\"fee\":\"', what is credited adds up",
    "'\"root\":\"', has root",
    "'\"digest\":\"', no anchored version has it",
    "'\"answer\":\"', the answer's text",
    "'\"commitment\":{\"acceptedAt\":\"', was committed to",
    "'\"leaf\":\"', was committed to",
    "'\"previous\":\"', link",
    "'\"value\":\"', link"
  })
  void failsIfAnythingWasChanged(String where, String failing) {
    String text = new String(report, StandardCharsets.UTF_8);
    int at = text.indexOf(where) + where.length();
    assertThat(at).isGreaterThanOrEqualTo(where.length());
    char changed = text.charAt(at) == '1' ? '2' : '1';
    byte[] forged =
        (text.substring(0, at) + changed + text.substring(at + 1)).getBytes(StandardCharsets.UTF_8);
    assertThat(String.join("\n", failures(forged))).contains(failing);
  }

  @Test
  void saysThatALaterVersionIsNotAnchored() {
    List<Finding> findings = check(later, publisher);
    assertThat(findings)
        .extracting(Finding::toString)
        .anyMatch(t -> t.startsWith("[??] datanet clauses at version 2 was not anchored"))
        .anyMatch(t -> t.startsWith("[NO] the receipt is not among those"));
  }

  @Test
  void findsNothingOfAnotherPublisher() {
    List<Finding> findings = check(report, chain.anvil().signer(7).address());
    assertThat(findings)
        .extracting(Finding::toString)
        .anyMatch(t -> t.startsWith("[??] datanet clauses at version 1: nothing is anchored by"))
        .anyMatch(t -> t.startsWith("[NO] ledger "));
  }

  @ParameterizedTest
  @CsvSource({
    "'[1]'",
    "'{}'",
    "'{\"format\":\"openledger-report-1\"}'",
    "'{\"format\":'",
    "'nothing'"
  })
  void refusesWhatIsNoReport(String text) {
    assertThatThrownBy(() -> check(text.getBytes(StandardCharsets.UTF_8), publisher))
        .isInstanceOf(OpenLedgerException.class);
  }
}
