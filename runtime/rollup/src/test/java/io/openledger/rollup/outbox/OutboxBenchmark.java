package io.openledger.rollup.outbox;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Messages a second: signed and encoded; and stored, one or fifty in a transaction, by one and two
 * threads, on H2 in memory and on PostgreSQL. Three rounds of each; it takes about a minute.
 */
final class OutboxBenchmark {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private OutboxBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    LocalSigner signer = Nodes.signer(1);
    Signing signing = new Signing(new Identity(1612, signer.address()), signer, System::nanoTime);
    Fees fees = new Fees(Wei.of(1000), Wei.of(1_000_000));
    for (int round = 0; round < 3; round++) {
      for (int threads : new int[] {1, 2}) {
        double rate =
            rate(
                threads,
                () -> {
                  long n = NUMBERS.incrementAndGet();
                  signing
                      .call(Nodes.intent("n/" + n, Counting.AT, Counting.data(n)), n, fees, 90_000)
                      .hash();
                  return 1;
                });
        System.out.printf("signed and encoded, %d threads: %,.0f/s%n", threads, rate);
      }
    }
    try (TestDatabase database = TestDatabase.h2()) {
      stored("H2 in memory", database);
    }
    Optional<Path> programs = PostgresCluster.programs();
    if (programs.isPresent()) {
      try (PostgresCluster cluster = PostgresCluster.start(programs.get());
          TestDatabase database = cluster.database("outbox")) {
        stored("PostgreSQL without fsync", database);
      }
    }
    System.exit(0);
  }

  private static void stored(String where, TestDatabase database) throws Exception {
    ScriptedChain chain = new ScriptedChain(Nodes.signer(1).address());
    JdbcOutbox outbox =
        Nodes.node(
            database,
            chain,
            Nodes.settings(
                1_000_000, Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, Duration.ZERO),
            System::nanoTime);
    outbox.submit(Nodes.intent("first"));
    for (int round = 0; round < 3; round++) {
      for (int[] way : new int[][] {{1, 1}, {2, 1}, {1, 50}}) {
        double rate =
            rate(
                way[0],
                () -> {
                  database.inTransaction(
                      () -> {
                        for (int i = 0; i < way[1]; i++) {
                          long n = NUMBERS.incrementAndGet();
                          outbox.submit(Nodes.intent("n/" + n, Counting.AT, Counting.data(n)));
                        }
                      });
                  return way[1];
                });
        System.out.printf(
            "stored in %s, %d threads, %d a transaction: %,.0f/s%n", where, way[0], way[1], rate);
      }
    }
  }

  private static double rate(int threads, Callable<Integer> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    long end = start + 2_000_000_000L;
    List<Callable<Long>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          () -> {
            long done = 0;
            while (System.nanoTime() < end) {
              done += work.call();
            }
            return done;
          });
    }
    long done = 0;
    for (var each : pool.invokeAll(all)) {
      done += each.get();
    }
    pool.shutdown();
    return done * 1e9 / (System.nanoTime() - start);
  }
}
