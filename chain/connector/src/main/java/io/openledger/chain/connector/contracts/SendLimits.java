package io.openledger.chain.connector.contracts;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Duration;

/**
 * What sending transactions one after another may cost.
 *
 * @param feeCeiling most that a unit of gas may ever cost, in wei
 * @param poll between two looks for a receipt, 1 ms to 1 minute
 * @param patience until the fee is raised, in which at least one look fits; 1 hour at most
 */
public record SendLimits(Wei feeCeiling, Duration poll, Duration patience) {

  /** 100 gwei a unit of gas; a look every half second; raised after two minutes. */
  public static final SendLimits USUAL =
      new SendLimits(Wei.of(100_000_000_000L), Duration.ofMillis(500), Duration.ofMinutes(2));

  public SendLimits {
    if (poll.toMillis() < 1
        || poll.compareTo(Duration.ofMinutes(1)) > 0
        || patience.compareTo(poll) < 0
        || patience.compareTo(Duration.ofHours(1)) > 0) {
      throw OpenLedgerException.invalid(
          "times of sending", poll + " and " + patience, "1 ms to 1 minute, and up to 1 hour");
    }
  }

  /** The same with another ceiling. */
  public SendLimits withCeiling(Wei ceiling) {
    return new SendLimits(ceiling, poll, patience);
  }
}
