package io.openledger.rollup.epochs;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.net.URI;
import java.util.Optional;

/**
 * How claims are paid.
 *
 * @param distributor the contract
 * @param minimum the least that the server spends its gas on, in wei; the contract's own holds as
 *     well
 * @param walletUrl a public node that wallets are told of
 */
public record ClaimSettings(Deployed distributor, Wei minimum, Optional<URI> walletUrl) {

  public ClaimSettings {
    if (minimum.isZero()) {
      throw OpenLedgerException.invalid("least claim", "zero", "1 wei or more");
    }
  }
}
