package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.chain.connector.tx.SigningPayload;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens around the signing of a message for another nonce. */
class MoverTest extends OutboxFixture {

  /** Signs as all nodes here do, after a test has done something else. */
  private static final class Watched implements Signer {
    private final Signer signer = Nodes.signer(1);
    private Runnable before = () -> {};

    @Override
    public ChainAddress address() {
      return signer.address();
    }

    @Override
    public Signature sign(SigningPayload payload) {
      Runnable once = before;
      once.run();
      return signer.sign(payload);
    }

    @Override
    public void close() {}
  }

  private final Watched signer = new Watched();

  @BeforeEach
  void watch() {
    signer.before = () -> {};
    outbox =
        new JdbcOutbox(
            Nodes.store(database), chain, signer, "watched", Nodes.eager(), Nodes.IDLE, nanos::get);
  }

  private static OpenLedgerException fails(ErrorCode code) {
    return new OpenLedgerException(code, "no whole answer", "an answer", "wait");
  }

  /** As an administrator's request does it: on another thread. */
  private void cancelMeanwhile(String key) {
    signer.before = () -> {};
    CompletableFuture<Void> request =
        CompletableFuture.runAsync(
            () -> assertThat(admin().cancel(key).message().wish()).contains("CANCEL"));
    request.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** The watched node gives a nonce up after some turns. */
  private void deadAfter(int turns) {
    outbox =
        new JdbcOutbox(
            Nodes.store(database),
            chain,
            signer,
            "patient",
            Nodes.settings(
                9,
                Duration.ofMinutes(9),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofNanos(turns * Market.MAX_AGE)),
            Nodes.IDLE,
            nanos::get);
  }

  @Test
  void whatIsTakenBackWhileItIsSignedForAnotherNonceIsNotPaid() {
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    chain.mine(8);
    signer.before = () -> cancelMeanwhile("a");
    settle("a");
    assertThat(state("a")).as("the administrator was told that it is").isEqualTo(State.CANCELLED);
    assertOnce();
  }

  @Test
  void whatIsTakenBackWhileAnotherTryIsSignedIsNotPaid() {
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    chain.mine(8);
    chain.bodiesFrom = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      turn();
    }
    assertThat(detail("a")).contains("not known by what");
    admin().retry("a");
    signer.before = () -> cancelMeanwhile("a");
    for (int i = 0; i < 10; i++) {
      turn();
      chain.mine();
    }
    assertOnce();
    admin().retry("a"); // and it is the administrator who changes his mind
    settle("a");
    assertOnce("a");
  }

