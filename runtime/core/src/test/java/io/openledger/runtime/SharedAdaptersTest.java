package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.AdapterAdministration.Adapter;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.AdapterZip;
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

/** Two servers on one store, with a directory of uploads that they share, or one each. */
class SharedAdaptersTest {

  private static final Caller ADMIN = Caller.user("rest", "root", Set.of(Role.ADMIN));
  private static final Caller BOB = Caller.user("rest", "bob", Set.of(Role.BUILDER, Role.USER));
  private static final Caller EVE = Caller.user("rest", "eve", Set.of(Role.BUILDER, Role.USER));
  private static final ModelId TONE = new ModelId("tone");
  private static final ModelId DESK = new ModelId("desk");
  private static final Access MINE = new Access(Optional.empty(), Set.of());

  @TempDir Path data;
  private TestDatabase database;
  private TestServer one;
  private TestServer other;

  @BeforeEach
  void start() throws IOException {
    database = TestDatabase.h2();
    one = server("one", "PT1S");
  }

  private TestServer server(String name, String refresh) throws IOException {
    Files.createDirectories(data.resolve(name).resolve("adapters/desk"));
    return TestServer.start(
        database,
        data.resolve(name),
        new PlainAttribution(),
        new ScriptedServing(),
        Map.of("openledger.model.name", "base", "openledger.adapters.refresh", refresh));
  }

  /** Another server, which has the first one's directory of uploads. */
  private void share(String refresh) throws IOException {
    Path uploads = Files.createDirectories(data.resolve("one/uploaded-adapters"));
    Files.createDirectories(data.resolve("other"));
    Files.createSymbolicLink(data.resolve("other/uploaded-adapters"), uploads);
    other = server("other", refresh);
  }

  @AfterEach
  void stop() {
    one.close();
    if (other != null) {
      other.close();
    }
    database.close();
  }

  private static AdapterAdministration on(TestServer server, Caller caller) {
    return server.server().adapters(caller);
  }

  private static Adapter upload(TestServer server, String weights, boolean replace) {
    return on(server, BOB).upload(TONE, AdapterZip.of(weights), replace, MINE, Optional.empty());
  }

  private static List<String> models(TestServer server, Caller caller) {
    return server.server().models(caller).list().stream().map(m -> m.id().value()).toList();
  }

  private List<String> uploaded() throws IOException {
    List<String> weights = new ArrayList<>();
    try (Stream<Path> all = Files.walk(data.resolve("one/uploaded-adapters"))) {
      for (Path file : all.filter(f -> f.endsWith("adapter_model.safetensors")).toList()) {
        weights.add(Files.readString(file));
      }
    }
    return weights;
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void adapterOfOneServerIsFoundOnTheOtherWhenItIsAskedFor() throws Exception {
    share("PT0S");
    upload(one, "v1", false);
    assertThat(other.server().model(BOB, Optional.of(TONE)).info().digest())
        .isEqualTo(Hash256.sha256("v1"));
    refused(ErrorCode.MODEL_UNKNOWN, () -> on(other, EVE).get(TONE));
  }

  @Test
  void changesOfOneServerAreTakenUpByTheOther() throws Exception {
    share("PT1S");
    upload(one, "v1", false);
    TestServer.await("it is there", () -> models(other, BOB).contains("tone"));
    on(one, BOB).grant(TONE, new Access(Optional.empty(), Set.of("user:eve")));
    TestServer.await("it is granted", () -> models(other, EVE).contains("tone"));
    upload(one, "v2", true);
    TestServer.await("it is replaced", () -> on(other, EVE).get(TONE).residency().version() == 2);
    assertThat(on(other, EVE).get(TONE).residency().model().digest())
        .isEqualTo(Hash256.sha256("v2"));
    on(one, BOB).grant(TONE, MINE);
    TestServer.await("the grant is gone", () -> !models(other, EVE).contains("tone"));
    on(one, ADMIN).pin(TONE, true);
    TestServer.await("it is pinned", () -> on(other, BOB).get(TONE).residency().pinned());
    on(one, BOB).unregister(TONE);
    TestServer.await("it is gone", () -> !models(other, BOB).contains("tone"));
    on(one, ADMIN).grant(DESK, new Access(Optional.of("user:bob"), Set.of()));
    TestServer.await("the folder is restricted", () -> !models(other, EVE).contains("desk"));
  }

  @Test
  void bothMayChangeAnAdapterOneAfterTheOtherAndNothingIsOverwritten() throws Exception {
    share("PT0S");
    upload(one, "v1", false);
    on(other, BOB).get(TONE);
    on(one, BOB).grant(TONE, new Access(Optional.empty(), Set.of("user:eve")));
    // the other has not heard of the grant: its change is refused, and not made of what it knew
    refused(ErrorCode.ADAPTER_EXISTS, () -> upload(other, "v2", true));
    Adapter second = upload(other, "v2", true);
    assertThat(second.residency().access().granted()).containsExactly("user:eve");
    refused(ErrorCode.ADAPTER_EXISTS, () -> on(one, ADMIN).pin(TONE, true));
    assertThat(on(one, ADMIN).pin(TONE, true).residency().version()).isEqualTo(2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_adapters WHERE version = 2 AND pinned"))
        .isEqualTo(1);
  }

  @Test
  void nameIsGivenOnceThoughBothServersGiveItAtTheSameTime() throws Exception {
    share("PT0S");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      AdapterZip.Standing first = new AdapterZip.Standing("first");
      AdapterZip.Standing second = new AdapterZip.Standing("second");
      Future<Adapter> here =
          threads.submit(() -> on(one, BOB).upload(TONE, first, false, MINE, Optional.empty()));
      Future<Adapter> there =
          threads.submit(() -> on(other, EVE).upload(TONE, second, false, MINE, Optional.empty()));
      first.awaitReading();
      second.awaitReading();
      first.release();
      here.get(20, TimeUnit.SECONDS);
      second.release();
      assertThatThrownBy(() -> there.get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_EXISTS));
    } finally {
      threads.shutdownNow();
    }
    assertThat(uploaded()).containsExactly("first");
    assertThat(models(other, BOB)).contains("tone");
    assertThat(models(other, EVE)).doesNotContain("tone");
  }

