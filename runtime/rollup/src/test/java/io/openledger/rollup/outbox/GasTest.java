package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much gas a message may take, whatever a node says. */
class GasTest extends OutboxFixture {

  private static ChainIntent estimated(String key) {
    return new ChainIntent(
        key, ScriptedChain.CONTRACT, Wei.ZERO, Nodes.intent(key).data(), OptionalLong.empty());
  }

  private long limit(int told) {
    return chain.told.get(told).open().transaction().gasLimit();
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 24) + 1, 30_000_000, 1L << 62, Long.MAX_VALUE, -1})
  void estimateAboveTheCeilingIsRefused(long estimate) {
    chain.estimate = estimate;
    assertThatThrownBy(() -> outbox.submit(estimated("a")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
        .hasMessageContaining("at most 16777216 gas");
    assertThat(outbox.find("a")).isEmpty();
    chain.estimate = 40_000;
    assertThat(outbox.submit(estimated("a")).nonce()).as("no nonce was taken").isZero();
  }

  @Test
  void marginEndsAtTheCeiling() {
    outbox.submit(estimated("a"));
    chain.estimate = 1L << 24;
    outbox.submit(estimated("b"));
    turn();
    assertThat(limit(0)).isEqualTo(50_000);
    assertThat(limit(1)).isEqualTo(1L << 24);
  }

  @Test
  void callersWhoWantMoreAreRefused() {
    for (long gas : new long[] {0, -1, (1L << 24) + 1}) {
      ChainIntent wants =
          new ChainIntent(
              "a",
              ScriptedChain.CONTRACT,
              Wei.ZERO,
              Nodes.intent("a").data(),
              OptionalLong.of(gas));
      assertThatThrownBy(() -> outbox.submit(wants))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessageContaining("16777216");
    }
  }

  @Test
  void ceilingIsASetting() {
    outbox = node(Nodes.eager().withGasCeiling(45_000));
    outbox.submit(estimated("a"));
    turn();
    assertThat(limit(0)).isEqualTo(45_000);
    chain.estimate = 45_001;
    assertThatThrownBy(() -> outbox.submit(estimated("b"))).hasMessageContaining("45000");
    assertThatThrownBy(() -> Nodes.eager().withGasCeiling(20_000))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void lyingEstimateOfAnotherTryIsToldAndHoldsUpNobody() {
    chain.reverting.add(data("a"));
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.reverting.clear();
    chain.estimate = 1L << 62;
    admin().retry("a");
    outbox.submit(Nodes.intent("b"));
    settle("b");
    assertThat(state("a")).isEqualTo(State.REVERTED);
    assertThat(detail("a")).contains("said to take");
    chain.estimate = 40_000;
    admin().retry("a");
    turn();
    settle("a");
    assertOnce("a", "b");
  }
}
