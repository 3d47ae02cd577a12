package io.openledger.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that is down when the server starts: who waits for it, and when it is tried again. */
class StoreOpeningTest {

  private final TestDatabase database = TestDatabase.h2();
  private final TestClock clock = new TestClock();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean down = true;

  @AfterEach
  void close() {
    released.countDown();
    database.close();
  }

  /** Connections are refused while the database is down, after a time-out that the test ends. */
  private Store store(boolean hangs) {
    DataSource source =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("getConnection") && down) {
                    asked.incrementAndGet();
                    hanging.countDown();
                    if (hangs) {
                      released.await();
                    }
                    throw new SQLException("no connection", "08001");
                  }
                  try {
                    return method.invoke(database.pool(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Store(
        source, new Transactions(database.transactions(), source), connection -> {}, clock);
  }

  private static void refused(Store store) {
    assertThatThrownBy(() -> store.requiresNew("asking", c -> 1))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNAVAILABLE));
  }

  @Test
  void whileOneCallWaitsForTheDatabaseTheOthersAreToldAtOnce() throws Exception {
    Store store = store(true);
    ExecutorService threads = Executors.newFixedThreadPool(9);
    try {
      Future<?> first = threads.submit(() -> refused(store));
      assertThat(hanging.await(20, TimeUnit.SECONDS)).isTrue();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        others.add(threads.submit(() -> refused(store)));
      }
      for (Future<?> other : others) {
        other.get(20, TimeUnit.SECONDS);
      }
      assertThat(first.isDone()).isFalse();
      assertThat(asked).hasValue(1);
      released.countDown();
      first.get(20, TimeUnit.SECONDS);
    } finally {
      released.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void databaseThatIsDownIsAskedLessAndLessOftenAndFoundWhenItComes() {
    Store store = store(false);
    refused(store);
    refused(store);
    assertThat(asked).as("within the first pause").hasValue(1);
    clock.advance(Duration.ofMillis(250));
    refused(store);
    clock.advance(Duration.ofMillis(250));
    refused(store);
    assertThat(asked).as("the second pause is longer").hasValue(2);
    for (int i = 0; i < 20; i++) {
      clock.advance(Duration.ofSeconds(10));
      refused(store);
    }
    assertThat(asked).as("no pause is longer than 10 s").hasValue(22);
    down = false;
    refused(store);
    clock.advance(Duration.ofSeconds(10));
    assertThat(store.<Integer>requiresNew("asking", c -> 7)).isEqualTo(7);
  }

  @Test
  void clockThatIsSetBackDoesNotKeepTheDatabaseAway() {
    Store store = store(false);
    refused(store);
    down = false;
    clock.advance(Duration.ofDays(-1));
    assertThat(store.<Integer>requiresNew("asking", c -> 7)).isEqualTo(7);
  }
}
