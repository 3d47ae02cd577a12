package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.Handover;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Messages that no node takes, for reasons that are not understood. */
class UntakenTest extends OutboxFixture {

  private static final Duration RESEND = Duration.ofSeconds(30);

  private static Optional<Handover> says(Broadcast outcome, String words) {
    return Optional.of(new Handover(outcome, Optional.of(words)));
  }

  /** Told again after a time, and never offered more. */
  private void patiently() {
    outbox =
        node(Nodes.settings(9, Duration.ofMinutes(9), RESEND, Duration.ofHours(1), Duration.ZERO));
  }

  @Test
  void nodesWordsAreToldForAsLongAsTheyHold() {
    patiently();
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.refusal =
        tx ->
            tx.nonce() == 0
                ? says(Broadcast.UNKNOWN, "endpoint n0: the pool is being rebuilt")
                : Optional.empty();
    for (int i = 0; i < 3; i++) {
      turn(); // told in the first one alone
      assertThat(detail("a")).contains("endpoint n0: the pool is being rebuilt");
      assertThat(detail("b")).contains("waits behind message a");
      assertThat(outbox.trouble().orElse(""))
          .contains("message a with nonce 0")
          .contains("the pool is being rebuilt")
          .contains("1 of those in flight wait behind it");
    }
    assertThat(chain.told).hasSize(2);
    chain.refusal = tx -> Optional.empty();
    nanos.addAndGet(RESEND.toNanos());
    turn();
    assertThat(outbox.trouble()).isEmpty();
    settle("a", "b");
    assertOnce("a", "b");
    assertThat(message("a").detail()).isEmpty();
    assertThat(message("b").detail()).isEmpty();
  }

