package io.openledger.runtime.ledger;

import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** Epochs on PostgreSQL. */
class PostgresEpochTest extends EpochContract {

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
      return cluster.database("e" + ++databases);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
