package io.openledger.rollup.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.model.ModelId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.rollup.support.FailingStore;
import io.openledger.rollup.support.QuickOutbox;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real node, through the real outbox. */
final class RegistrationTest {

  @TempDir Path folder;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(6);
  private final List<ModelState> models = new CopyOnWriteArrayList<>();
  private DeployedChain chain;
  private Anvil anvil;
  private ChainClient client;
  private AddressBook book;
  private TestDatabase database;
  private Store store;
  private JdbcOutbox outbox;

  @BeforeEach
  void deploy() {
    chain = DeployedChain.start(folder, threads);
    anvil = chain.anvil();
    client = chain.client();
    book = chain.book();
    database = TestDatabase.h2();
    store = store(database);
    store.prepare();
    outbox =
        new JdbcOutbox(
            store,
            client,
            anvil.signer(3),
            "test",
            QuickOutbox.settings(Duration.ofMillis(20), Duration.ofSeconds(2)),
            threads,
            System::nanoTime);
    outbox.start();
  }

  @AfterEach
  void close() {
    if (outbox != null) {
      outbox.close();
    }
    threads.shutdownNow();
    if (database != null) {
      database.close();
    }
    if (chain != null) {
      chain.close();
    }
  }

  private static Store store(TestDatabase of) {
    return new Store(
        of.pool(), new Transactions(of.transactions(), of.pool()), c -> {}, Clock.systemUTC());
  }

  private Registration registration(Store over) {
    return new Registration(
        over,
        outbox,
        client,
        new RegistrationSettings(
            Hash256.sha256("deployment"),
            book.address(ContractName.DATANET_REGISTRY),
            book.address(ContractName.MODEL_REGISTRY),
            anvil.signer(3).address(),
            Duration.ZERO,
            3),
        () -> models,
        threads);
  }

  private void createDatanet(String name) {
    store.requiresNew(
        "creating",
        c ->
            Sql.update(
                c,
                "INSERT INTO ol_datanets (id, uid, title, description, visibility, owner_kind,"
                    + " owner_name, created_at, version, accepted, active, frontier, root)"
                    + " VALUES (?, ?, ?, '', 'PUBLIC', 'USER', 'ann', ?, 0, 0, 0, '', ?)",
                name,
                java.util.UUID.randomUUID().toString(),
                name,
                Instant.EPOCH,
                Hash256.ZERO));
  }

  private void accept(String name, String licence) {
    store.requiresNew(
        "accepting",
        c -> {
          long sequence = 1 + Sql.number(c, "SELECT accepted FROM ol_datanets WHERE id = ?", name);
          Hash256 content = Hash256.sha256(name + sequence);
          Sql.update(
              c,
              "INSERT INTO ol_contributions (datanet, sequence_number, title, sha256,"
                  + " active_sha256, media_type, characters, licence, purposes, accepted_at,"
                  + " accepted_by, salt, commitment, status, content)"
                  + " VALUES (?, ?, 't', ?, ?, 'text/plain', 1, ?, '', ?, 'ann', '', ?, 'ACTIVE',"
                  + " 'x')",
              name,
              sequence,
              content,
              content,
              licence,
              Instant.EPOCH,
              content);
          return Sql.update(
              c,
              "UPDATE ol_datanets SET version = version + 1, accepted = accepted + 1,"
                  + " active = active + 1, root = ? WHERE id = ?",
              root(name, sequence),
              name);
        });
  }

  private static Hash256 root(String name, long accepted) {
    return Hash256.sha256("root of " + name + " " + accepted);
  }

  private AbiValues version(ContractName registry, String name, long version) {
    return book.contract(registry)
        .read(
            client,
            Finality.UNSAFE,
            "versionOf",
            registration(store).id(name).toBytes(),
            BigInteger.valueOf(version));
  }

  private Hash256 anchored(ContractName registry, String name, long version) {
    return version(registry, name, version).hash("root");
  }

  /** Looks until nothing is left to be done. */
  private void settle(Registration registration) {
    for (int i = 0; i < 3; i++) {
      registration.look();
      TestServer.await(
          "what was handed over is in a block",
          () ->
              database.number("SELECT COUNT(*) FROM ol_outbox WHERE state IN ('STORED', 'SENT')")
                  == 0);
      anvil.mine(12);
      TestServer.await(
          "what was handed over is final",
          () ->
              database.number(
                      "SELECT COUNT(*) FROM ol_outbox WHERE state NOT IN"
                          + " ('FINALIZED', 'REVERTED', 'CANCELLED')")
                  == 0);
    }
    registration.look();
  }

  private int events(ContractName registry, String event) {
    Hash256 topic = book.contract(registry).abi().event(event).topic();
    return client
        .logs(new EventFilter(Set.of(book.address(registry)), Set.of(topic)), 0, anvil.height())
        .size();
  }

