package io.openledger.wildfly;

import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.ServerRuntime;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.rollup.SecretSource;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.logging.Logger;
import org.wildfly.transaction.client.ContextTransactionManager;

/**
 * The feature while it runs on this server, with the threads that it was given.
 *
 * @param server what the runtime started
 * @param executor its threads
 */
record RunningServer(OpenLedgerServer server, ScheduledExecutorService executor)
    implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(RunningServer.class);

  /**
   * Starts the feature and publishes it to the beans of applications. Blocks while the store is
   * migrated and the index is opened.
   */
  static RunningServer start(ModelSource source, DataSource dataSource, SecretSource secrets) {
    ClassLoader ours = RunningServer.class.getClassLoader();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    // the thread is the server's and may carry any context; libraries that ask it for classes are
    // to find ours
    Thread.currentThread().setContextClassLoader(ours);
    try {
      OpenLedgerConfig config = config(source, ours);
      ScheduledExecutorService executor = ServerThreads.start(ours);
      try {
        OpenLedgerServer server =
            ServerRuntime.start(
                new ServerEnvironment(
                    dataSource,
                    ContextTransactionManager.getInstance(),
                    executor,
                    Clock.systemUTC(),
                    config.dataDirectory(),
                    secrets),
                config);
        OpenLedgerServers.publish(Optional.of(server));
        LOG.infof("OpenLedger has started; its data is in %s", config.dataDirectory());
        return new RunningServer(server, executor);
      } catch (RuntimeException | Error e) {
        ServerThreads.stop(executor);
        throw e;
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static OpenLedgerConfig config(ModelSource source, ClassLoader loader) {
    Config config = ConfigProvider.getConfig(loader);
    try {
      return source.read(key -> config.getOptionalValue(key, String.class));
    } finally {
      // the sources may have changed when a reload starts us again
      ConfigProviderResolver.instance().releaseConfig(config);
    }
  }

  @Override
  public void close() {
    OpenLedgerServers.publish(Optional.empty());
    try {
      server.close();
    } finally {
      ServerThreads.stop(executor);
    }
    LOG.info("OpenLedger has stopped");
  }
}
