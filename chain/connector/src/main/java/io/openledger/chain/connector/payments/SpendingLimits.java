package io.openledger.chain.connector.payments;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;

/**
 * What a wallet signs at most. The deposit of its channel is a limit as well.
 *
 * @param perCall for one call, above zero
 * @param perDay for all calls of a day (UTC), counted by their prices until it is known what they
 *     were charged; at least {@code perCall}
 */
public record SpendingLimits(Wei perCall, Wei perDay) {

  public SpendingLimits {
    if (perCall.isZero() || perCall.compareTo(perDay) > 0) {
      throw OpenLedgerException.invalid(
          "spending limits", perCall + " wei a call, " + perDay + " a day", "1 or more, ascending");
    }
  }
}
