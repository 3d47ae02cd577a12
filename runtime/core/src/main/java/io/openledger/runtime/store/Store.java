package io.openledger.runtime.store;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The database: migrated before its first use, and tried again at later uses until that succeeded,
 * so that a database that starts after the server is found when it is there. While it is down, one
 * call at a time waits for it, see {@link Attempts}. Safe for any thread.
 */
public final class Store {

  private static final System.Logger LOG = System.getLogger(Store.class.getName());
  private static final String HISTORY = "openledger_schema_history";
  private static final String MIGRATIONS = "classpath:io/openledger/runtime/store/db";

  private final DataSource dataSource;
  private final Transactions transactions;
  private final Consumer<Connection> seed;
  private final Attempts preparing;

  /**
   * @param seed writes, once after the migration and in a transaction of its own, what must be
   *     there before any work
   * @param clock says when a database that was down is tried again
   */
  public Store(
      DataSource dataSource, Transactions transactions, Consumer<Connection> seed, Clock clock) {
    this.dataSource = dataSource;
    this.transactions = transactions;
    this.seed = seed;
    this.preparing = new Attempts("opening the store", clock);
  }

  /** {@link Transactions#join} on a migrated database. */
  public <T> T join(String doing, Transactions.Work<T> work) {
    prepare();
    return transactions.join(doing, work);
  }

  /** {@link Transactions#requiresNew} on a migrated database. */
  public <T> T requiresNew(String doing, Transactions.Work<T> work) {
    prepare();
    return transactions.requiresNew(doing, work);
  }

  /** See {@link Transactions#afterCommit}. */
  public void afterCommit(Runnable task) {
    transactions.afterCommit(task);
  }

  /** See {@link Transactions#requireUsable}. */
  public void requireUsable(String doing) {
    transactions.requireUsable(doing);
  }

  /**
   * Migrates and seeds, if that has not been done.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_UNAVAILABLE}
   */
  public void prepare() {
    preparing.run(
        () -> {
          transactions.suspended("migrating the store", this::migrate);
          transactions.requiresNew(
              "seeding the store",
              c -> {
                seed.accept(c);
                return true;
              });
        });
  }

  private void migrate() {
    // asked for first, because Flyway's message for a database that is down is a page long
    try (Connection c = dataSource.getConnection()) {
      if (c.getMetaData().getDatabaseProductName().equals("H2")) {
        writeAtCommit(c);
      }
    } catch (SQLException e) {
      throw StoreFailure.of("connecting to the database", e);
    }
    try {
      Flyway.configure(Store.class.getClassLoader())
          .dataSource(dataSource)
          .table(HISTORY)
          // the data source may hold other tables: ours begin at version 1 on top of them
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .locations(MIGRATIONS)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_UNAVAILABLE,
          "the schema could not be migrated",
          "a database user that may create tables, and a schema made by this or an older version",
          "read the cause in the log, then start again",
          e);
    }
  }

  // H2 writes what was committed up to half a second later: a process that is killed in between
  // would lose what it has acknowledged. The setting stays with the database.
  private static void writeAtCommit(Connection c) {
    try (Statement s = c.createStatement()) {
      s.execute("SET WRITE_DELAY 0");
    } catch (SQLException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the user of this H2 database may not SET WRITE_DELAY 0: a crash may lose the last half"
              + " second; let an administrator of the database do it",
          e);
    }
  }
}
