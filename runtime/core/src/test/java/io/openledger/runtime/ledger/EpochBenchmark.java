package io.openledger.runtime.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What an epoch costs in the database: the first one over all accounts, one in which 1000 of them
 * earned and 100 are new, as it is and with all leaves stored, and a proof on a node that has just
 * started. On PostgreSQL with a ledger of one receipt a line.
 *
 * <p>Argument: accounts (200000). A main class, because it takes a minute.
 */
final class EpochBenchmark {

  private final TestDatabase database;
  private final Store store;
  private final Path folder;
  private final ExecutorService helpers = Executors.newFixedThreadPool(1);

  private EpochBenchmark(TestDatabase database, Path folder) {
    this.database = database;
    this.folder = folder;
    this.store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
  }

  public static void main(String[] args) throws Exception {
    int accounts = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    try (PostgresCluster cluster = PostgresCluster.start(PostgresCluster.programs().orElseThrow());
        TestDatabase database = cluster.database("bench")) {
      new EpochBenchmark(database, Files.createTempDirectory("epochs")).run(accounts);
    }
    System.exit(0);
  }

  private Epochs node() {
    return new Epochs(
        store,
        ServiceLoader.load(Settlement.class).findFirst().orElseThrow(),
        Clock.systemUTC(),
        new EpochSettings(Optional.of(Duration.ZERO), Optional.empty(), 1 << 24, 8),
        helpers,
        folder);
  }

  private void run(int accounts) throws Exception {
    store.prepare();
    earn(1, accounts, 0);
    Epochs node = node();
    long empty = bytes();
    double first = seconds(node::close);
    long whole = bytes();
    System.out.printf(
        Locale.ROOT, "%d accounts: first epoch %.2f s, %d bytes%n", accounts, first, whole - empty);
    for (int round = 1; round <= 3; round++) {
      earn(1 + 1000 * round, 1000, round);
      earn(accounts + 1 + 100 * (round - 1), 100, round);
      long before = bytes();
      double next = seconds(node::close);
      System.out.printf(
          Locale.ROOT,
          "epoch of 1000 changed and 100 new: %.3f s, %d bytes%n",
          next,
          bytes() - before);
    }
    long before = bytes();
    sql(
        "INSERT INTO ol_epochs (epoch, closed_at, root, leaves, total, head_number, receipt_head,"
            + " form) SELECT 9999, closed_at, root, leaves, total, head_number, receipt_head, 1"
            + " FROM ol_epochs WHERE epoch = 4");
    double old =
        seconds(
            () ->
                sql(
                    "INSERT INTO ol_epoch_leaves (epoch, address, cumulative) SELECT 9999, address,"
                        + " MAX(cumulative) FROM ol_epoch_leaves GROUP BY address"));
    System.out.printf(
        Locale.ROOT,
        "the same with all leaves, rows alone: %.3f s, %d bytes%n",
        old,
        bytes() - before);
    sql("DELETE FROM ol_epoch_leaves WHERE epoch = 9999");
    sql("DELETE FROM ol_epochs WHERE epoch = 9999");
    Epochs started = node();
    double cold = seconds(() -> started.proof(4, new ChainAddress(address(7))));
    int proofs = 200;
    double warm =
        seconds(
            () -> {
              for (int i = 1; i <= proofs; i++) {
                started.proof(4, new ChainAddress(address(i)));
              }
            });
    System.out.printf(
        Locale.ROOT,
        "a proof on a node that has started: %.2f s, then %.3f ms%n",
        cold,
        warm / proofs * 1e3);
  }

  private static String address(int i) {
    return "0x" + md5(i) + String.format("%032x", i);
  }

  private static String md5(int i) {
    try {
      byte[] digest =
          java.security.MessageDigest.getInstance("MD5")
              .digest(Integer.toString(i).getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One receipt with one line for each of these accounts. */
  private void earn(int first, int count, int round) {
    String numbers = "generate_series(" + first + "," + (first + count - 1) + ") AS i";
    sql(
        "CREATE OR REPLACE FUNCTION addr(i int) RETURNS text AS $$ SELECT '0x' ||"
            + " lpad(to_hex(('x' || substr(md5(i::text), 1, 8))::bit(32)::bigint), 8, '0') ||"
            + " lpad(to_hex(i), 32, '0') $$ LANGUAGE sql");
    sql(
        "INSERT INTO ol_accounts (account_kind, account_name, address)"
            + " SELECT 'CONTRIBUTOR', 'c' || i, addr(i) FROM "
            + numbers
            + " ON CONFLICT DO NOTHING");
    sql(
        "INSERT INTO ol_receipts (id, payer, answered_at, hash, body) SELECT 'r' || i || '-"
            + round
            + "', 'p', now(), md5('h' || i || '-"
            + round
            + "') || md5(i::text), '{}' FROM "
            + numbers);
    sql(
        "INSERT INTO ol_links (link_number, receipt, previous, link) SELECT (SELECT"
            + " COALESCE(MAX(link_number), 0) FROM ol_links) + i - "
            + (first - 1)
            + ", 'r' || i || '-"
            + round
            + "', md5('p' || i || '-"
            + round
            + "') || md5(i::text), md5('l' || i || '-"
            + round
            + "') || md5(i::text) FROM "
            + numbers);
    sql(
        "INSERT INTO ol_entries (transaction_id, account_kind, account_name, amount, fee_role,"
            + " receipt, written_at) SELECT 't', 'CONTRIBUTOR', 'c' || i, 1000000000000000 + i,"
            + " 'CONTRIBUTORS', 'r' || i || '-"
            + round
            + "', now() FROM "
            + numbers);
    sql("ANALYZE");
  }

  private long bytes() {
    sql("VACUUM ol_epoch_leaves");
    return database.number("SELECT pg_total_relation_size('ol_epoch_leaves')");
  }

  private void sql(String statement) {
    try (Connection c = database.pool().getConnection();
        Statement s = c.createStatement()) {
      s.execute(statement);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(statement, e);
    }
  }

  private static double seconds(Runnable work) {
    long before = System.nanoTime();
    work.run();
    return (System.nanoTime() - before) / 1e9;
  }
}
