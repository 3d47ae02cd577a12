package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.AdapterAdministration.Adapter;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.AdapterZip;
import io.openledger.runtime.support.FaultyDatabase;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of adapters that fail half-way, and files that are still needed. */
class AdapterFailureTest {

  private static final Caller ADMIN = Caller.user("rest", "root", Set.of(Role.ADMIN));
  private static final Caller BOB = Caller.user("rest", "bob", Set.of(Role.BUILDER, Role.USER));
  private static final ModelId DESK = new ModelId("desk");
  private static final ModelId TONE = new ModelId("tone");
  private static final Access MINE = new Access(Optional.empty(), Set.of());

  @TempDir Path data;
  private TestDatabase database;
  private FaultyDatabase faults;
  private ScriptedServing serving;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    database = TestDatabase.h2();
    faults = new FaultyDatabase(database);
    write("v1");
    restart();
  }

  private void restart() {
    if (server != null) {
      server.close();
    }
    serving = new ScriptedServing();
    server =
        TestServer.start(
            faults.database(),
            data,
            new PlainAttribution(),
            serving,
            Map.of("openledger.model.name", "base", "openledger.adapters.refresh", "PT0S"));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private void write(String weights) throws IOException {
    Files.createDirectories(data.resolve("adapters/desk"));
    Files.writeString(data.resolve("adapters/desk/adapter_model.safetensors"), weights);
  }

  private AdapterAdministration as(Caller caller) {
    return server.server().adapters(caller);
  }

  private Adapter upload(String weights, boolean replace) {
    return as(BOB).upload(TONE, AdapterZip.of(weights), replace, MINE, Optional.empty());
  }

  private static void is(Adapter adapter, String weights, long version) {
    assertThat(adapter.residency().model().digest()).isEqualTo(Hash256.sha256(weights));
    assertThat(adapter.residency().version()).isEqualTo(version);
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** Of uploaded adapters, what their files say. */
  private List<String> uploaded() throws IOException {
    List<String> weights = new ArrayList<>();
    try (Stream<Path> all = Files.walk(data.resolve("uploaded-adapters"))) {
      for (Path file : all.filter(f -> f.endsWith("adapter_model.safetensors")).toList()) {
        weights.add(Files.readString(file));
      }
    }
    return weights;
  }

  private Hash256 answered(ModelId model) {
    return server
        .server()
        .model(BOB, Optional.of(model))
        .complete(Prompt.text("hello"))
        .receipt()
        .body()
        .model()
        .digest();
  }

  @Test
  void adaptersThatWaitForTheStoreAreRefusedAsThatAndComeWithIt() {
    faults.refuse("SELECT last_change");
    restart();
    assertThat(models()).containsExactly("base");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> as(ADMIN).get(DESK));
    refused(
        ErrorCode.LEDGER_UNAVAILABLE,
        () -> as(BOB).upload(TONE, AdapterZip.unread(), false, MINE, Optional.empty()));
    refused(
        ErrorCode.LEDGER_UNAVAILABLE,
        () -> server.server().model(BOB, Optional.of(DESK)).complete(Prompt.text("hello")));
    assertThat(server.server().readiness())
        .filteredOn(c -> c.name().equals("adapters"))
        .allSatisfy(c -> assertThat(c.up()).as(c.detail()).isFalse())
        .hasSize(1);
    faults.refuse("");
    TestServer.await("they are there", () -> models().contains("desk"));
    is(as(ADMIN).get(DESK), "v1", 1);
  }

  private List<String> models() {
    return server.server().models(BOB).list().stream().map(m -> m.id().value()).toList();
  }

  @Test
  void reloadThatCannotBeWrittenDownTellsWhatAnswersNow() throws IOException {
    write("v2");
    faults.refuse("INSERT INTO ol_adapters");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> as(ADMIN).reloadFolder(DESK));
    faults.refuse("");
    // the folder has no former content any more: the engine has the new one
    is(as(ADMIN).get(DESK), "v2", 1);
    assertThat(answered(DESK)).isEqualTo(Hash256.sha256("v2"));
    is(as(ADMIN).reloadFolder(DESK), "v2", 2);
    restart();
    is(as(ADMIN).get(DESK), "v2", 2);
  }

  @Test
  void reloadOfABrokenFolderLeavesTheFormerVersion() throws IOException {
    Files.createFile(data.resolve("adapters/desk/broken"));
    refused(ErrorCode.ADAPTER_BROKEN, () -> as(ADMIN).reloadFolder(DESK));
    is(as(ADMIN).get(DESK), "v1", 1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_adapters")).isZero();
  }

  @Test
  void replacementThatCannotBeWrittenDownLeavesTheFormerVersion() throws IOException {
    upload("v1", false);
    faults.refuse("INSERT INTO ol_adapters");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> upload("v2", true));
    faults.refuse("");
    is(as(BOB).get(TONE), "v1", 1);
    // now that the store says which files it does not name
    as(BOB).grant(TONE, MINE);
    assertThat(uploaded()).containsExactly("v1");
    is(upload("v3", true), "v3", 2);
    restart();
    is(as(BOB).get(TONE), "v3", 2);
    assertThat(uploaded()).containsExactly("v3");
  }

  @Test
  void replacementWhoseCommitGaveNoAnswerIsThereWhenTheStoreHasIt() throws IOException {
    upload("v1", false);
    faults.loseAnswer("INSERT INTO ol_adapters");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> upload("v2", true));
    faults.loseAnswer("");
    is(as(BOB).get(TONE), "v1", 1);
    // the next change looks at the store first, and finds that it was kept
    refused(ErrorCode.ADAPTER_EXISTS, () -> as(BOB).grant(TONE, MINE));
    is(as(BOB).get(TONE), "v2", 2);
    assertThat(uploaded()).containsExactly("v2");
    restart();
    is(as(BOB).get(TONE), "v2", 2);
  }

  @Test
  void uploadWhoseCommitGaveNoAnswerIsThereWhenTheStoreHasIt() throws IOException {
    faults.loseAnswer("INSERT INTO ol_adapters");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> upload("v1", false));
    faults.loseAnswer("");
    refused(ErrorCode.ADAPTER_EXISTS, () -> upload("v2", false));
    as(ADMIN).reloadFolder(DESK);
    is(as(BOB).get(TONE), "v1", 1);
    assertThat(uploaded()).containsExactly("v1");
  }

  @Test
  void adapterThatTheEngineDoesNotLetGoIsGoneAtTheNextStart() throws IOException {
    upload("v1", false);
    serving.beforeUnregister(
        () -> {
          throw new IllegalStateException("as if the process ended here");
        });
    assertThatThrownBy(() -> as(BOB).unregister(TONE)).isInstanceOf(IllegalStateException.class);
    refused(ErrorCode.MODEL_UNKNOWN, () -> as(BOB).get(TONE));
    serving.beforeUnregister(() -> {});
    // its name is free, though the engine still had it
    is(upload("v2", false), "v2", 1);
    as(BOB).unregister(TONE);
    restart();
    refused(ErrorCode.MODEL_UNKNOWN, () -> as(BOB).get(TONE));
    assertThat(uploaded()).isEmpty();
  }

  @Test
  void adapterThatCannotBeTakenAwayInTheStoreIsStillThere() throws IOException {
    upload("v1", false);
    faults.refuse("DELETE FROM ol_adapters");
    refused(ErrorCode.LEDGER_UNAVAILABLE, () -> as(BOB).unregister(TONE));
    faults.refuse("");
    is(as(BOB).get(TONE), "v1", 1);
    assertThat(uploaded()).containsExactly("v1");
    restart();
    is(as(BOB).get(TONE), "v1", 1);
  }

  @Test
  void filesOfAFormerVersionStayUntilRequestsThatBeganBeforeHaveEnded() throws Exception {
    upload("v1", false);
    CountDownLatch within = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    serving.beforeAnswer(
        prompt -> {
          within.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> answers = new ArrayList<>();
      answers.add(threads.submit(() -> answered(TONE)));
      // which adapter it asks does not matter
      answers.add(threads.submit(() -> answered(DESK)));
      assertThat(within.await(20, TimeUnit.SECONDS)).isTrue();
      upload("v2", true);
      assertThat(uploaded()).containsExactlyInAnyOrder("v1", "v2");
      as(BOB).unregister(TONE);
      assertThat(uploaded()).containsExactlyInAnyOrder("v1", "v2");
      go.countDown();
      for (Future<?> answer : answers) {
        answer.get(20, TimeUnit.SECONDS);
      }
      assertThat(uploaded()).isEmpty();
    } finally {
      go.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void oneAdapterIsLookedUpWithoutLookingAtAll() {
    upload("v1", false);
    serving.residencies.set(0);
    as(BOB).get(TONE);
    as(BOB).load(TONE);
    as(BOB).list(Optional.empty(), 1);
    server.server().model(BOB, Optional.of(TONE)).info();
    assertThat(serving.residencies).hasValue(0);
  }

  @Test
  void listHasParts() {
    upload("v1", false);
    for (String name : List.of("alto", "bass")) {
      as(BOB).upload(new ModelId(name), AdapterZip.of(name), false, MINE, Optional.empty());
    }
    assertThat(names(Optional.empty(), 2)).containsExactly("alto", "bass");
    assertThat(names(Optional.of("bass"), 2)).containsExactly("desk", "tone");
    assertThat(names(Optional.of("c"), 1)).containsExactly("desk");
    assertThat(names(Optional.of("tone"), 5)).isEmpty();
    refused(ErrorCode.INVALID_ARGUMENT, () -> as(BOB).list(Optional.empty(), 0));
  }

  private List<String> names(Optional<String> after, int limit) {
    return as(BOB).list(after.map(ModelId::new), limit).stream()
        .map(a -> a.residency().model().id().value())
        .toList();
  }
}
