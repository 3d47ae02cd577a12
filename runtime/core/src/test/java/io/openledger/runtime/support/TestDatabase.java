package io.openledger.runtime.support;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.transaction.TransactionManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * A database with a pool that enlists in real JTA transactions, as a server has it.
 *
 * @param url JDBC
 * @param pool the data source
 * @param transactions the transaction manager, one for the JVM
 */
public record TestDatabase(String url, AgroalDataSource pool, TransactionManager transactions)
    implements AutoCloseable {

  /** H2 in memory, in its default mode. */
  public static TestDatabase h2() {
    return open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
  }

  /** H2 in a file, in its default mode. */
  public static TestDatabase h2(Path file) {
    return open("jdbc:h2:file:" + file.toAbsolutePath(), "sa", "");
  }

  public static TestDatabase open(String url, String user, String password) {
    TransactionManager manager = manager();
    try {
      AgroalDataSource pool =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .connectionPoolConfiguration(
                      cp ->
                          cp.maxSize(12)
                              .acquisitionTimeout(Duration.ofSeconds(5))
                              .transactionIntegration(
                                  new NarayanaTransactionIntegration(
                                      manager, new TransactionSynchronizationRegistryImple()))
                              .connectionFactoryConfiguration(
                                  cf ->
                                      cf.jdbcUrl(url)
                                          .principal(new NamePrincipal(user))
                                          .credential(new SimplePassword(password)))));
      return new TestDatabase(url, pool, manager);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static synchronized TransactionManager manager() {
    if (System.getProperty("openledger.test.objectstore") == null) {
      try {
        String store = Files.createTempDirectory("openledger-tx").toString();
        System.setProperty("openledger.test.objectstore", store);
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("1");
        for (String name : new String[] {"default", "communicationStore", "stateStore"}) {
          BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name)
              .setObjectStoreDir(store);
        }
        BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class).setObjectStoreDir(store);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return com.arjuna.ats.jta.TransactionManager.transactionManager();
  }

  /** The one number that a query gives, read outside any transaction. */
  public long number(String sql) {
    return Long.parseLong(text(sql));
  }

  public String text(String sql) {
    try (Connection c = pool.getConnection();
        Statement s = c.createStatement();
        ResultSet row = s.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Something that may throw anything. */
  public interface Body {
    void run() throws Exception;
  }

  /** Runs in a JTA transaction that commits, or rolls back when the body throws. */
  public void inTransaction(Body body) throws Exception {
    transactions.begin();
    try {
      body.run();
    } catch (Throwable e) {
      transactions.rollback();
      throw e;
    }
    transactions.commit();
  }

  @Override
  public void close() {
    pool.close();
    if (url.startsWith("jdbc:h2:file:")) {
      // the pool ends its last connections on a thread of its own: without this, H2 may still be
      // writing its file when the test deletes the directory
      try (Connection c = DriverManager.getConnection(url, "sa", "");
          Statement s = c.createStatement()) {
        s.execute("SHUTDOWN");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
