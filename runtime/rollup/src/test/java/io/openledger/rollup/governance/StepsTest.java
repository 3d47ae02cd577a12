package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.governance.Steps.Step;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StepsTest {

  private static final ProposalId ID = new ProposalId(BigInteger.TEN);
  private static final String KEY =
      States.DEPLOYED.name() + "/governance/execute/" + "0".repeat(63) + "a";

  private final Kept outbox = new Kept();
  private final Steps steps = new Steps(outbox, States.DEPLOYED, States.STRANGER);
  private int checks;

  private Submission execute(int content) {
    return steps.take(Step.EXECUTE, ID, new byte[] {(byte) content}, () -> checks++);
  }

  @Test
  void stepIsTakenOnceHoweverOftenItIsAskedFor() {
    Submission first = execute(1);
    assertThat(execute(1)).isEqualTo(first);
    assertThat(first.key()).isEqualTo(KEY);
    assertThat(outbox.states).hasSize(1);
    assertThat(checks).isEqualTo(1);
    assertThat(outbox.intents.get(KEY).value().isZero()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"REVERTED", "CANCELLED"})
  void stepThatFailedForGoodIsTriedAgainAndNoOther(State failed) {
    execute(1);
    outbox.states.put(KEY, failed);
    assertThat(execute(1).key()).isEqualTo(KEY + "/2");
    assertThat(execute(1).key()).isEqualTo(KEY + "/2");
    assertThat(checks).isEqualTo(2);
    assertThat(steps.taken(ID)).extracting(Submission::key).containsExactly(KEY + "/2");
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"REVERTED", "CANCELLED"},
      mode = EnumSource.Mode.EXCLUDE)
  void stepThatIsUnderWayIsNotTriedAgain(State state) {
    execute(1);
    outbox.states.put(KEY, state);
    assertThat(execute(1).progress().name()).isEqualTo(state.name());
    assertThat(outbox.states).hasSize(1);
  }

  @Test
  void stepOfOtherContentIsAConflict() {
    execute(1);
    assertThatThrownBy(() -> execute(2))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PROPOSAL_STATE));
  }

  @ParameterizedTest
  @CsvSource({
    "1613, genesis, 1", // another chain
    "1612, begun anew, 1", // under the same id
    "1612, genesis, 9", // another governor
  })
  void sameProposalElsewhereIsAnotherOne(long chain, String genesis, int governor) {
    Deployed there = Deployed.of(chain, Hash256.sha256(genesis), States.address(governor));
    Submission here = execute(1);
    Steps elsewhere = new Steps(outbox, there, States.STRANGER);
    assertThat(elsewhere.taken(ID)).isEmpty();
    Submission step = elsewhere.take(Step.EXECUTE, ID, new byte[] {1}, () -> checks++);
    assertThat(step.key()).isNotEqualTo(here.key()).endsWith(here.key().split("/", 2)[1]);
    assertThat(checks).isEqualTo(2);
    assertThat(outbox.intents.get(step.key()).to()).isEqualTo(States.address(governor));
    assertThat(steps.taken(ID)).containsExactly(here);
  }

  @Test
  void triesHaveAnEnd() {
    for (int i = 1; i <= Steps.TRIES; i++) {
      outbox.states.put(execute(1).key(), State.REVERTED);
    }
    assertThatThrownBy(() -> execute(1)).hasMessageContaining("20 times");
    assertThat(outbox.states).hasSize(Steps.TRIES);
  }

  @Test
  void votesAreThoseOfTheKey() {
    assertThat(steps.take(Step.VOTE, ID, new byte[0], () -> {}).key())
        .endsWith("a/" + States.STRANGER);
  }

  @Test
  void refusedStepIsNotStored() {
    assertThatThrownBy(
            () ->
                steps.take(
                    Step.QUEUE,
                    ID,
                    new byte[0],
                    () -> {
                      throw OpenLedgerException.invalid("x", 1, "0");
                    }))
        .isInstanceOf(OpenLedgerException.class);
    assertThat(outbox.states).isEmpty();
  }

  /** Keeps what it is given; states are set by the tests. */
  private static final class Kept implements Outbox {
    final Map<String, ChainIntent> intents = new LinkedHashMap<>();
    final Map<String, State> states = new LinkedHashMap<>();

    @Override
    public OutboxMessage submit(ChainIntent intent) {
      ChainIntent there = intents.putIfAbsent(intent.businessKey(), intent);
      if (there != null && !there.equals(intent)) {
        throw OpenLedgerException.invalid("business key", intent.businessKey(), "same content");
      }
      states.putIfAbsent(intent.businessKey(), State.STORED);
      return find(intent.businessKey()).orElseThrow();
    }

    @Override
    public Optional<OutboxMessage> find(String key) {
      return Optional.ofNullable(states.get(key))
          .map(
              state ->
                  new OutboxMessage(
                      key,
                      States.STRANGER,
                      0,
                      state,
                      Hash256.sha256(key),
                      Optional.empty(),
                      Instant.EPOCH));
    }
  }
}
