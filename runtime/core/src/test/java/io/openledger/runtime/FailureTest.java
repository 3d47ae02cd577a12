package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is broken is said, and the rest goes on. */
class FailureTest {

  private static final String TEXT = StoreContract.ONE;

  @TempDir Path data;
  private final PlainAttribution attribution = new PlainAttribution();
  private final ScriptedServing serving = new ScriptedServing();
  private TestDatabase database;

  @BeforeEach
  void open() {
    database = TestDatabase.h2();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Check check(TestServer server, String name) {
    return server.server().readiness().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void refused(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void missingCheckpointLeavesTheServerAliveAndIsNamed() {
    serving.refuse(
        new OpenLedgerException(
            ErrorCode.CHECKPOINT_MISSING, "no config.json", "a folder with one", "download it"));
    try (TestServer server = TestServer.launch(database, data, attribution, serving, Map.of())) {
      TestServer.await(
          "the reason is known", () -> check(server, "model").detail().contains("no config.json"));
      assertThat(check(server, "model").up()).isFalse();
      assertThat(check(server, "store").up()).isTrue();
      refused(ErrorCode.CHECKPOINT_MISSING, () -> server.model().complete(Prompt.text("hello")));
      refused(ErrorCode.CHECKPOINT_MISSING, () -> server.model().attribute("hello"));
      // what needs no model works, and is indexed when there is one
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      server.datanets().contribute(CLAUSES, draft("bob", TEXT + " indeed").build());
    }
    ScriptedServing whole = new ScriptedServing();
    try (TestServer server = TestServer.start(database, data, attribution, whole, Map.of())) {
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
      assertThat(
              server
                  .datanets()
                  .contribution(new io.openledger.api.datanet.ContributionId(CLAUSES, 2))
                  .orElseThrow()
                  .nearDuplicateOf())
          .isPresent();
    }
  }

  @Test
  void brokenAdapterIsSkippedByNameAndTheOthersServe() throws Exception {
    Files.createDirectories(data.resolve("adapters/good"));
    Files.createDirectories(data.resolve("adapters/torn"));
    Files.createDirectories(data.resolve("adapters/Not A Name"));
    Files.createFile(data.resolve("adapters/torn/broken"));
    try (TestServer server =
        TestServer.start(
            database,
            data,
            attribution,
            serving,
            Map.of(
                "openledger.adapters.good.builder", "builder-of-good",
                "openledger.model.default", "good"))) {
      assertThat(server.server().models(APP).list())
          .extracting(m -> m.id().value())
          .containsExactly("model", "good");
      assertThat(check(server, "adapters").up()).isFalse();
      assertThat(check(server, "adapters").detail()).contains("torn", "Not A Name");
      refused(ErrorCode.MODEL_UNKNOWN, () -> server.server().models(APP).open(new ModelId("torn")));
      server.model().complete(Prompt.text("hello there"));
      assertThat(
              server
                  .ledger()
                  .account(io.openledger.api.reward.AccountId.parse("party:builder-of-good")))
          .isPresent();
    }
  }

  @Test
  void databaseThatIsDownAtStartIsFoundWhenItComes() {
    TestDatabase absent = TestDatabase.open("jdbc:h2:tcp://127.0.0.1:1/none", "sa", "");
    try (TestServer server = TestServer.launch(absent, data, attribution, serving, Map.of())) {
      assertThat(check(server, "store").up()).isFalse();
      refused(ErrorCode.LEDGER_UNAVAILABLE, () -> server.datanets().list());
      TestServer.await("the model is loaded", () -> !server.server().models(APP).list().isEmpty());
      refused(ErrorCode.LEDGER_UNAVAILABLE, () -> server.model().complete(Prompt.text("hello")));
    } finally {
      absent.close();
    }
  }

  @Test
  void databaseThatGoesDuringAnAnswerChargesNothingAndSaysSo() {
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      serving.beforeAnswer(prompt -> database.pool().close());
      refused(ErrorCode.LEDGER_UNAVAILABLE, () -> server.model().complete(Prompt.text(TEXT)));
      assertThat(check(server, "store").up()).isFalse();
    }
    try (TestDatabase again = TestDatabase.open(database.url(), "sa", "")) {
      assertThat(again.number("SELECT COUNT(*) FROM ol_receipts")).isZero();
      assertThat(again.number("SELECT COUNT(*) FROM ol_entries")).isZero();
    }
  }

  @Test
  void tornIndexIsRebuiltFromTheStore() throws Exception {
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
    }
    Files.write(data.resolve("index/clauses/1.doc"), new byte[] {1, 2, 3});
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
      assertThat(check(server, "index").up()).isTrue();
    }
  }

  @Test
  void indexThatCouldNotFollowTriesAgainWithoutBeingAsked() {
    attribution.failOpens(
        Optional.of(
            () -> new OpenLedgerException(ErrorCode.INDEX_IO, "a full disk", "room", "make some")));
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      TestServer.await("the trouble is told", () -> !check(server, "index").up());
      assertThat(check(server, "index").detail()).contains("clauses", "a full disk");
      attribution.failOpens(Optional.empty());
      TestServer.await("the index is ready again", () -> check(server, "index").up());
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
    }
  }

  @Test
  void indexOfAnotherTokenizerIsRebuilt() {
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
    }
    serving.tokenizer("other words");
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
    }
  }

  @Test
  void indexOfAnotherDatabaseIsNotBelieved() {
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      assertThat(server.model().attribute(TEXT).spans()).hasSize(1);
    }
    try (TestDatabase replaced = TestDatabase.h2();
        TestServer server = TestServer.start(replaced, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("bob", StoreContract.TWO).build());
      assertThat(server.model().attribute(TEXT).spans()).isEmpty();
      assertThat(server.model().attribute(StoreContract.TWO).spans()).hasSize(1);
    }
  }

  @Test
  void indexThatLacksAndExceedsTheStoreIsReconciled() throws Exception {
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      server.datanets().contribute(CLAUSES, draft("bob", StoreContract.TWO).build());
      server.model().attribute(TEXT);
    }
    // as a crash between commit and append leaves it, and as a defect might
    Path index = data.resolve("index/clauses");
    Files.move(index.resolve("2.doc"), index.resolve("77.doc"));
    try (TestServer server = TestServer.start(database, data, attribution, serving, Map.of())) {
      assertThat(server.model().attribute(StoreContract.TWO).spans().get(0).contributions())
          .containsExactly(new io.openledger.api.datanet.ContributionId(CLAUSES, 2));
    }
    try (Stream<Path> files = Files.list(index)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("1.doc", "2.doc", "tokenizer");
    }
  }

  @Test
  void wrongAddressOfAPartyIsRefusedOnStart() {
    String mistyped = "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    refused(
        ErrorCode.CONFIGURATION_INVALID,
        () ->
            TestServer.launch(
                database,
                data,
                attribution,
                serving,
                Map.of("openledger.operator-address", mistyped)));
  }

  @Test
  void closedServerRefusesAndClosesTwice() {
    TestServer server = TestServer.start(database, data, attribution, serving, Map.of());
    server.server().close();
    server.server().close();
    refused(ErrorCode.NOT_READY, () -> server.model().complete(Prompt.text("hello")));
    refused(
        ErrorCode.NOT_READY, () -> server.server().model(APP, Optional.empty()).attribute("hello"));
    server.close();
  }
}
