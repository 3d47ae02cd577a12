package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;
import java.util.Optional;

/**
 * How a request is handled, beside what is generated.
 *
 * @param priority −10 to 10; a higher one goes first, 0 is usual. A user of REST who does not run
 *     the server may lower it only
 * @param deadline from the call on, above 0; when it passes, the call ends with {@link
 *     io.openledger.api.ErrorCode#DEADLINE_EXCEEDED} and nothing is charged. Where a listener other
 *     than {@link AnswerListener#SILENT} has heard text by then, the call's answers end as if they
 *     were cancelled, and are charged as far as they got
 * @param echo whether the prompt's tokens are scored, too; needs {@link
 *     GenerationOptions#logProbabilities}
 */
public record Handling(int priority, Optional<Duration> deadline, boolean echo) {

  /** At the usual priority, without a deadline, without scores of the prompt. */
  public static final Handling USUAL = new Handling(0, Optional.empty(), false);

  public Handling {
    if (priority < -10 || priority > 10) {
      throw OpenLedgerException.invalid("priority", priority, "-10 to 10");
    }
    if (deadline.filter(d -> d.isNegative() || d.isZero()).isPresent()) {
      throw OpenLedgerException.invalid("deadline", deadline.get(), "a time above 0");
    }
  }
}
