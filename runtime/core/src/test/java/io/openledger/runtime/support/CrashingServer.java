package io.openledger.runtime.support;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;

import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.Caller;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A process of its own, for tests that kill it. It starts the feature on an H2 file, does what it
 * is told, prints {@code ACKNOWLEDGED n} after each thing that it was told is done, and stands
 * still, printing {@code STANDING}, before the statement that begins with a given text.
 *
 * <p>Arguments: directory; {@code contribute}, {@code answer}, {@code epoch} or {@code adapter};
 * the statement before which to stand still, counted from its n-th time, as {@code n:text}.
 */
public final class CrashingServer {

  /** Who uploads. */
  public static final Caller BUILDER = Caller.user("rest", "bob", Set.of(Caller.Role.BUILDER));

  /** What is uploaded. */
  public static final ModelId ADAPTER = new ModelId("tone");

  private CrashingServer() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    String what = args[1];
    int times = Integer.parseInt(args[2].substring(0, args[2].indexOf(':')));
    String statement = args[2].substring(args[2].indexOf(':') + 1);

    PlainAttribution attribution = new PlainAttribution();
    TestDatabase database = TestDatabase.h2(directory.resolve("store"));
    Standing standing = new Standing(statement, times);
    TestServer server =
        TestServer.start(
            standing.over(database),
            directory.resolve("data"),
            attribution,
            new ScriptedServing(),
            Map.of());
    if (what.equals("adapter")) {
      adapters(server.server().adapters(BUILDER));
      return;
    }
    if (!Files.exists(directory.resolve("created"))) {
      server.createClauses();
      Files.createFile(directory.resolve("created"));
    }
    for (int n = 1; n <= 3; n++) {
      server.datanets().contribute(CLAUSES, draft("c" + n, text(n)).build());
      if (what.equals("contribute")) {
        say("ACKNOWLEDGED " + n);
      }
    }
    for (int n = 1; n <= 3; n++) {
      server.model().complete(Prompt.text(text(n)));
      if (what.equals("answer")) {
        say("ACKNOWLEDGED " + n);
      }
    }
    for (int n = 1; n <= 2; n++) {
      server.ledger().closeEpoch();
      say("ACKNOWLEDGED " + n);
      server.model().complete(Prompt.text(text(n) + " again"));
    }
    say("FINISHED");
  }

  /** An upload, another in its place, and none any more. */
  private static void adapters(AdapterAdministration adapters) {
    Access mine = new Access(Optional.empty(), Set.of());
    adapters.upload(ADAPTER, AdapterZip.of("v1"), false, mine, Optional.empty());
    say("ACKNOWLEDGED 1");
    adapters.upload(ADAPTER, AdapterZip.of("v2"), true, mine, Optional.empty());
    say("ACKNOWLEDGED 2");
    adapters.unregister(ADAPTER);
    say("ACKNOWLEDGED 3");
    say("FINISHED");
  }

  /** The text of the n-th contribution. */
  public static String text(int n) {
    return "clause" + n + " alpha" + n + " beta" + n + " gamma" + n + " delta" + n + " omega" + n;
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Stands still before a statement. */
  private static final class Standing {
    private final String statement;
    private int left;

    Standing(String statement, int times) {
      this.statement = statement;
      this.left = times;
    }

    TestDatabase over(TestDatabase database) {
      io.agroal.api.AgroalDataSource pool =
          (io.agroal.api.AgroalDataSource)
              Proxy.newProxyInstance(
                  CrashingServer.class.getClassLoader(),
                  new Class<?>[] {io.agroal.api.AgroalDataSource.class},
                  (self, method, arguments) -> {
                    Object result = call(database.pool(), method, arguments);
                    return result instanceof Connection c ? watched(c) : result;
                  });
      return new TestDatabase(database.url(), pool, database.transactions());
    }

    private Connection watched(Connection connection) {
      return (Connection)
          Proxy.newProxyInstance(
              CrashingServer.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (self, method, arguments) -> {
                Object result = call(connection, method, arguments);
                if (result instanceof PreparedStatement
                    && arguments[0] instanceof String sql
                    && sql.startsWith(statement)) {
                  stand();
                }
                return result;
              });
    }

    private synchronized void stand() throws InterruptedException {
      if (--left == 0) {
        say("STANDING");
        Thread.sleep(Long.MAX_VALUE);
      }
    }

    private static Object call(Object on, java.lang.reflect.Method method, Object[] arguments)
        throws Throwable {
      try {
        return method.invoke(on, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
