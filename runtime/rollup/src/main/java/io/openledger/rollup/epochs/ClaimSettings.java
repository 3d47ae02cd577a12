package io.openledger.rollup.epochs;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;

/**
 * How claims are paid.
 *
 * @param distributor the contract
 * @param minimum the least that the server spends its gas on, in wei; the contract's own holds as
 *     well
 */
public record ClaimSettings(Deployed distributor, Wei minimum) {

  public ClaimSettings {
    if (minimum.isZero()) {
      throw OpenLedgerException.invalid("least claim", "zero", "1 wei or more");
    }
  }
}
