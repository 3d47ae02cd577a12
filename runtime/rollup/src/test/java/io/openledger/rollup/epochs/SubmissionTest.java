package io.openledger.rollup.epochs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Under which keys a thing is handed over again, and how often. */
class SubmissionTest {

  /** Messages as a test sets them. */
  private static final class Plain implements Outbox {
    private final Map<String, State> states = new LinkedHashMap<>();

    @Override
    public OutboxMessage submit(ChainIntent intent) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<OutboxMessage> find(String key) {
      return Optional.ofNullable(states.get(key))
          .map(
              state ->
                  new OutboxMessage(
                      key,
                      new ChainAddress("0x" + "ab".repeat(20)),
                      0,
                      state,
                      Hash256.sha256(key),
                      Optional.empty(),
                      Instant.EPOCH));
    }
  }

  private final Plain outbox = new Plain();

  private boolean skipped(String key) {
    return outbox.find(key).filter(m -> m.state() == State.FINALIZED).isPresent();
  }

  /** A claim whose payee takes no coins: each attempt is final, and pays nobody. */
  @Test
  void claimThatIsSkippedIsTriedAsOftenAsWithoutAPerson() throws Exception {
    int paidFor = 0;
    for (; paidFor < Submission.BY_ITSELF; paidFor++) {
      Submission next = Submission.next(outbox, "claim/a", Submission.BY_ITSELF, this::skipped);
      assertThat(next.message()).isEmpty();
      outbox.states.put(next.businessKey(), State.FINALIZED);
    }
    assertThat(outbox.states.keySet()).containsExactly("claim/a", "claim/a/2", "claim/a/3");
    assertThatThrownBy(
            () -> Submission.next(outbox, "claim/a", Submission.BY_ITSELF, this::skipped))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
        .hasMessageContaining("3 times");
  }

  @Test
  void whatIsUnderWayIsNotHandedOverAgain() throws Exception {
    outbox.states.put("claim/a", State.REVERTED);
    outbox.states.put("claim/a/2", State.SENT);
    Submission next = Submission.next(outbox, "claim/a", Submission.BY_ITSELF, this::skipped);
    assertThat(next.businessKey()).isEqualTo("claim/a/2");
    assertThat(next.message()).isPresent();
  }

  @Test
  void whereAPersonDecidesThereMayBeMore() throws Exception {
    outbox.states.put("epoch/1/root", State.REVERTED);
    for (int i = 2; i <= 20; i++) {
      outbox.states.put("epoch/1/root/" + i, State.CANCELLED);
    }
    assertThat(Submission.next(outbox, "epoch/1/root", key -> false).businessKey())
        .isEqualTo("epoch/1/root/21");
  }
}