  @Test
  void feesAreRaisedAtTheSameNonceUntilANodeTakesIt() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.refusal =
        tx ->
            tx.fees().maxFeePerGas().compareTo(Wei.of(4_000_000_000L)) < 0
                ? says(Broadcast.UNKNOWN, "below the least that this node takes")
                : Optional.empty();
    settle("a", "b");
    assertOnce("a", "b");
    assertThat(admin().get("a").attempts())
        .hasSizeGreaterThan(2)
        .allSatisfy(each -> assertThat(each.nonce()).isZero());
    assertThat(admin().get("b").attempts())
        .hasSizeGreaterThan(2)
        .allSatisfy(each -> assertThat(each.nonce()).isEqualTo(1));
  }

  @Test
  void whatWasSignedWhilePricesWereNotKnownCanBeRaised() {
    chain.onCall =
        method -> {
          if (method.equals("fees")) {
            throw new OpenLedgerException(
                ErrorCode.CHAIN_UNAVAILABLE, "no node", "an answer", "call again");
          }
        };
    outbox.submit(Nodes.intent("a"));
    chain.onCall = method -> {};
    chain.refusal =
        tx ->
            tx.fees().maxPriorityFeePerGas().compareTo(Wei.of(1_100_000)) < 0
                ? says(Broadcast.UNKNOWN, "tip below the least that this node takes")
                : Optional.empty();
    settle("a");
    assertOnce("a");
  }

  @Test
  void timesOfTellingDoubleAndEnd() {
    patiently();
    outbox.submit(Nodes.intent("a"));
    chain.refusal = tx -> says(Broadcast.UNKNOWN, "no");
    long begun = nanos.get();
    java.util.List<Long> times = new java.util.ArrayList<>();
    for (int told = 0; times.size() < 7; ) {
      turn(); // 2 s each
      if (chain.told.size() > told) {
        told = chain.told.size();
        times.add(Duration.ofNanos(nanos.get() - begun).toSeconds() - 2);
      }
    }
    assertThat(times).containsExactly(0L, 30L, 90L, 210L, 450L, 690L, 930L);
    admin().retry("a");
    turn();
    assertThat(chain.told).as("an administrator does not wait").hasSize(8);
  }

  @Test
  void isNeitherGivenUpNorSignedForAnotherNonceAndCanBeTakenBack() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.refusal =
        tx ->
            new String(tx.data(), java.nio.charset.StandardCharsets.US_ASCII).equals("a")
                ? says(Broadcast.UNKNOWN, "exceeds block gas limit")
                : Optional.empty();
    for (int i = 0; i < 60; i++) {
      chain.mine();
      turn();
    }
    assertThat(state("a")).isEqualTo(State.STORED);
    assertThat(message("a").nonce()).isZero();
    assertThat(outbox.figures().moved()).isZero();
    assertThat(admin().get("a").attempts())
        .as("offering ever more does not help")
        .hasSize(1 + Raises.BLIND);
    assertOnce();
    admin().cancel("a");
    settle("a", "b");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce("b");
  }

  @Test
  void whatIsTooCheapForAnyBlockIsOfferedMoreForAllTheSame() {
    outbox.submit(Nodes.intent("a"));
    chain.refusal = tx -> says(Broadcast.UNKNOWN, "no");
    for (int i = 0; i < 20; i++) {
      turn();
    }
    chain.baseFee = Wei.of(50_000_000_000L);
    chain.mine();
    turn();
    assertThat(admin().get("a").attempts()).hasSize(2 + Raises.BLIND);
    chain.refusal = tx -> Optional.empty();
    settle("a");
    assertOnce("a");
  }

  @Test
  void messageAtTheCeilingCanBeTakenBackWhereNoNodeHasIt() {
    chain.baseFee = Wei.of(240_000_000_000L);
    outbox = node(Nodes.eager());
    outbox.submit(Nodes.intent("a"));
    chain.refusal = tx -> tx.data().length > 0 ? says(Broadcast.UNKNOWN, "no") : Optional.empty();
    for (int i = 0; i < 5; i++) {
      turn();
    }
    assertThat(admin().get("a").attempts()).as("no room for a raise").hasSize(1);
    admin().cancel("a");
    settle("a");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce();
  }

  @Test
  void nodeThatSaysTheNonceIsUsedAgainAndAgainIsContradicted() {
    outbox.submit(Nodes.intent("a"));
    chain.refusal =
        tx ->
            tx.fees().maxFeePerGas().compareTo(Wei.of(4_000_000_000L)) < 0
                ? says(Broadcast.NONCE_USED, "endpoint n0: nonce too low")
                : Optional.empty();
    turn();
    turn();
    assertThat(detail("a")).contains("not so in the newest block").contains("nonce too low");
    assertThat(outbox.trouble().orElse("")).contains("message a");
    settle("a");
    assertOnce("a");
    assertThat(message("a").nonce()).isZero();
  }

  @Test
  void withoutFundsNothingIsOfferedMoreForAndItIsToldAgainAsUsual() {
    patiently();
    chain.balance = Wei.of(1000);
    outbox.submit(Nodes.intent("a"));
    for (int i = 0; i < 60; i++) {
      turn(); // 2 s each
      assertThat(outbox.trouble().orElse("")).contains("send it some");
    }
    assertThat(chain.told).as("each 30 s").hasSize(4);
    assertThat(admin().get("a").attempts()).hasSize(1);
  }

  @Test
  void slowSignerRaisesFeesOfAsManyAsATurnAllows() {
    for (int i = 0; i < 12; i++) {
      outbox.submit(Nodes.intent("k" + i));
    }
    SlowSigner slow = new SlowSigner(nanos, Duration.ofSeconds(4));
    outbox =
        new JdbcOutbox(
            Nodes.store(database),
            chain,
            slow,
            "slow",
            Nodes.settings(99, Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO, Duration.ZERO),
            Nodes.IDLE,
            nanos::get);
    turn();
    chain.baseFee = Wei.of(20_000_000_000L);
    chain.mine();
    turn();
    assertThat(slow.signed()).as("a third of the lease").isBetween(4, 6);
    chain.baseFee = Wei.of(1_000_000_000L);
    String[] keys = new String[12];
    for (int i = 0; i < 12; i++) {
      keys[i] = "k" + i;
    }
    settle(keys);
    assertOnce(keys);
  }
}
