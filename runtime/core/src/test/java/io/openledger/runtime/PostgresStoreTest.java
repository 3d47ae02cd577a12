package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store's contract on PostgreSQL, and what happens when that goes away. */
class PostgresStoreTest extends StoreContract {

  private static PostgresCluster cluster;
  private static int databases;

  @BeforeAll
  static void startCluster() throws Exception {
    Optional<Path> programs = PostgresCluster.programs();
    Assumptions.assumeTrue(
        programs.isPresent(), "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb");
    cluster = PostgresCluster.start(programs.get());
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Override
  TestDatabase open() {
    try {
      return cluster.database("t" + ++databases);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void databaseThatGoesDuringAnAnswerChargesNothingAndIsFoundAgain() throws Exception {
    server.datanets().contribute(TestServer.CLAUSES, draft("ann", ONE).build());
    serving.beforeAnswer(
        prompt -> {
          try {
            cluster.stop();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertThatThrownBy(() -> server.model().complete(Prompt.text(ONE)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNAVAILABLE));
    assertThat(server.server().readiness())
        .filteredOn(c -> c.name().equals("store"))
        .allSatisfy(c -> assertThat(c.up()).isFalse());
    serving.beforeAnswer(prompt -> {});
    cluster.startAgain();
    TestServer.await(
        "store and index are ready again",
        () -> server.server().readiness().stream().allMatch(OpenLedgerServer.Check::up));
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
    assertThat(server.model().complete(Prompt.text(ONE)).spans()).hasSize(1);
  }
}
