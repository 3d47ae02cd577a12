package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machine, one trap a test. */
class SenderTest extends OutboxFixture {

  @Test
  void goesFromStoredToFinal() {
    outbox.submit(Nodes.intent("a"));
    turn();
    assertThat(state("a")).isEqualTo(State.SENT);
    chain.mine();
    turn();
    assertThat(state("a")).isEqualTo(State.UNSAFE);
    chain.mine(3);
    turn();
    assertThat(state("a")).isEqualTo(State.SAFE);
    chain.mine(2);
    turn();
    assertThat(state("a")).isEqualTo(State.SAFE);
    chain.mine();
    turn();
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
    assertThat(chain.told).as("told once, for it was in a block soon").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void reorgTakesItBackAndTheSameBytesAreToldAgain(int depth) {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction bytes = chain.told.get(0);
    chain.mine(depth);
    turn();
    assertThat(state("a")).isIn(State.UNSAFE, State.SAFE);
    chain.reorg(depth);
    turn();
    assertThat(state("a")).isEqualTo(State.SENT);
    assertThat(chain.told.get(1)).isEqualTo(bytes);
    assertThat(outbox.figures().reorgs()).isEqualTo(1);
    settle("a");
    assertOnce("a");
  }

  @Test
  void reorgThatPutsItIntoAnotherBlockIsSeen() {
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.mine(2);
    turn();
    SignedTransaction bytes = chain.told.get(0);
    chain.reorg(2);
    chain.pool.put(0L, bytes);
    chain.mine();
    turn();
    assertThat(state("a")).isEqualTo(State.UNSAFE);
    settle("a");
    assertOnce("a");
    assertThat(message("a").transaction()).isEqualTo(bytes.hash());
  }

  @Test
  void oldBlockIsNotBelievedBecauseItsNumberIsSafe() {
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.mine();
    turn();
    chain.reorg(1);
    chain.mine(3); // its number is safe now, its block is gone
    turn();
    assertThat(state("a")).isEqualTo(State.SENT);
    chain.mine(3);
    turn();
    settle("a");
    assertOnce("a");
  }

  @Test
  void manyBlocksAreComparedInSeveralTurnsAfterATakeover() {
    chain.finalDepth = 1000;
    chain.safeDepth = 900;
    String[] keys = new String[40];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "k" + i;
      outbox.submit(Nodes.intent(keys[i]));
      turn();
      chain.mine();
    }
    turn();
    chain.reorg(5);
    outbox =
        node(
            Nodes.settings(99, Duration.ofSeconds(3), Duration.ZERO, Duration.ZERO, Duration.ZERO));
    expireLease();
    // a question takes so long that a third of the lease is enough for some ten of them
    chain.onCall =
        method -> {
          if (method.equals("block")) {
            nanos.addAndGet(100_000_000L);
          }
        };
    int turns = 0;
    while (state("k35") != State.SENT) {
      turn();
      turns++;
      assertThat(turns).isLessThan(20);
    }
    assertThat(turns).as("not all in one").isGreaterThan(2);
    assertThat(state("k34")).isEqualTo(State.UNSAFE);
    chain.onCall = method -> {};
    chain.finalDepth = 6;
    chain.safeDepth = 3;
    settle(keys);
    assertOnce(keys);
  }

