package io.openledger.rollup.support;

import io.agroal.api.AgroalDataSource;
import io.openledger.runtime.support.TestDatabase;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/** A database that fails at the statements and commits that a test counts down to. */
public final class FailingStore {

  private final TestDatabase database;
  private long left = Long.MAX_VALUE;

  public FailingStore(TestDatabase database) {
    this.database = database;
  }

  /**
   * Lets so many more statements and commits through and fails at the next: a statement before it
   * ran, a commit after it.
   */
  public void failAfter(long operations) {
    left = operations;
  }

  public void heal() {
    left = Long.MAX_VALUE;
  }

  private boolean failsNow() {
    return left-- == 0;
  }

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
              if (method.getName().equals("commit") && failsNow()) {
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
          if (method.getName().equals("prepareStatement") && failsNow()) {
            throw new SQLException("the connection broke", "08006");
          }
          return call(connection, method, arguments);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FailingStore.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object call(Object on, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
