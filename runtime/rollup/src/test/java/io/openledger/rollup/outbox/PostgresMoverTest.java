package io.openledger.rollup.outbox;

import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;

/** The same on PostgreSQL. */
class PostgresMoverTest extends MoverTest {

  private @Nullable PostgresCluster cluster;

  @Override
  TestDatabase open() throws Exception {
    Optional<Path> programs = PostgresCluster.programs();
    Assumptions.assumeTrue(
        programs.isPresent(), "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb");
    cluster = PostgresCluster.start(programs.get());
    return cluster.database("outbox");
  }

  @AfterAll
  void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }
}
