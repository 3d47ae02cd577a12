package io.openledger.runtime;

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
 * @param executor threads of the container's; the engine keeps one for its scheduler loop
 * @param clock the time
 * @param dataDirectory where the index, caches and, by default, models and adapters are kept
 */
public record ServerEnvironment(
    DataSource dataSource,
    TransactionManager transactions,
    ScheduledExecutorService executor,
    Clock clock,
    Path dataDirectory) {}