  @Test
  void startOfTheOtherRemovesNothingThatTheFirstIsDoing() throws Exception {
    upload(one, "v1", false);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      AdapterZip.Standing zip = new AdapterZip.Standing("v2");
      Future<Adapter> upload =
          threads.submit(() -> on(one, BOB).upload(TONE, zip, true, MINE, Optional.empty()));
      zip.awaitReading();
      Path unnamed =
          data.resolve("one/uploaded-adapters/tone/00000000-0000-4000-8000-000000000000");
      Files.createDirectories(unnamed);
      share("PT0S");
      assertThat(unnamed).as("it may be about to be named").exists();
      zip.release();
      assertThat(upload.get(20, TimeUnit.SECONDS).residency().version()).isEqualTo(2);
    } finally {
      threads.shutdownNow();
    }
    assertThat(uploaded()).as("the other may still read it").containsExactlyInAnyOrder("v1", "v2");
    one.close();
    other.close();
    other = server("other", "PT0S");
    assertThat(uploaded()).containsExactly("v2");
  }

  @Test
  void serverWithoutTheFilesSaysSoAndLeavesTheAdapterToTheOther() throws Exception {
    other = server("other", "PT1S");
    upload(one, "v1", false);
    TestServer.await(
        "the other says what it lacks",
        () ->
            other.server().readiness().stream()
                .anyMatch(
                    c ->
                        c.name().equals("adapters")
                            && !c.up()
                            && c.detail().contains("not on this server")));
    assertThat(models(other, BOB)).doesNotContain("tone");
    assertThat(models(one, BOB)).contains("tone");
    // one that it has is not answered once its owner replaced it elsewhere
    ModelId mine = new ModelId("mine");
    on(other, BOB).upload(mine, AdapterZip.of("m1"), false, MINE, Optional.empty());
    TestServer.await("the first knows", () -> !up(one));
    on(one, BOB).unregister(TONE);
    TestServer.await("the other forgot", () -> up(other));
    assertThat(models(other, BOB)).contains("mine");
  }

  private static boolean up(TestServer server) {
    return server.server().readiness().stream()
        .filter(c -> c.name().equals("adapters"))
        .allMatch(OpenLedgerServer.Check::up);
  }

  @Test
  void folderOfTheOtherDoesNotBecomeEverybodysWhenAnUploadOfItsNameIsTakenAway() throws Exception {
    share("PT1S");
    on(one, ADMIN).grant(DESK, new Access(Optional.of("user:bob"), Set.of()));
    on(one, BOB).upload(DESK, AdapterZip.of("v2"), true, MINE, Optional.empty());
    TestServer.await(
        "the other has it", () -> on(other, ADMIN).get(DESK).residency().version() == 2);
    Files.delete(data.resolve("one/adapters/desk"));
    on(one, BOB).unregister(DESK);
    TestServer.await("it is gone", () -> !models(other, BOB).contains("desk"));
    other.close();
    other = server("other", "PT0S");
    assertThat(models(other, EVE)).containsExactly("base");
  }
}
