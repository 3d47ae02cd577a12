package io.openledger.runtime.support;

import io.agroal.api.AgroalDataSource;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/** A database that refuses the statements that a test names, or loses the answer to a commit. */
public final class FaultyDatabase {

  private final TestDatabase database;
  private volatile String refused = "";
  private volatile String silent = "";
  private final ThreadLocal<Boolean> written = ThreadLocal.withInitial(() -> false);

  public FaultyDatabase(TestDatabase database) {
    this.database = database;
  }

  /** Refuses every statement that begins so; none when it is empty. */
  public void refuse(String beginning) {
    refused = beginning;
  }

  /** Commits a transaction with a statement that begins so, and fails to say that it did. */
  public void loseAnswer(String beginning) {
    silent = beginning;
  }

  /** The database with its faults, to start a server over. */
  public TestDatabase database() {
    AgroalDataSource pool =
        proxy(
            AgroalDataSource.class,
            (self, method, arguments) -> {
              Object result = call(database.pool(), method, arguments);
              return result instanceof Connection c ? watched(c) : result;
            });
    TransactionManager transactions =
        proxy(
            TransactionManager.class,
            (self, method, arguments) -> {
              Object result = call(database.transactions(), method, arguments);
              boolean lost = method.getName().equals("commit") && written.get();
              written.set(written.get() && !method.getName().equals("begin"));
              if (lost) {
                throw new SystemException("the answer to the commit is lost");
              }
              return result;
            });
    return new TestDatabase(database.url(), pool, transactions);
  }

  private Connection watched(Connection connection) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (arguments != null && arguments[0] instanceof String sql) {
            if (begins(sql, refused)) {
              throw new SQLException("refused by the test", "58000");
            }
            written.set(written.get() || begins(sql, silent));
          }
          return call(connection, method, arguments);
        });
  }

  private static boolean begins(String sql, String beginning) {
    return !beginning.isEmpty() && sql.startsWith(beginning);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object call(Object on, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
