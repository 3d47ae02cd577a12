package io.openledger.rollup.outbox;

import io.openledger.api.BusyException;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import jakarta.transaction.TransactionManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/**
 * A node of the storm: stores messages together with a row of its application, in one transaction
 * each, and makes turns. It may be mortal.
 */
final class StormNode {

  /** Where a node takes its work from, and gives back what it does not know the end of. */
  interface Work {
    /** A number, or less than 0 for none now. */
    long next();

    void again(long number);

    void committed(long number);

    void rolledBack(long number);
  }

  static final String TABLE = "CREATE TABLE storm_work (n BIGINT NOT NULL PRIMARY KEY)";

  private static final int STORED_AT_ONCE = 12;

  /**
   * A message is in a block about a second after it was told, for fees jump and pools are emptied:
   * with fewer in flight it is this that limits the storm, with more that all are told again.
   */
  private static final int WINDOW = 100;

  private final Store store;
  private final TransactionManager transactions;
  private final JdbcOutbox outbox;
  private final Random random;

  StormNode(TestDatabase database, ChainClient chain, Signer signer, Mortal fate, Random random) {
    DataSource pool = fate.over((DataSource) database.pool());
    this.transactions = fate.over(database.transactions());
    this.store = new Store(pool, new Transactions(transactions, pool), c -> {}, Clock.systemUTC());
    store.prepare();
    fate.arm();
    this.random = random;
    this.outbox =
        new JdbcOutbox(
            store,
            fate.over(chain),
            signer,
            "storm",
            new OutboxSettings(
                chain.chainId(),
                Wei.of(500_000_000_000L),
                25,
                OutboxSettings.USUAL_GAS_CEILING,
                2000,
                WINDOW,
                Duration.ZERO,
                Duration.ofMillis(500),
                Duration.ofMillis(400),
                Duration.ofMillis(150),
                15,
                Duration.ofMillis(200),
                Duration.ofDays(30)),
            Nodes.IDLE,
            System::nanoTime);
  }

  /** Stores some messages. */
  void store(Work work) throws Exception {
    int some = random.nextInt(STORED_AT_ONCE);
    for (int i = 0; i < some; i++) {
      long number = work.next();
      if (number < 0) {
        break;
      }
      try {
        boolean kept = store(number, random.nextInt(50) > 0);
        if (kept) {
          work.committed(number);
        } else {
          work.rolledBack(number);
        }
      } catch (BusyException e) {
        work.again(number);
        StormChain.pause(100);
        break;
      } catch (OpenLedgerException | Mortal.Killed e) {
        // whether it was committed is not known
        work.again(number);
        throw e;
      }
    }
  }

  /** A turn; a node without the lease asks for it a hundred times a second. */
  void turn() {
    if (!outbox.turn()) {
      StormChain.pause(10);
    }
  }

  /** The application's work and its message; whether that was kept. */
  private boolean store(long number, boolean keep) throws Exception {
    transactions.begin();
    boolean there;
    try {
      there =
          store.join(
              "the application's work",
              c -> {
                boolean known =
                    Sql.number(c, "SELECT COUNT(*) FROM storm_work WHERE n = ?", number) > 0;
                if (!known) {
                  Sql.update(c, "INSERT INTO storm_work (n) VALUES (?)", number);
                }
                return known;
              });
      outbox.submit(Nodes.intent("storm/" + number, Counting.AT, Counting.data(number)));
    } catch (Throwable e) {
      transactions.rollback();
      throw e;
    }
    if (!there && !keep) {
      transactions.rollback();
      return false;
    }
    try {
      transactions.commit();
    } catch (jakarta.transaction.RollbackException e) {
      throw new IllegalStateException(e);
    }
    return true;
  }

  /** Turns alone, until nothing is open. */
  boolean done() {
    outbox.turn();
    return outbox.figures().waiting() == 0;
  }

  long bumped() {
    return outbox.figures().bumps();
  }

  static List<Long> numbers(TestDatabase database) throws Exception {
    List<Long> numbers = new ArrayList<>();
    try (java.sql.Connection c = database.pool().getConnection()) {
      numbers.addAll(Sql.list(c, "SELECT n FROM storm_work", row -> row.getLong(1)));
    }
    return numbers;
  }
}
