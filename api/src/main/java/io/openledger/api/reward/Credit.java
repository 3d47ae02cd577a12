package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.Optional;

/**
 * One part of an answer's fee. The credits of a receipt add up to its fee exactly.
 *
 * @param role for what
 * @param account to whom
 * @param contribution for which contribution; present exactly when the role is {@link
 *     FeeRole#CONTRIBUTORS}
 * @param amount how much, in wei; never zero
 */
public record Credit(
    FeeRole role, AccountId account, Optional<ContributionId> contribution, Wei amount) {

  public Credit {
    if (amount.isZero()) {
      throw OpenLedgerException.invalid("the credit of " + account, "zero", "above zero");
    }
    if (contribution.isPresent() != (role == FeeRole.CONTRIBUTORS)) {
      throw OpenLedgerException.invalid(
          "the contribution of a credit for " + role,
          contribution.map(ContributionId::toString).orElse("absent"),
          "present for CONTRIBUTORS, absent for every other role");
    }
  }
}