  @Test
  void anchorsDatanetsWhenTheirRootsHaveChanged() {
    Registration registration = registration(store);
    for (String name : List.of("clauses", "empty", "laws", "letters", "songs")) {
      createDatanet(name);
    }
    accept("clauses", "CC-BY-4.0");
    accept("clauses", "Apache-2.0");
    accept("laws", "CC0-1.0");
    accept("letters", "CC0-1.0");
    accept("songs", "CC0-1.0");
    settle(registration);
    assertThat(registration.trouble()).isEmpty();
    assertThat(anchored(ContractName.DATANET_REGISTRY, "clauses", 2)).isEqualTo(root("clauses", 2));
    assertThat(version(ContractName.DATANET_REGISTRY, "clauses", 2).hash("licenceDigest"))
        .isEqualTo(Hash256.sha256("Apache-2.0\nCC-BY-4.0\n"));
    assertThat(version(ContractName.DATANET_REGISTRY, "clauses", 2).number("size")).isEqualTo(2);
    assertThat(anchored(ContractName.DATANET_REGISTRY, "songs", 1)).isEqualTo(root("songs", 1));
    assertThat(events(ContractName.DATANET_REGISTRY, "Registered"))
        .as("without the empty one")
        .isEqualTo(4);
    assertThat(database.number("SELECT COUNT(*) FROM ol_anchor_batches"))
        .as("three in a batch")
        .isEqualTo(2);
    settle(registration);
    assertThat(events(ContractName.DATANET_REGISTRY, "DatanetAnchored")).isEqualTo(4);

    accept("clauses", "Apache-2.0");
    accept("clauses", "Apache-2.0");
    settle(registration);
    assertThat(anchored(ContractName.DATANET_REGISTRY, "clauses", 3))
        .as("it changed twice between two looks")
        .isEqualTo(Hash256.ZERO);
    assertThat(anchored(ContractName.DATANET_REGISTRY, "clauses", 4)).isEqualTo(root("clauses", 4));
  }

  @Test
  void anchorsModelsByDigestAndAdaptersOnTheirBase() {
    ModelId base = new ModelId("base");
    ModelId legal = new ModelId("legal");
    models.add(
        new ModelState(
            legal, Optional.of(base), Hash256.sha256("a1"), 7, ModelState.NO_LICENCE_STATED));
    models.add(
        new ModelState(base, Optional.empty(), Hash256.sha256("b1"), 9, Hash256.sha256("text")));
    Registration registration = registration(store);
    settle(registration);
    assertThat(anchored(ContractName.MODEL_REGISTRY, "base", 1)).isEqualTo(Hash256.sha256("b1"));
    assertThat(anchored(ContractName.MODEL_REGISTRY, "legal", 1)).isEqualTo(Hash256.sha256("a1"));
    assertThat(
            book.contract(ContractName.MODEL_REGISTRY)
                .read(client, Finality.UNSAFE, "baseOf", registration.id("legal").toBytes())
                .hash("0"))
        .isEqualTo(registration.id("base"));
    models.set(
        0,
        new ModelState(
            legal, Optional.of(base), Hash256.sha256("a2"), 8, ModelState.NO_LICENCE_STATED));
    settle(registration);
    assertThat(anchored(ContractName.MODEL_REGISTRY, "legal", 2)).isEqualTo(Hash256.sha256("a2"));
    assertThat(events(ContractName.MODEL_REGISTRY, "ModelAnchored")).isEqualTo(3);
  }

  @Test
  void oneNameThatIsRefusedHoldsUpNoOther() {
    Registration registration = registration(store);
    createDatanet("clauses");
    createDatanet("laws");
    accept("clauses", "CC0-1.0");
    accept("laws", "CC0-1.0");
    settle(registration);
    // as after a backup was put back that is older than the chain
    store.requiresNew(
        "going back", c -> Sql.update(c, "DELETE FROM ol_anchored WHERE name = 'clauses'"));
    accept("laws", "CC0-1.0");
    registration.look();
    assertThat(registration.trouble().orElseThrow())
        .contains("clauses version 1 is not anchored")
        .contains("VersionNotNewer");
    settle(registration);
    assertThat(anchored(ContractName.DATANET_REGISTRY, "laws", 2)).isEqualTo(root("laws", 2));
  }

  @Test
  void survivesAFailureAtEveryStatement() {
    FailingStore failing = new FailingStore(database);
    Store frail = store(failing.database());
    frail.prepare();
    createDatanet("clauses");
    createDatanet("laws");
    int failures = 0;
    int accepted = 0;
    for (int point = 0; point < 40; point++) {
      if (point % 4 == 0) {
        accept("clauses", "CC0-1.0");
        accept("laws", "CC0-1.0");
        accepted++;
      }
      failing.failAfter(point % 14);
      try {
        registration(frail).look();
      } catch (RuntimeException e) {
        failures++;
      }
      failing.heal();
      anvil.mine(4);
    }
    settle(registration(store));
    settle(registration(store));
    assertThat(failures).isGreaterThan(15);
    assertThat(anchored(ContractName.DATANET_REGISTRY, "laws", accepted))
        .isEqualTo(root("laws", accepted));
    assertThat(events(ContractName.DATANET_REGISTRY, "Registered")).isEqualTo(2);
    assertThat((long) events(ContractName.DATANET_REGISTRY, "DatanetAnchored"))
        .as("each that is remembered, once")
        .isEqualTo(database.number("SELECT COUNT(*) FROM ol_anchored"));
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox WHERE state <> 'FINALIZED'"))
        .isZero();
  }

  @Test
  void sendsNoText() {
    createDatanet("secret-matter");
    accept("secret-matter", "LicenseRef-very-private");
    settle(registration(store));
    String raw = String.join("", rawBytes());
    assertThat(raw).isNotEmpty();
    for (String text : List.of("secret-matter", "LicenseRef", "private")) {
      assertThat(raw)
          .doesNotContain(
              java.util.HexFormat.of()
                  .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
  }

  private List<String> rawBytes() {
    return store.requiresNew(
        "reading what was signed",
        c -> Sql.list(c, "SELECT raw FROM ol_outbox_attempts", row -> row.getString(1)));
  }

  @Test
  void computesIdsAsTheRegistriesDo() {
    ChainAddress registrant = anvil.signer(5).address();
    Hash256 salt = Registration.salt("clauses");
    assertThat(
            book.contract(ContractName.DATANET_REGISTRY)
                .read(client, Finality.UNSAFE, "idOf", registrant, salt.toBytes())
                .hash("0"))
        .isEqualTo(Registration.id(registrant, salt));
  }
}
