package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.Handling;
import io.openledger.api.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HearingTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private long now = -5;
  private final List<String> heard = new ArrayList<>();

  private static Prompt prompt(Optional<Duration> deadline) {
    return Prompt.text("x").with(new Handling(0, deadline, false));
  }

  private List<? extends AnswerListener> of(AnswerListener... listeners) {
    List<Prompt> prompts = new ArrayList<>();
    for (AnswerListener each : listeners) {
      prompts.add(prompt(Optional.of(SECOND)));
    }
    return new Hearing(List.of(listeners), () -> now).listeners(prompts);
  }

  private static void late(AnswerListener listener) {
    assertThatThrownBy(listener::cancelled)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
  }

  @Test
  void answerThatIsHeardEndsAtItsDeadline() {
    AnswerListener one = of(heard::add).get(0);
    one.onText("a");
    now += SECOND.toNanos() - 1;
    assertThat(one.cancelled()).isFalse();
    now++;
    assertThat(one.cancelled()).isTrue();
    assertThat(heard).containsExactly("a");
  }

  @Test
  void answerThatNobodyHeardIsRefusedAndNothingIsHeardOfItAfterwards() {
    List<? extends AnswerListener> both = of(heard::add, heard::add);
    now += SECOND.toNanos();
    late(both.get(0));
    both.get(1).onText("too late");
    late(both.get(1));
    assertThat(heard).isEmpty();
  }

  @Test
  void answerThatIsHeardDecidesForTheOthersOfItsCall() {
    List<? extends AnswerListener> both = of(heard::add, heard::add);
    both.get(0).onText("a");
    now += SECOND.toNanos();
    assertThat(both.get(1).cancelled()).isTrue();
  }

  @Test
  void silentAnswerIsNotHeard() {
    List<? extends AnswerListener> both = of(AnswerListener.SILENT, heard::add);
    both.get(0).onText("a");
    now += SECOND.toNanos();
    late(both.get(1));
  }

  @Test
  void deadlineThatNobodyLivesToSeeIsNone() {
    Hearing hearing = new Hearing(List.of((AnswerListener) heard::add), () -> now);
    AnswerListener one =
        hearing.listeners(List.of(prompt(Optional.of(Duration.ofSeconds(Long.MAX_VALUE))))).get(0);
    now = Long.MAX_VALUE;
    assertThat(one.cancelled()).isFalse();
    assertThat(hearing.engines(Optional.of(SECOND))).isEmpty();
  }

  @Test
  void engineKeepsTheDeadlineOfAnswersThatNobodyHears() {
    List<AnswerListener> silent = List.of(AnswerListener.SILENT);
    Hearing hearing = new Hearing(silent, () -> now);
    assertThat(hearing.engines(Optional.of(SECOND))).contains(SECOND);
    assertThat(hearing.listeners(List.of(prompt(Optional.of(SECOND))))).isEqualTo(silent);
  }
}