  @Test
  void estimateThatNobodyGivesHoldsUpNoOtherMessage() {
    chain.reverting.add(data("a"));
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.reverting.clear();
    admin().retry("a");
    chain.onCall =
        method -> {
          if (method.equals("estimateGas")) {
            throw fails(ErrorCode.CHAIN_UNAVAILABLE);
          }
        };
    outbox.submit(Nodes.intent("b"));
    settle("b");
    assertThat(outbox.trouble().orElse("")).contains("message a", "no whole answer");
    chain.onCall = method -> {};
    for (int i = 0; i < 10; i++) {
      turn();
      chain.mine();
    }
    settle("a");
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("a", "b");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void keyThatIsAwayHoldsUpNothingThatIsSigned(int turns) {
    deadAfter(turns);
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.foreign(1);
    chain.mine(8);
    signer.before =
        () -> {
          throw fails(ErrorCode.SIGNING_KEY);
        };
    settle("b");
    assertThat(message("a").nonce()).isZero();
    assertThat(outbox.trouble().orElse("")).contains("message a", "no whole answer");
    signer.before = () -> {};
    settle("a");
    assertOnce("a", "b");
  }

  @Test
  void whatCannotBeSignedAnewIsToldInEachTurn() {
    deadAfter(5);
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    chain.mine(8);
    signer.before =
        () -> {
          throw fails(ErrorCode.SIGNING_KEY);
        };
    for (int i = 0; outbox.trouble().isEmpty(); i++) {
      assertThat(i).isLessThan(20);
      turn();
    }
    for (int i = 0; i < 8; i++) {
      turn();
      assertThat(outbox.trouble().orElse("")).contains("message a", "no whole answer");
    }
    signer.before = () -> {};
    settle("a");
    assertOnce("a");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void damagedBytesHoldUpNoOtherMessage(int turns) {
    deadAfter(turns);
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.foreign(1);
    chain.mine(8);
    // of another key
    try (Signer other = Nodes.signer(2)) {
      sql(
          "UPDATE ol_outbox_attempts SET raw = '"
              + foreignBytes(other)
              + "', transaction_hash = '"
              + foreignHash(other)
              + "' WHERE nonce = 0");
    }
    settle("b");
    assertThat(outbox.trouble().orElse("")).contains("message a", "signer of stored bytes");
    assertOnce("b");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void lostBytesOfAMessageThatIsToBeSignedAnewAreTold(int turns) {
    deadAfter(turns);
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.foreign(1);
    chain.mine(8);
    sql("UPDATE ol_outbox_attempts SET raw = '02c0' WHERE nonce = 0");
    settle("b");
    assertThat(outbox.trouble().orElse("")).contains("message a", "damaged");
    assertOnce("b");
  }

  private static SignedTransaction foreign(Signer other) {
    return other.signTransaction(
        new Eip1559Transaction(
            1612,
            0,
            new Fees(Wei.of(1), Wei.of(2)),
            30_000,
            Optional.of(ScriptedChain.CONTRACT),
            Wei.ZERO,
            new byte[0]));
  }

  private static String foreignBytes(Signer other) {
    return HexFormat.of().formatHex(foreign(other).toBytes());
  }

  private static String foreignHash(Signer other) {
    return foreign(other).hash().hex();
  }

  @Test
  void whatIsTakenBackIsNotToldWhileGasCostsMoreThanIsAllowed() {
    outbox.submit(Nodes.intent("a"));
    chain.baseFee = Wei.of(600_000_000_000L);
    admin().cancel("a");
    turn();
    assertThat(chain.told)
        .as("the call is out of nobody's hands yet")
        .noneMatch(t -> t.open().transaction().data().length > 0);
    chain.baseFee = Wei.of(1_000_000_000);
    settle("a");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce();
  }

  @Test
  void whatIsTakenBackIsNotToldWhileTheKeyIsAway() {
    outbox.submit(Nodes.intent("a"));
    admin().cancel("a");
    signer.before =
        () -> {
          throw fails(ErrorCode.SIGNING_KEY);
        };
    turn();
    chain.mine();
    turn();
    assertThat(chain.told).isEmpty();
    assertThat(outbox.trouble().orElse("")).contains("no whole answer");
    signer.before = () -> {};
    settle("a");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce();
  }

  @Test
  void moreThanIsInBlocksIsNotPassed() {
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.finalTooHigh = 1_000_000;
    turn();
    chain.finalTooHigh = 0;
    assertThat(outbox.submit(Nodes.intent("b")).nonce()).isEqualTo(1);
    settle("b");
    assertOnce("a", "b");
  }

  @Test
  void useOfTheKeyFromOutsideIsLogged() {
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.foreign(3);
    chain.mine(6);
    List<String> told = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            told.add(new SimpleFormatter().formatMessage(entry));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(Mover.class.getName());
    logger.addHandler(handler);
    logger.setLevel(Level.WARNING);
    try {
      turn();
      turn();
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
    }
    assertThat(told)
        .singleElement()
        .asString()
        .contains("nonces 1 to 3 of " + chain.account, "restored from an older backup");
  }

  @Test
  void sendsNoMoreOnceItIsClosed() {
    JdbcOutbox other = node(Nodes.eager());
    outbox.submit(Nodes.intent("a"));
    turn();
    outbox.close();
    assertThat(outbox.turn()).as("a turn that began before and comes late").isFalse();
    turn(other);
    outbox = other;
    settle("a");
    assertOnce("a");
  }
}
