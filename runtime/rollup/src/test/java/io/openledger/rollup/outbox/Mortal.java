package io.openledger.rollup.outbox;

import io.openledger.chain.connector.rpc.ChainClient;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import javax.sql.DataSource;

/**
 * Kills a node between any two steps: a step is a statement, a commit or a call of the chain, and
 * there is one kill before and one after it. From then on the node does nothing more, but that what
 * it holds open is let go, as the end of a process does it: connections are closed, transactions
 * rolled back.
 */
final class Mortal {

  /** The node is dead. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private long left;
  private boolean dead;
  private boolean armed;

  /**
   * Lives for so many steps from {@link #arm} on. The store is opened before: the library that
   * migrates it keeps connections when it is thrown an error, which a process that ends does not.
   */
  Mortal(long steps) {
    this.left = steps;
  }

  synchronized void arm() {
    armed = true;
  }

  synchronized void step() {
    if (armed && (dead || --left < 0)) {
      dead = true;
      throw new Killed();
    }
  }

  synchronized boolean dead() {
    return dead;
  }

  private interface Target {
    Object call(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Target target) {
    return type.cast(
        Proxy.newProxyInstance(
            Mortal.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> target.call(method, arguments)));
  }

  private static Object call(Object on, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object around(Object on, Method method, Object[] arguments) throws Throwable {
    step();
    Object result = call(on, method, arguments);
    step();
    return result;
  }

  DataSource over(DataSource pool) {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          step();
          Object result = call(pool, method, arguments);
          return result instanceof Connection c ? over(c) : result;
        });
  }

  private Connection over(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          Object result = call(connection, method, arguments);
          return result instanceof PreparedStatement s ? over(s) : result;
        });
  }

  private PreparedStatement over(PreparedStatement statement) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) ->
            method.getName().startsWith("execute")
                ? around(statement, method, arguments)
                : call(statement, method, arguments));
  }

  TransactionManager over(TransactionManager manager) {
    return proxy(
        TransactionManager.class,
        (method, arguments) -> {
          if (method.getName().equals("begin")) {
            step();
          }
          if (method.getName().equals("commit")) {
            try {
              step();
            } catch (Killed e) {
              manager.rollback();
              throw e;
            }
          }
          Object result = call(manager, method, arguments);
          if (method.getName().equals("commit")) {
            step();
          }
          return result;
        });
  }

  ChainClient over(ChainClient chain) {
    return proxy(ChainClient.class, (method, arguments) -> around(chain, method, arguments));
  }
}
