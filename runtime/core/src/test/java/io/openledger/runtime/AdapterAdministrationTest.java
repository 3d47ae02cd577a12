package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Prompt;
import io.openledger.api.spi.AdapterResidency.Tier;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.AdapterAdministration.Adapter;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters with owners and grants: who sees, asks and changes them, and what a restart keeps. */
class AdapterAdministrationTest {

  private static final Caller ADMIN = Caller.user("rest", "root", Set.of(Role.ADMIN));
  private static final Caller BOB = Caller.user("rest", "bob", Set.of(Role.BUILDER, Role.USER));
  private static final Caller EVE = Caller.user("rest", "eve", Set.of(Role.BUILDER, Role.USER));
  private static final Caller SHOP = Caller.application("shop");
  private static final ModelId TONE = new ModelId("tone");
  private static final Access MINE = new Access(Optional.empty(), Set.of());

  @TempDir Path data;
  private TestDatabase database;
  private ScriptedServing serving;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    database = TestDatabase.h2();
    Files.createDirectories(data.resolve("adapters/desk"));
    restart();
  }

  private void restart() {
    if (server != null) {
      server.close();
    }
    serving = new ScriptedServing();
    server =
        TestServer.start(
            database,
            data,
            new PlainAttribution(),
            serving,
            Map.of(
                "openledger.model.name", "base",
                "openledger.serving.slots", "2",
                "openledger.limits.adapter-bytes", "4096",
                "openledger.limits.adapter-grants", "2"));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private AdapterAdministration as(Caller caller) {
    return server.server().adapters(caller);
  }

  private List<String> models(Caller caller) {
    return server.server().models(caller).list().stream().map(m -> m.id().value()).toList();
  }

  private static InputStream zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        String[] parts = name.split("=", 2);
        zip.putNextEntry(new ZipEntry(parts[0]));
        zip.write((parts.length > 1 ? parts[1] : "{}").getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static InputStream adapter(String weights) throws IOException {
    return zip("adapter_config.json", "adapter_model.safetensors=" + weights);
  }

  private Adapter upload(Caller caller, String weights, boolean replace) throws IOException {
    return as(caller).upload(TONE, adapter(weights), replace, MINE, Optional.empty());
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private List<Path> uploaded() throws IOException {
    Path root = data.resolve("uploaded-adapters");
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      // but for the lock by which servers that share the directory know of each other
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(root.resolve(".servers")))
          .sorted()
          .toList();
    }
  }

  @Test
  void folderIsEverybodys() {
    assertThat(models(SHOP)).containsExactly("base", "desk");
    assertThat(as(EVE).list()).hasSize(1);
    assertThat(as(ADMIN).get(new ModelId("desk")).origin())
        .isEqualTo(AdapterAdministration.Origin.FOLDER);
  }

  @Test
  void uploadIsItsOwnersAndToOthersDoesNotExist() throws Exception {
    Adapter made = upload(BOB, "v1", false);
    assertThat(made.residency().access().owner()).isEqualTo("user:bob");
    assertThat(made.residency().version()).isEqualTo(1);
    assertThat(models(BOB)).containsExactly("base", "desk", "tone");
    assertThat(models(EVE)).containsExactly("base", "desk");
    assertThat(as(EVE).list()).hasSize(1);
    assertThat(as(ADMIN).list()).hasSize(2);
    assertThat(server.server().model(BOB, Optional.of(TONE)).complete(Prompt.text("a b")).text())
        .isEqualTo("a b");
    String hidden = message(() -> server.server().model(EVE, Optional.of(TONE)).info());
    String absent =
        message(() -> server.server().model(EVE, Optional.of(new ModelId("nope"))).info());
    assertThat(hidden).isEqualTo(absent.replace("nope", "tone"));
    refused(ErrorCode.MODEL_UNKNOWN, () -> as(EVE).get(TONE));
    refused(ErrorCode.MODEL_UNKNOWN, () -> as(EVE).unregister(TONE));
    refused(ErrorCode.MODEL_UNKNOWN, () -> upload(EVE, "stolen", true));
  }

  @Test
  void folderDoesNotBecomeEverybodysWhenItsReplacementIsTakenAway() throws Exception {
    ModelId desk = new ModelId("desk");
    as(ADMIN).grant(desk, new Access(Optional.of("user:bob"), Set.of()));
    as(BOB).upload(desk, adapter("v2"), true, MINE, Optional.empty());
    as(BOB).unregister(desk);
    restart();
    assertThat(models(EVE)).containsExactly("base");
    assertThat(models(BOB)).containsExactly("base");
  }

  @Test
  void nameOfAFolderThatCannotBeRegisteredIsNotForUploads() throws Exception {
    Files.createDirectories(data.resolve("adapters/legal/broken"));
    restart();
    assertThat(models(EVE)).doesNotContain("legal");
    refused(
        ErrorCode.ADAPTER_EXISTS,
        () -> as(EVE).upload(new ModelId("legal"), adapter("v1"), false, MINE, Optional.empty()));
    assertThat(uploaded()).isEmpty();
  }

  @Test
  void granteeSeesNoOtherGrantees() throws Exception {
    upload(BOB, "v1", false);
    as(BOB).grant(TONE, new Access(Optional.empty(), Set.of("user:eve", "application:shop")));
    assertThat(as(EVE).get(TONE).residency().access().granted()).containsExactly("user:eve");
    assertThat(as(BOB).get(TONE).residency().access().granted()).hasSize(2);
  }

  @Test
  void uploadThatCannotBeRegisteredAnyMoreCanBeTakenAwayByItsOwner() throws Exception {
    upload(BOB, "v1", false);
    Files.createFile(uploaded().get(0).resolveSibling("broken"));
    restart();
    assertThat(models(BOB)).doesNotContain("tone");
    refused(ErrorCode.MODEL_UNKNOWN, () -> as(EVE).unregister(TONE));
    as(BOB).unregister(TONE);
    upload(BOB, "v2", false);
    assertThat(models(BOB)).contains("tone");
  }

  private static String message(ThrowingCallable call) {
    Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
    assertThat(thrown).isInstanceOf(OpenLedgerException.class);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void grantedTenantAsksAndDoesNotChange() throws Exception {
    upload(BOB, "v1", false);
    as(BOB).grant(TONE, new Access(Optional.empty(), Set.of("user:eve", "application:shop")));
    assertThat(models(EVE)).contains("tone");
    assertThat(models(SHOP)).contains("tone");
    server.server().model(SHOP, Optional.of(TONE)).complete(Prompt.text("hello"));
    assertThat(serving.requests.get(0).scheduling().tenant()).isEqualTo("application:shop");
    refused(ErrorCode.FORBIDDEN, () -> as(EVE).grant(TONE, MINE));
    refused(ErrorCode.FORBIDDEN, () -> as(EVE).unload(TONE));
    refused(ErrorCode.FORBIDDEN, () -> as(SHOP).load(TONE));
    as(BOB).grant(TONE, MINE);
    assertThat(models(EVE)).doesNotContain("tone");
  }

  @Test
  void grantsAreBoundedAndNameTenants() throws Exception {
    upload(BOB, "v1", false);
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> as(BOB).grant(TONE, new Access(Optional.empty(), Set.of("role:x"))));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            as(BOB)
                .grant(TONE, new Access(Optional.empty(), Set.of("user:a", "user:b", "user:c"))));
    refused(
        ErrorCode.FORBIDDEN,
        () -> as(BOB).grant(TONE, new Access(Optional.of("user:eve"), Set.of())));
    as(ADMIN).grant(TONE, new Access(Optional.of("user:eve"), Set.of()));
    assertThat(models(BOB)).doesNotContain("tone");
    assertThat(models(EVE)).contains("tone");
  }

  @Test
  void replacementKeepsAccessAndCountsVersionsOverARestart() throws Exception {
    upload(BOB, "v1", false);
    as(BOB).grant(TONE, new Access(Optional.empty(), Set.of("user:eve")));
    ModelInfo first = as(BOB).get(TONE).residency().model();
    Adapter second = upload(BOB, "v2", true);
    assertThat(second.residency().version()).isEqualTo(2);
    assertThat(second.residency().model().digest()).isNotEqualTo(first.digest());
    assertThat(second.residency().access().granted()).containsExactly("user:eve");
    assertThat(uploaded()).hasSize(2);
    restart();
    Adapter after = as(EVE).get(TONE);
    assertThat(after.residency().version()).isEqualTo(2);
    assertThat(after.residency().model().digest()).isEqualTo(second.residency().model().digest());
    assertThat(after.residency().access().owner()).isEqualTo("user:bob");
    assertThat(models(SHOP)).doesNotContain("tone");
  }

  @Test
  void pinIsTheAdministratorsAndOutlivesARestart() throws Exception {
    upload(BOB, "v1", false);
    refused(ErrorCode.FORBIDDEN, () -> as(BOB).pin(TONE, true));
    assertThat(as(ADMIN).pin(TONE, true).residency().pinned()).isTrue();
    assertThat(as(BOB).unload(TONE)).isFalse();
    refused(ErrorCode.BUSY, () -> as(ADMIN).pin(new ModelId("desk"), true));
    restart();
    assertThat(as(BOB).get(TONE).residency().tier()).isEqualTo(Tier.SLOT);
    assertThat(as(ADMIN).pin(TONE, false).residency().pinned()).isFalse();
    assertThat(as(BOB).unload(TONE)).isTrue();
    assertThat(as(BOB).load(TONE).residency().tier()).isEqualTo(Tier.SLOT);
  }

  @Test
  void folderThatWasRestrictedIsNotEverybodysAfterARestart() throws Exception {
    ModelId desk = new ModelId("desk");
    as(ADMIN).grant(desk, new Access(Optional.of("user:bob"), Set.of()));
    assertThat(models(EVE)).containsExactly("base");
    restart();
    assertThat(models(EVE)).containsExactly("base");
    assertThat(models(BOB)).containsExactly("base", "desk");
  }

  @Test
  void folderThatWasTakenAwayStaysAwayUntilItIsRegistered() throws Exception {
    ModelId desk = new ModelId("desk");
    as(ADMIN).unregister(desk);
    assertThat(models(BOB)).containsExactly("base");
    restart();
    assertThat(models(BOB)).containsExactly("base");
    refused(
        ErrorCode.ADAPTER_EXISTS,
        () -> as(BOB).upload(desk, adapter("x"), false, MINE, Optional.empty()));
    Adapter back =
        as(ADMIN)
            .registerFolder(desk, new Access(Optional.empty(), Set.of("*")), Optional.of("maria"));
    assertThat(back.builder()).isEqualTo("maria");
    assertThat(models(BOB)).containsExactly("base", "desk");
    assertThat(as(ADMIN).reloadFolder(desk).residency().version()).isEqualTo(3);
  }

  @Test
  void unregisteredUploadLeavesNothing() throws Exception {
    upload(BOB, "v1", false);
    as(BOB).unregister(TONE);
    assertThat(uploaded()).isEmpty();
    restart();
    assertThat(models(BOB)).containsExactly("base", "desk");
    assertThat(upload(EVE, "v1", false).residency().access().owner()).isEqualTo("user:eve");
  }

  @Test
  void namesAreTakenOnce() throws Exception {
    upload(BOB, "v1", false);
    refused(ErrorCode.ADAPTER_EXISTS, () -> upload(EVE, "v1", false));
    refused(
        ErrorCode.ADAPTER_EXISTS,
        () -> as(BOB).upload(new ModelId("base"), adapter("x"), false, MINE, Optional.empty()));
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            as(Caller.user("rest", "ann", Set.of(Role.USER)))
                .upload(new ModelId("ann"), adapter("x"), false, MINE, Optional.empty()));
    assertThat(uploaded()).hasSize(2);
  }

  @Test
  void builderOfAnUploadIsCredited() throws Exception {
    as(BOB).upload(TONE, adapter("v1"), false, MINE, Optional.of("bobs-tuning"));
    server.server().model(BOB, Optional.of(TONE)).complete(Prompt.text("a b c"));
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM ol_entries WHERE account_name = 'bobs-tuning'"
                    + " AND fee_role = 'ADAPTER_BUILDER'"))
        .isEqualTo(1);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adapter_config.json",
        "adapter_model.safetensors",
        "adapter_config.json,adapter_model.safetensors,../../evil",
        "adapter_config.json,adapter_model.safetensors,/etc/evil",
        "adapter_config.json,adapter_model.safetensors,README.md",
        "adapter_config.json,x/adapter_model.safetensors",
        "adapter_config.json,..\\adapter_model.safetensors",
        "ADAPTER_CONFIG.JSON,adapter_model.safetensors",
        "adapter_config.json,adapter_model.safetensors/",
        ""
      })
  void hostileArchiveLeavesNothing(String entries) throws Exception {
    InputStream archive =
        entries.isEmpty()
            ? new ByteArrayInputStream("no zip".getBytes(StandardCharsets.UTF_8))
            : zip(entries.split(","));
    refused(
        ErrorCode.ADAPTER_BROKEN,
        () -> as(BOB).upload(TONE, archive, false, MINE, Optional.empty()));
    assertThat(uploaded()).isEmpty();
    assertThat(models(BOB)).doesNotContain("tone");
  }

  @Test
  void archiveCutAnywhereBeforeItsDirectoryLeavesNothing() throws Exception {
    byte[] whole = adapter("some weights").readAllBytes();
    // the directory at the end repeats what stands before it, and is not needed
    int directory = new String(whole, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
    for (int length = 0; length < directory; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      refused(
          ErrorCode.ADAPTER_BROKEN,
          () -> as(BOB).upload(TONE, new ByteArrayInputStream(cut), false, MINE, Optional.empty()));
    }
    assertThat(uploaded()).isEmpty();
  }

  @Test
  void archiveThatUnpacksToMoreThanTheLimitIsRefused() throws Exception {
    // a few bytes that become many
    InputStream bomb =
        zip("adapter_config.json", "adapter_model.safetensors=" + "0".repeat(1 << 20));
    refused(
        ErrorCode.REQUEST_TOO_LARGE,
        () -> as(BOB).upload(TONE, bomb, false, MINE, Optional.empty()));
    InputStream together =
        zip(
            "adapter_config.json=" + "0".repeat(2500),
            "adapter_model.safetensors=" + "0".repeat(2500));
    refused(
        ErrorCode.REQUEST_TOO_LARGE,
        () -> as(BOB).upload(TONE, together, false, MINE, Optional.empty()));
    assertThat(uploaded()).isEmpty();
  }

  @Test
  void brokenReplacementLeavesTheFormerVersion() throws Exception {
    Adapter first = upload(BOB, "v1", false);
    refused(
        ErrorCode.ADAPTER_BROKEN,
        () -> as(BOB).upload(TONE, zip("nothing"), true, MINE, Optional.empty()));
    assertThat(as(BOB).get(TONE)).isEqualTo(first);
    assertThat(uploaded()).hasSize(2);
  }

  @Test
  void remainsOfACrashAreRemovedAtTheNextStart() throws Exception {
    upload(BOB, "v1", false);
    Path orphan = data.resolve("uploaded-adapters/tone/orphan");
    Path incoming = data.resolve("uploaded-adapters/.incoming/half");
    for (Path folder : List.of(orphan, incoming)) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("adapter_config.json"), "{}");
    }
    restart();
    assertThat(uploaded()).hasSize(2);
    assertThat(orphan).doesNotExist();
    assertThat(incoming).doesNotExist();
    assertThat(models(BOB)).contains("tone");
  }
}
