package io.openledger.runtime;

import io.openledger.runtime.rollup.SecretSource;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;

/**
 * What the server gives.
 *
 * @param dataSource connections that enlist in the JTA transaction of their thread
 * @param transactions the server's transaction manager
 * @param executor threads of the container's, {@value #THREADS} or more; the engine keeps one for
 *     its scheduler loop, at most {@value #ANSWERS} at a time make answers, and at most {@value
 *     #INDEXING} follow contributions in the indexes
 * @param clock the time
 * @param dataDirectory where the index, caches and, by default, models and adapters are kept
 * @param secrets what is in the server's own store
 */
public record ServerEnvironment(
    DataSource dataSource,
    TransactionManager transactions,
    ScheduledExecutorService executor,
    Clock clock,
    Path dataDirectory,
    SecretSource secrets) {

  /** Threads that help where one call asks for several answers: one call's most over REST. */
  public static final int ANSWERS = 15;

  /** Threads for indexes in the background; what else is to be done for them waits. */
  public static final int INDEXING = 2;

  /**
   * Those; the engine's loop, the epoch timer, the chaining of receipts, the looks for adapters, at
   * the database and for an epoch's terms, and one to spare; and what the rollup keeps busy:
   * sender, reader, epochs, registration and payments, each waiting for an answer of the chain that
   * another thread hands over, and three of those.
   */
  public static final int THREADS = ANSWERS + INDEXING + 7 + 8;

  /** Of a server that gives no secrets. */
  public ServerEnvironment(
      DataSource dataSource,
      TransactionManager transactions,
      ScheduledExecutorService executor,
      Clock clock,
      Path dataDirectory) {
    this(dataSource, transactions, executor, clock, dataDirectory, SecretSource.NONE);
  }
}
