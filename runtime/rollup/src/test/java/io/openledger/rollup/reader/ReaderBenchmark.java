package io.openledger.rollup.reader;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * How fast a real node's blocks and events are read into a new database, and what an event takes in
 * it: blocks without events, then blocks full of them. On PostgreSQL where it is installed, else on
 * H2 in memory. Arguments: blocks, and events; 20000 and 4000 if left out. Run {@code mvn -q -pl
 * runtime/rollup -am test-compile} and this class on the module's test class path.
 */
public final class ReaderBenchmark {

  private ReaderBenchmark() {}

  /** Prints the figures. */
  public static void main(String[] arguments) throws Exception {
    int blocks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
    int events = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4_000;
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    Path folder = Files.createTempDirectory("reader");
    Optional<Path> programs = PostgresCluster.programs();
    @Nullable PostgresCluster cluster =
        programs.isPresent() ? PostgresCluster.start(programs.get()) : null;
    try (DeployedChain chain = DeployedChain.start(folder, threads);
        TestDatabase database = cluster == null ? TestDatabase.h2() : cluster.database("reader")) {
      System.out.println(
          database.text(cluster == null ? "SELECT 'H2 ' || H2VERSION()" : "SELECT version()"));
      Store store =
          new Store(
              database.pool(),
              new Transactions(database.transactions(), database.pool()),
              c -> {},
              Clock.systemUTC());
      store.prepare();
      ChainReader reader =
          new ChainReader(
              chain.client(),
              store,
              ReaderSettings.of(chain.book()),
              "node",
              threads,
              Clock.systemUTC());
      reader.look();
      for (int left = blocks; left > 0; left -= 100) {
        chain.anvil().mine(Math.min(100, left));
      }
      measure("blocks without events", blocks, reader);
      wrap(chain, events);
      chain.anvil().mine(10);
      long before = database.number("SELECT COUNT(*) FROM ol_chain_events");
      measure("events, final", events, reader);
      long read = database.number("SELECT COUNT(*) FROM ol_chain_events") - before;
      System.out.println(read + " events were read of " + events);
      System.out.printf(
          "%d events take %.0f bytes each, with their indexes%n",
          before + read, size(database, cluster != null) / (double) (before + read));
      wrap(chain, events);
      measure("events, not final yet and read again", events, reader);
      for (int i = 0; i < 20; i++) {
        chain.anvil().reorg(1 + i % 8);
        reader.look();
      }
      long begun = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        chain.anvil().reorg(8);
        reader.look();
      }
      System.out.printf(
          "a reorganisation of 8 blocks, the node's work included: %.1f ms%n",
          (System.nanoTime() - begun) / 20e6);
    } finally {
      threads.shutdownNow();
      if (cluster != null) {
        cluster.close();
      }
      try (var files = Files.walk(folder)) {
        files.sorted((a, b) -> b.compareTo(a)).forEach(f -> f.toFile().delete());
      }
    }
  }

  private static long size(TestDatabase database, boolean postgres) {
    return database.number(
        postgres
            ? "SELECT pg_total_relation_size('ol_chain_events')"
            : "SELECT DISK_SPACE_USED('OL_CHAIN_EVENTS')");
  }

  private static void wrap(DeployedChain chain, int events) {
    Anvil anvil = chain.anvil();
    ChainAddress wopen = chain.book().address(ContractName.WOPEN);
    anvil.autoMine(false);
    for (int i = 0; i < events; i++) {
      anvil.rpc(
          "eth_sendTransaction",
          Map.of(
              "from",
              anvil.signer(4).address().value(),
              "to",
              wopen.value(),
              "value",
              "0x1",
              "gas",
              "0x20000"));
      if (i % 200 == 199) {
        anvil.mine(1);
      }
    }
    anvil.mine(1);
    anvil.autoMine(true);
  }

  private static void measure(String what, int count, ChainReader reader) {
    long begun = System.nanoTime();
    reader.look();
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%d %s in %.2f s: %.0f/s; %s%n",
        count, what, seconds, count / seconds, reader.status().told());
  }
}
