package io.openledger.rollup;

import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;

/** The same on PostgreSQL, as in production. */
class PostgresWholeWayTest extends WholeWayTest {

  private static @Nullable PostgresCluster cluster;
  private static int databases;

  @Override
  TestDatabase database() throws Exception {
    Optional<Path> programs = PostgresCluster.programs();
    Assumptions.assumeTrue(
        programs.isPresent(), "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb");
    PostgresCluster running = cluster == null ? PostgresCluster.start(programs.get()) : cluster;
    cluster = running;
    return running.database("wholeway" + ++databases);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }
}
