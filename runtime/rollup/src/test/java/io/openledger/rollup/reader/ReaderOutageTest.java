package io.openledger.rollup.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import java.math.BigInteger;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are away or talk nonsense, and clocks that jump: nothing is lost, nothing twice. */
final class ReaderOutageTest {

  private static final ChainAddress DISTRIBUTOR = new ChainAddress("0x" + "d1".repeat(20));
  private static final ChainAddress ANN = new ChainAddress("0x" + "a1".repeat(20));

  private final TestClock clock = new TestClock();
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private final PlainChain chain = new PlainChain();
  private TestDatabase database;
  private Store store;
  private long claims;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.h2();
    store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            clock);
    store.prepare();
  }

  @AfterEach
  void close() {
    executor.shutdownNow();
    database.close();
  }

  private ChainReader reader(String node) {
    return new ChainReader(
        chain,
        store,
        ReaderSettings.of(
            Hash256.sha256("deployment"), Map.of(DISTRIBUTOR, "RewardDistributor"), 0),
        node,
        executor,
        clock);
  }

  private void claim() {
    chain.mine(
        List.of(
            PlainChain.told(
                DISTRIBUTOR,
                PlainChain.type("RewardDistributor", "Claimed"),
                ANN,
                BigInteger.valueOf(++claims))));
  }

  /** Each event of the chain once, and no other. */
  private void requireAll() {
    assertThat(database.number("SELECT COUNT(*) FROM ol_chain_events"))
        .isEqualTo(chain.allLogs().size());
    assertThat(database.number("SELECT COUNT(DISTINCT transaction_hash) FROM ol_chain_events"))
        .isEqualTo(chain.allLogs().size());
    assertThat(database.number("SELECT MAX(block_number) FROM ol_chain_events"))
        .isEqualTo(chain.allLogs().get(chain.allLogs().size() - 1).block());
  }

  @Test
  void readsOnAfterANodeWasDeadForAMinute() {
    ChainReader reader = reader("one");
    claim();
    claim();
    chain.finalizeTo(1);
    reader.look();
    Instant looked = reader.status().looked().orElseThrow();
    chain.beforeEach(
        () -> {
          throw new OpenLedgerException(
              ErrorCode.CHAIN_UNAVAILABLE, "connection refused", "a node", "wait");
        });
    // the chain goes on and takes back, and nobody here sees it
    for (int second = 0; second < 60; second += 2) {
      clock.advance(Duration.ofSeconds(2));
      if (second == 30) {
        assertThat(chain.takeBack(1)).isEqualTo(1);
      }
      claim();
      assertThatThrownBy(reader::look).hasMessageContaining("connection refused");
      assertThat(reader.status().trouble().orElseThrow().code())
          .isEqualTo(ErrorCode.CHAIN_UNAVAILABLE);
      assertThat(reader.status().told()).contains("connection refused");
      assertThat(reader.status().looked()).contains(looked);
    }
    assertThat(database.number("SELECT COUNT(*) FROM ol_chain_events")).isEqualTo(2);
    chain.beforeEach(() -> {});
    chain.finalizeTo(20);
    reader.look();
    assertThat(reader.status().trouble()).isEmpty();
    assertThat(reader.status().caughtUp()).isTrue();
    assertThat(reader.status().looked()).contains(clock.instant());
    requireAll();
  }

  @Test
  void readsEachEventOnceFromANodeThatAnswersEveryOtherQuestionWithAnError() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ErrorCode[] kinds = {
      ErrorCode.CHAIN_UNAVAILABLE, ErrorCode.CHAIN_REFUSED, ErrorCode.CHAIN_DISPUTED
    };
    chain.beforeEach(
        () -> {
          if (random.nextInt(3) == 0) {
            throw new OpenLedgerException(
                kinds[random.nextInt(kinds.length)], "-32603 internal error", "an answer", "wait");
          }
        });
    ChainReader reader = reader("one");
    int failed = 0;
    for (int i = 0; i < 200; i++) {
      claim();
      if (i % 7 == 6) {
        chain.takeBack(2);
        claim();
      }
      chain.finalizeTo(chain.height() - 5);
      try {
        reader.look();
      } catch (OpenLedgerException e) {
        failed++;
        assertThat(reader.status().trouble()).contains(e);
      }
    }
    assertThat(failed).isGreaterThan(20);
    chain.beforeEach(() -> {});
    reader.look();
    assertThat(reader.status().trouble()).isEmpty();
    requireAll();
  }

  @Test
  void aClockThatJumpsAheadLetsAnotherNodeReadAndReadsNothingTwice() {
    ChainReader one = reader("one");
    ChainReader two = reader("two");
    claim();
    one.look();
    clock.advance(Duration.ofDays(1));
    claim();
    two.look();
    assertThat(two.status().reading()).isTrue();
    one.look();
    assertThat(one.status().reading()).isFalse();
    requireAll();
  }

  @Test
  void aClockThatJumpsBackDoesNotLeaveTheChainUnreadUntilItHasCaughtUp() {
    ChainReader dead = reader("dead");
    claim();
    dead.look();
    claim();
    // it was a day ahead, was put right, and its node was killed with the lease in its hand
    clock.advance(Duration.ofDays(-1));
    ChainReader two = reader("two");
    two.look();
    assertThat(two.status().reading())
        .as("a lease of a day is none that anybody was given")
        .isTrue();
    requireAll();
    claim();
    ChainReader three = reader("three");
    three.look();
    assertThat(three.status().reading()).as("its own is one").isFalse();
    two.look();
    requireAll();
  }

  private static OpenLedgerException unavailable(String why) {
    return new OpenLedgerException(ErrorCode.CHAIN_UNAVAILABLE, why, "a node", "wait");
  }

  @Test
  void tellsANodeThatIsAwayAndNotThatTheServerStops() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Handler ear =
        new Handler() {
          @Override
          public void publish(LogRecord r) {
            if (r.getLevel().intValue() >= Level.WARNING.intValue()) {
              told.add(
                  r.getLevel() + " " + MessageFormat.format(r.getMessage(), r.getParameters()));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger(ChainReader.class.getName());
    log.addHandler(ear);
    try {
      chain.beforeEach(
          () -> {
            throw unavailable("connection refused");
          });
      reader("one").readAhead();
      assertThat(told).singleElement().asString().contains("WARNING", "connection refused");

      told.clear();
      CountDownLatch asked = new CountDownLatch(1);
      chain.beforeEach(
          () -> {
            asked.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            throw unavailable("interrupted while waiting for the chain");
          });
      executor.execute(reader("two")::readAhead);
      asked.await();
      // as a server does that stops
      executor.shutdownNow();
      assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
      assertThat(told).isEmpty();
    } finally {
      log.removeHandler(ear);
    }
  }
}
