package io.openledger.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.support.ServerChain;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.ledger.EpochSettings;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.rollup.RollupEnvironment;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opening and starting fails at each step that it has, one after the other; nothing may stay open.
 * The contracts are those of a real node, because they are compared with the book first.
 */
@Timeout(180)
class ServicesTest {

  private static final int MOST_STEPS = 100;

  @TempDir Path folder;
  private ServerChain chain;
  private TestDatabase database;
  private final Thread starter = Thread.currentThread();
  private int steps;
  private int failing;

  /** The step that is to fail. */
  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A key that says whether it was let go, and fails like one that is far away. */
  private final class NotedSigner implements Signer {
    private final Signer signer = chain.anvil().signer(1);
    private boolean closed;

    @Override
    public ChainAddress address() {
      step();
      return signer.address();
    }

    @Override
    public Signature sign(SigningPayload payload) {
      return signer.sign(payload);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void start() {
    chain = ServerChain.start(folder);
    database = TestDatabase.h2();
  }

  @AfterEach
  void stop() {
    if (database != null) {
      database.close();
    }
    chain.close();
  }

  // what was started goes on by itself, on other threads, and is no step of the start
  private void step() {
    if (Thread.currentThread() == starter && ++steps == failing) {
      throw new Failure();
    }
  }

  /** Of which each call is a step. */
  private <T> T counted(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              step();
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private RollupEnvironment environment(ScheduledExecutorService executor) {
    Map<String, String> keys = new HashMap<>();
    chain.settings().forEach(s -> keys.put(s.split("=", 2)[0], s.split("=", 2)[1]));
    keys.put("openledger.payments.anonymous", "true");
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    Settlement settlement = ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
    Epochs epochs =
        new Epochs(
            store,
            settlement,
            Clock.systemUTC(),
            EpochSettings.each(Duration.ZERO),
            Runnable::run,
            folder.resolve("epochs"));
    return new RollupEnvironment(
        new ServerEnvironment(
            database.pool(), database.transactions(), executor, Clock.systemUTC(), folder),
        OpenLedgerConfig.from(key -> Optional.ofNullable(keys.get(key))).chain().orElseThrow(),
        store,
        epochs,
        List::of,
        (named, split) -> true);
  }

  @Test
  void whicheverStepFailsAllThatWasOpenedIsClosed() {
    int opening = 0;
    int starting = 0;
    for (failing = 1; ; failing++) {
      assertThat(failing).as("steps of a start").isLessThan(MOST_STEPS);
      ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(4);
      executor.setRemoveOnCancelPolicy(true);
      NotedSigner key = new NotedSigner();
      RollupEnvironment environment =
          environment(counted(ScheduledExecutorService.class, executor));
      boolean opened = false;
      try {
        // what is asked before there is a key leaves nothing to close
        ChainClient client = counted(ChainClient.class, chain.client());
        steps = Integer.MIN_VALUE;
        Services services =
            Services.open(
                environment,
                chain.book(),
                ReaderSettings.of(chain.book()),
                client,
                () -> {
                  steps = 0;
                  return Optional.of(key);
                });
        opened = true;
        services.start();
        assertThat(key.closed).isFalse();
        assertThat(executor.getQueue()).isNotEmpty();
        services.close();
        assertThat(steps).as("all steps were tried").isEqualTo(failing - 1);
        assertThat(opening).isGreaterThanOrEqualTo(4);
        assertThat(starting).isGreaterThanOrEqualTo(5);
        return;
      } catch (Failure e) {
        opening += opened ? 0 : 1;
        starting += opened ? 1 : 0;
      } finally {
        assertThat(key.closed).as("the key, when step %s fails", failing).isTrue();
        assertThat(executor.getQueue().stream().map(Future.class::cast))
            .as("what is still to be done, when step %s fails", failing)
            .allMatch(Future::isCancelled);
        executor.shutdownNow();
      }
    }
  }
}
