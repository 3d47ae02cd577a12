package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of adapters may be stored, and how many uploads are taken at once. */
class AdapterLimitsTest {

  private static final Caller BOB = Caller.user("rest", "bob", Set.of(Role.BUILDER));
  private static final Caller EVE = Caller.user("rest", "eve", Set.of(Role.BUILDER));
  private static final Caller ANN = Caller.user("rest", "ann", Set.of(Role.BUILDER));

  @TempDir Path data;
  private final TestDatabase database = TestDatabase.h2();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private TestServer server;

  private void start(String... limits) {
    Map<String, String> keys = new HashMap<>(Map.of("openledger.model.name", "base"));
    for (int i = 0; i < limits.length; i += 2) {
      keys.put("openledger.limits." + limits[i], limits[i + 1]);
    }
    server = TestServer.start(database, data, new PlainAttribution(), new ScriptedServing(), keys);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    server.close();
    database.close();
  }

  private Adapter upload(Caller caller, String name, InputStream zip, boolean replace) {
    return server
        .server()
        .adapters(caller)
        .upload(
            new ModelId(name),
            zip,
            replace,
            new Access(Optional.empty(), Set.of()),
            Optional.empty());
  }

  private Adapter upload(Caller caller, String name, String weights) {
    return upload(caller, name, AdapterZip.of(weights), false);
  }

  private Future<Adapter> begun(Caller caller, String name, AdapterZip.Standing zip)
      throws InterruptedException {
    Future<Adapter> upload = threads.submit(() -> upload(caller, name, zip, false));
    zip.awaitReading();
    return upload;
  }

  private static void full(String says, ThrowingCallable call) {
    OpenLedgerException refusal = catchThrowableOfType(OpenLedgerException.class, call);
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(ErrorCode.ADAPTER_QUOTA);
    assertThat(refusal.code().category()).isEqualTo(ErrorCode.Category.CONFLICT);
    assertThat(refusal).hasMessageContaining(says);
  }

  private List<Path> uploaded() throws Exception {
    try (Stream<Path> all = Files.walk(data.resolve("uploaded-adapters"))) {
      return all.filter(f -> f.getFileName().toString().startsWith("adapter_")).toList();
    }
  }

  @Test
  void fullServerSaysSoBeforeAByteIsRead() {
    start("adapters", "1");
    upload(BOB, "one", "v1");
    full("openledger.limits.adapters", () -> upload(EVE, "two", AdapterZip.unread(), false));
    // in its place there is room
    assertThat(upload(BOB, "one", AdapterZip.of("v2"), true).residency().version()).isEqualTo(2);
  }

  @Test
  void foldersOfTheAdministratorAreNotCounted() throws Exception {
    Files.createDirectories(data.resolve("adapters/desk"));
    start("adapters", "1");
    assertThat(upload(BOB, "one", "v1").residency().version()).isEqualTo(1);
  }

  @Test
  void ownerWithAsManyAdaptersAsAllowedIsToldBeforeAByteIsRead() {
    start("tenant-adapters", "1");
    upload(BOB, "one", "v1");
    full("openledger.limits.tenant-adapters", () -> upload(BOB, "two", AdapterZip.unread(), false));
    upload(EVE, "three", "v1");
    server.server().adapters(BOB).unregister(new ModelId("one"));
    upload(BOB, "two", "v1");
  }

  @Test
  void bytesOfAnOwnerAreBounded() throws Exception {
    // the configuration has 2 bytes
    start("tenant-adapter-bytes", "20");
    full("tenant-adapter-bytes", () -> upload(BOB, "one", "w".repeat(19)));
    assertThat(uploaded()).isEmpty();
    upload(BOB, "one", "w".repeat(18));
    full("tenant-adapter-bytes", () -> upload(BOB, "two", AdapterZip.unread(), false));
    upload(EVE, "two", "w".repeat(18));
    // what is replaced is not counted beside what replaces it
    upload(BOB, "one", AdapterZip.of("v".repeat(18)), true);
    assertThat(uploaded()).hasSize(4);
  }

  @Test
  void uploadsAtOnceAreBoundedInAllAndOfOneTenant() throws Exception {
    start("adapter-uploads", "2", "tenant-adapter-uploads", "1");
    AdapterZip.Standing first = new AdapterZip.Standing("v1");
    AdapterZip.Standing second = new AdapterZip.Standing("v1");
    Future<Adapter> one = begun(BOB, "one", first);
    BusyException own =
        catchThrowableOfType(
            BusyException.class, () -> upload(BOB, "own", AdapterZip.unread(), false));
    assertThat(own).hasMessageContaining("of one tenant");
    assertThat(own.retryAfter()).isPositive();
    Future<Adapter> two = begun(EVE, "two", second);
    assertThatThrownBy(() -> upload(ANN, "three", AdapterZip.unread(), false))
        .isInstanceOf(BusyException.class)
        .hasMessageContaining("at most 2 at once");
    first.release();
    one.get(20, TimeUnit.SECONDS);
    upload(ANN, "three", "v1");
    upload(BOB, "own", "v1");
    second.release();
    two.get(20, TimeUnit.SECONDS);
  }

  @Test
  void uploadThatFailsGivesItsPlaceBack() {
    start("adapter-uploads", "1");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> upload(BOB, "one", InputStream.nullInputStream(), false))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_BROKEN));
    }
    upload(BOB, "one", "v1");
  }

  @Test
  void lastPlaceIsGivenOnceThoughTwoUploadForIt() throws Exception {
    start("adapters", "1");
    AdapterZip.Standing first = new AdapterZip.Standing("v1");
    AdapterZip.Standing second = new AdapterZip.Standing("v1");
    Future<Adapter> one = begun(BOB, "one", first);
    Future<Adapter> two = begun(EVE, "two", second);
    first.release();
    one.get(20, TimeUnit.SECONDS);
    second.release();
    full(
        "openledger.limits.adapters",
        () -> {
          try {
            two.get(20, TimeUnit.SECONDS);
          } catch (ExecutionException e) {
            throw e.getCause();
          }
        });
    assertThat(uploaded()).hasSize(2);
    assertThat(server.server().adapters(EVE).list()).isEmpty();
  }
}
