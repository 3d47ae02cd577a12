package io.openledger.wildfly;

import io.openledger.runtime.ServerEnvironment;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The feature's threads: a few, named, and all started at once by the server's own thread. A thread
 * that started later would inherit the context class loader and the access control context of
 * whatever application happened to be calling, and would keep that application in memory after its
 * undeployment.
 *
 * <p>They are not those of the server's managed executors, whose threads belong to applications and
 * would be reported as hung: the serving engine's scheduler loop occupies one for as long as the
 * feature runs.
 */
final class ServerThreads {

  /** As many as the feature keeps busy at most. */
  static final int COUNT = ServerEnvironment.THREADS;

  private static final int STOP_SECONDS = 30;

  private static final Logger LOG = Logger.getLogger(ServerThreads.class);

  private ServerThreads() {}

  static ScheduledExecutorService start(ClassLoader context) {
    AtomicInteger number = new AtomicInteger();
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            COUNT,
            task -> {
              Thread thread = new Thread(task, "openledger-" + number.incrementAndGet());
              thread.setDaemon(true);
              thread.setContextClassLoader(context);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.prestartAllCoreThreads();
    return executor;
  }

  /**
   * Ends what runs and waits for it, so that no native handle is in use when the caller goes on.
   */
  static void stop(ScheduledExecutorService executor) {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warnf(
            "threads of OpenLedger still run %d s after they were asked to end", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
