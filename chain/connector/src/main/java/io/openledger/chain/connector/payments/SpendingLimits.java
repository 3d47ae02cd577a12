package io.openledger.chain.connector.payments;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;

/**
 * What a wallet signs at most. The deposit of its channel is a limit as well.
 *
 * @param perCall for one call, above zero
 * @param perDay by how much the signed amount rises on a day (UTC), whatever the payee tells; at
 *     least {@code perCall}. What calls leave over pays for the next ones, so it is reached when so
 *     much was charged and is under way
 */
public record SpendingLimits(Wei perCall, Wei perDay) {

  public SpendingLimits {
    if (perCall.isZero() || perCall.compareTo(perDay) > 0) {
      throw OpenLedgerException.invalid(
          "spending limits", perCall + " wei a call, " + perDay + " a day", "1 or more, ascending");
    }
  }
}