  @Test
  void poolThatForgetsIsToldTheSameBytesAgain() {
    outbox.submit(Nodes.intent("a"));
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(1), Duration.ZERO, Duration.ofHours(1), Duration.ZERO));
    turn();
    chain.pool.clear();
    turn();
    assertThat(chain.told).hasSize(2);
    assertThat(chain.told.get(1)).isEqualTo(chain.told.get(0));
    settle("a");
    assertOnce("a");
  }

  @Test
  void whatANodeTookWithoutSayingSoIsFound() {
    chain.mute = true;
    outbox.submit(Nodes.intent("a"));
    turn();
    assertThat(state("a")).isEqualTo(State.STORED);
    assertThat(detail("a")).contains("no node");
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void raisesFeesAtTheSameNonceAndFollowsEveryHash() {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction first = chain.told.get(0);
    chain.baseFee = Wei.of(20_000_000_000L);
    chain.mine();
    turn();
    assertThat(chain.told).hasSize(2);
    SignedTransaction second = chain.told.get(1);
    assertThat(second).isNotEqualTo(first);
    assertThat(second.open().transaction().nonce()).isZero();
    assertThat(second.open().transaction().data()).isEqualTo(first.open().transaction().data());
    assertThat(message("a").transaction()).isEqualTo(second.hash());
    // a sequencer that has the first and never heard of the second
    chain.pool.put(0L, first);
    chain.baseFee = Wei.of(1_000_000_000);
    settle("a");
    assertThat(message("a").transaction()).isEqualTo(first.hash());
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
    assertThat(admin().get("a").attempts()).hasSize(2);
  }

  @Test
  void raisedBytesAreStoredBeforeTheyAreTold() {
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.baseFee = Wei.of(20_000_000_000L);
    chain.mine();
    AtomicInteger broadcasts = new AtomicInteger();
    chain.onCall =
        method -> {
          if (method.equals("broadcast") && broadcasts.incrementAndGet() == 1) {
            // SENT, the raised bytes are told for the first time: look whether they are committed
            assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts")).isEqualTo(2);
            throw new Mortal.Killed();
          }
        };
    assertThatThrownBy(this::turn).isInstanceOf(Mortal.Killed.class);
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(1), Duration.ZERO, Duration.ofHours(1), Duration.ZERO));
    expireLease();
    turn();
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts"))
        .as("nothing new is signed, what is stored is told")
        .isEqualTo(2);
    settle("a");
    assertOnce("a");
  }

  @Test
  void feesStopAtTheCeilingAndThatIsTold() {
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.baseFee = Wei.of(600_000_000_000L);
    for (int i = 0; i < 5; i++) {
      chain.mine();
      turn();
    }
    chain.told.forEach(
        t ->
            assertThat(t.open().transaction().fees().maxFeePerGas())
                .isLessThanOrEqualTo(Wei.of(500_000_000_000L)));
    assertThat(detail("a")).contains("above the ceiling");
    assertThat(outbox.trouble().orElse("")).contains("message a", "raise the ceiling");
    chain.baseFee = Wei.of(1_000_000_000);
    settle("a");
    assertOnce("a");
    assertThat(outbox.trouble()).isEmpty();
  }

  @Test
  void whatIsInNoBlockForAllThatIsAllowedIsTold() {
    outbox.submit(Nodes.intent("a"));
    for (int i = 0; i < 60; i++) {
      turn(); // whoever makes blocks leaves it out
    }
    assertThat(outbox.trouble().orElse("")).contains("message a", "raise the ceiling");
    settle("a");
    assertOnce("a");
    assertThat(outbox.trouble()).isEmpty();
  }

  @Test
  void withoutFundsItWaitsAndTellsAndGoesOnWhenTheyCome() {
    chain.balance = Wei.of(1000);
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    turn();
    assertThat(state("a")).isEqualTo(State.STORED);
    assertThat(detail("a")).contains("has 1000 wei");
    assertThat(outbox.trouble().orElse("")).contains("send it some");
    assertThat(chain.told).as("the second costs something too").hasSize(1);
    turn();
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts"))
        .as("higher fees would make it worse")
        .isEqualTo(2);
    chain.balance = new Wei(java.math.BigInteger.TEN.pow(20));
    settle("a", "b");
    assertOnce("a", "b");
    assertThat(outbox.trouble()).isEmpty();
  }

  @Test
  void wrongChainStopsEverythingAndTells() {
    outbox.submit(Nodes.intent("a"));
    chain.chainId = 1;
    assertThatThrownBy(() -> outbox.turn())
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
        .hasMessageContaining("id is 1;");
    assertThat(chain.told).isEmpty();
    assertThatThrownBy(() -> node(Nodes.eager()).submit(Nodes.intent("b")))
        .hasMessageContaining("id is 1;");
    chain.chainId = 1612;
    settle("a");
    assertOnce("a");
  }

  @Test
  void freshChainOfTheSameIdIsToldAndGetsNothing() {
    outbox.submit(Nodes.intent("a"));
    settle("a");
    outbox.submit(Nodes.intent("b"));
    chain = new ScriptedChain(Nodes.signer(1).address());
    chain.mine(20);
    JdbcOutbox restarted = node(Nodes.eager());
    expireLease();
    assertThatThrownBy(restarted::turn).hasMessageContaining("more of them were final");
    assertThat(chain.told).isEmpty();
  }

  @Test
  void revertedInAFinalBlockIsFinalWithItsReason() {
    outbox.submit(Nodes.intent("a"));
    chain.reverting.add(data("a"));
    turn();
    chain.mine();
    turn();
    assertThat(state("a")).isEqualTo(State.UNSAFE);
    assertThat(detail("a")).contains("not final");
    settle("a");
    assertThat(state("a")).isEqualTo(State.REVERTED);
    assertThat(detail("a")).contains("NothingToClaim()");
    assertOnce();
    assertThat(outbox.figures().reverted()).isEqualTo(1);
  }

  @Test
  void revertedInABlockThatIsTakenBackMaySucceedLater() {
    outbox.submit(Nodes.intent("a"));
    chain.reverting.add(data("a"));
    turn();
    chain.mine();
    turn();
    chain.reorg(1);
    chain.reverting.clear();
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void nonceUsedFromOutsideGivesAnotherOnlyWhenItIsFinal() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.foreign(1);
    turn();
    turn();
    assertThat(message("a").nonce()).as("a reorganisation may bring it back").isZero();
    assertThat(detail("a")).contains("for now");
    chain.mine(6);
    turn();
    assertThat(message("a").nonce()).as("seen once").isZero();
    turn();
    assertThat(message("a").nonce()).isEqualTo(2);
    settle("a", "b");
    assertOnce("a", "b");
    assertThat(outbox.figures().moved()).isEqualTo(1);
  }

  @Test
  void foreignTransactionThatIsTakenBackLeavesTheNonceToUs() {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction bytes = chain.told.get(0);
    chain.foreign(1);
    turn();
    chain.reorg(1);
    settle("a");
    assertOnce("a");
    assertThat(message("a").transaction()).isEqualTo(bytes.hash());
  }

  @Test
  void hiddenReceiptDoesNotLeadToASecondPaymentWithinTheTimeToWait() {
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(9), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1)));
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.mine(8);
    chain.hidden.add(chain.told.get(0).hash());
    for (int i = 0; i < 20; i++) {
      turn(); // 2 s each
    }
    assertThat(message("a").nonce()).isZero();
    assertThat(detail("a")).contains("used from outside");
    chain.hidden.clear();
    turn();
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void suspicionBeginsAnewWithEachHolderAndEachReceipt() {
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(9), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1)));
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    chain.mine(6);
    turn();
    nanos.addAndGet(Duration.ofSeconds(50).toNanos());
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(9), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1)));
    expireLease();
    turn();
    nanos.addAndGet(Duration.ofSeconds(50).toNanos());
    turn();
    assertThat(message("a").nonce()).isZero();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    turn();
    assertThat(message("a").nonce()).isEqualTo(1);
    settle("a");
    assertOnce("a");
  }

  @Test
  void newMessagesPassNoncesThatAreUsedUp() {
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.foreign(30);
    chain.mine(6);
    turn();
    assertThat(outbox.submit(Nodes.intent("b")).nonce()).isEqualTo(31);
    settle("b");
    assertOnce("a", "b");
  }

  @Test
  void gapThatAReorganisationLeftIsFilled() {
    chain.foreign(2); // a deployment, counted when the first message is stored
    assertThat(outbox.submit(Nodes.intent("a")).nonce()).isEqualTo(2);
    turn();
    chain.reorg(1); // and it never comes back
    assertThat(chain.effects()).isEmpty();
    outbox.submit(Nodes.intent("b"));
    settle("a", "b");
    assertOnce("a", "b");
    assertThat(outbox.find("outbox/gap/1612/" + chain.account + "/0").orElseThrow().state())
        .isIn(State.FINALIZED, State.SAFE);
  }

  @Test
  void gapIsNotFilledWhereTheForeignTransactionComesBack() {
    outbox =
        node(
            Nodes.settings(
                9, Duration.ofMinutes(9), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1)));
    chain.foreign(2);
    outbox.submit(Nodes.intent("a"));
    chain.reorg(1);
    turn();
    assertThat(outbox.trouble().orElse("")).contains("nonce 0 is nobody's");
    chain.foreign(2);
    settle("a");
    assertOnce("a");
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox")).isEqualTo(1);
  }

  @Test
  void noMoreThanTheWindowIsInFlight() {
    for (int i = 0; i < 100; i++) {
      outbox.submit(Nodes.intent("k" + i));
    }
    turn();
    assertThat(chain.pool).hasSize(64);
    assertThat(outbox.figures()).extracting(OutboxFigures::inFlight).isEqualTo(64L);
    assertThat(outbox.figures().waiting()).isEqualTo(100);
    chain.mine();
    turn();
    assertThat(chain.pool).hasSize(36);
  }

  @Test
  void oneNodeSendsAndAnotherTakesOverWhenItIsSilent() {
    JdbcOutbox other = node(Nodes.eager());
    outbox.submit(Nodes.intent("a"));
    turn();
    assertThat(other.turn()).isFalse();
    assertThat(chain.told).hasSize(1);
    assertThat(outbox.figures().leaseHeld()).isTrue();
    assertThat(other.figures().leaseHeld()).isFalse();
    expireLease();
    turn(other);
    assertThat(chain.told.get(1)).as("the same bytes").isEqualTo(chain.told.get(0));
    assertThat(outbox.turn()).isFalse();
    other.close();
    turn(outbox);
  }

  @Test
  void nodeThatDoesNotReachItsDatabaseDoesNotSayThatItSends() {
    AtomicBoolean away = new AtomicBoolean();
    DataSource pool =
        (DataSource)
            Proxy.newProxyInstance(
                SenderTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                  if (away.get()) {
                    throw new SQLException("no route to the database", "08001");
                  }
                  return method.invoke(database.pool(), arguments);
                });
    Store store =
        new Store(
            pool, new Transactions(database.transactions(), pool), c -> {}, Clock.systemUTC());
    outbox =
        new JdbcOutbox(
            store, chain, Nodes.signer(1), "cut off", Nodes.eager(), Nodes.IDLE, nanos::get);
    turn();
    assertThat(outbox.figures().leaseHeld()).isTrue();
    away.set(true);
    assertThatThrownBy(this::turn).hasMessageContaining("database");
    away.set(false);
    assertThat(outbox.figures().leaseHeld()).isFalse();
    turn();
    assertThat(outbox.figures().leaseHeld()).isTrue();
  }

  @Test
  void leaseOfADeadHolderEndsAlsoWhereTheDatabasesClockWasSetBack() {
    outbox.submit(Nodes.intent("a"));
    turn();
    outbox = node(Nodes.eager()); // and the other one is dead
    sql("UPDATE ol_outbox_leases SET expires = TIMESTAMP WITH TIME ZONE '2999-01-01 00:00:00+00'");
    assertThat(outbox.turn()).isFalse();
    nanos.addAndGet(Duration.ofMinutes(19).toNanos());
    assertThat(outbox.turn()).as("one that lives renews it in time").isFalse();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    settle("a");
    assertOnce("a");
  }

  @Test
  void holderWhoseDatabasesClockWasSetBackGoesOn() {
    outbox.submit(Nodes.intent("a"));
    turn();
    JdbcOutbox other = node(Nodes.eager());
    for (int i = 0; i < 5; i++) {
      sql(
          "UPDATE ol_outbox_leases SET expires = TIMESTAMP WITH TIME ZONE '2999-01-01 00:00:0"
              + i
              + "+00'");
      assertThat(other.turn()).isFalse();
      nanos.addAndGet(Duration.ofMinutes(19).toNanos());
    }
    settle("a");
    assertOnce("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fees", "broadcast", "receipt", "head", "nonce"})
  void nodeThatSleptOverItsLeaseSignsNothing(String whereItSleeps) {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    turn();
    chain.pool.remove(1L);
    chain.mine();
    outbox.submit(Nodes.intent("c"));
    chain.baseFee = Wei.of(20_000_000_000L);
    JdbcOutbox other = node(Nodes.eager());
    AtomicInteger slept = new AtomicInteger();
    chain.onCall =
        method -> {
          if (method.equals(whereItSleeps) && slept.incrementAndGet() == 1) {
            expireLease();
            turn(other);
            chain.mine();
            turn(other);
          }
        };
    nanos.addAndGet(Market.MAX_AGE);
    outbox.turn();
    assertThat(slept.get()).isPositive();
    long attempts = database.number("SELECT COUNT(*) FROM ol_outbox_attempts");
    outbox.turn();
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts")).isEqualTo(attempts);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM (SELECT nonce FROM ol_outbox_attempts GROUP BY nonce"
                    + " HAVING COUNT(DISTINCT business_key) > 1) AS shared"))
        .as("two messages have never had one nonce")
        .isZero();
    outbox = other;
    settle("a", "b", "c");
    assertOnce("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"02c0", "01c0", "xy", ""})
  void damagedBytesAreNotToldAndThatIsTold(String raw) {
    outbox.submit(Nodes.intent("a"));
    sql("UPDATE ol_outbox_attempts SET raw = '" + raw + "'");
    turn();
    assertThat(chain.told).isEmpty();
    assertThat(detail("a")).contains("damaged");
    assertThat(outbox.trouble().orElse("")).contains("message a");
  }

  @Test
  void receiptsThatWereReadAreKeptWhenTheChainGoesAwayInTheMiddle() {
    for (int i = 0; i < 5; i++) {
      outbox.submit(Nodes.intent("k" + i));
    }
    turn();
    chain.mine();
    AtomicInteger receipts = new AtomicInteger();
    chain.onCall =
        method -> {
          if (method.equals("receipt") && receipts.incrementAndGet() > 3) {
            throw new OpenLedgerException(
                ErrorCode.CHAIN_UNAVAILABLE, "no node", "an answer", "call again");
          }
        };
    assertThatThrownBy(this::turn).hasMessageContaining("no node");
    assertThat(List.of(state("k0"), state("k2"), state("k3"), state("k4")))
        .containsExactly(State.UNSAFE, State.UNSAFE, State.SENT, State.SENT);
  }
}
