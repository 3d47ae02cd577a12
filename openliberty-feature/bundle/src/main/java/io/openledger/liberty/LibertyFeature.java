package io.openledger.liberty;

import com.ibm.tx.jta.TransactionManagerFactory;
import com.ibm.wsspi.kernel.service.utils.ServerQuiesceListener;
import com.ibm.wsspi.resource.ResourceFactory;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.ServerRuntime;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Starts the runtime when the server has a data source named {@code jdbc/openledger}, and stops it
 * when that goes away or the feature is removed.
 *
 * <p>Settings are the {@code openledger.*} keys as MicroProfile Config finds them: {@code
 * <variable>} elements of {@code server.xml}, system properties and environment variables.
 */
@Component(
    immediate = true,
    configurationPolicy = ConfigurationPolicy.IGNORE,
    service = ServerQuiesceListener.class)
public final class LibertyFeature implements ServerQuiesceListener {

  // Liberty waits 30 s for what is under way, and then stops all the same
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final OpenLedgerServer server;

  /**
   * @param dataSources makes the data source whose {@code jndiName} is {@code jdbc/openledger}
   * @param executor the server's own, which starts work at once
   */
  @Activate
  public LibertyFeature(
      @Reference(target = "(jndiName=jdbc/openledger)") ResourceFactory dataSources,
      @Reference(target = "(deferrable=false)") ScheduledExecutorService executor)
      throws Exception {
    Thread current = Thread.currentThread();
    ClassLoader context = current.getContextClassLoader();
    // configuration, migrations and engines are looked up from here, not from whoever activates us
    current.setContextClassLoader(LibertyFeature.class.getClassLoader());
    try {
      OpenLedgerConfig config = OpenLedgerConfig.from(LibertyFeature::setting);
      server =
          ServerRuntime.start(
              new ServerEnvironment(
                  (DataSource) dataSources.createResource(null),
                  TransactionManagerFactory.getTransactionManager(),
                  executor,
                  Clock.systemUTC(),
                  config.dataDirectory(),
                  new KeystoreSecrets()),
              config);
      OpenLedgerServers.publish(Optional.of(server));
    } finally {
      current.setContextClassLoader(context);
    }
  }

  /**
   * The server stops: answers under way are given, and the engine's thread is given back. Without
   * this the server would wait its whole quiesce period for that thread.
   */
  @Override
  public void serverStopping() {
    server.drain(GRACE);
  }

  @Deactivate
  void deactivate() {
    OpenLedgerServers.publish(Optional.empty());
    server.close();
  }

  private static Optional<String> setting(String key) {
    Config config =
        ConfigProviderResolver.instance().getConfig(LibertyFeature.class.getClassLoader());
    Optional<String> value = config.getOptionalValue(key, String.class);
    if (value.isEmpty() && key.equals("openledger.data.directory")) {
      // beside the server's other state, so that a backup of the server has it
      return Optional.of(
          config.getOptionalValue("server.output.dir", String.class).orElse(".") + "/openledger");
    }
    return value;
  }
}
