package io.openledger.rollup.registration;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.time.Duration;

/**
 * Where is registered, and how often.
 *
 * @param deployment names the chain and the contracts: another value begins anew
 * @param datanets the {@code DatanetRegistry}
 * @param models the {@code ModelRegistry}
 * @param publisher whose key the outbox signs with: the owner of what it registers
 * @param interval from one look for changes to the next: what changes more often is anchored as it
 *     is then; zero: never by itself
 * @param mostInBatch versions in one transaction, 1 to 100, what the contracts take
 */
public record RegistrationSettings(
    Hash256 deployment,
    ChainAddress datanets,
    ChainAddress models,
    ChainAddress publisher,
    Duration interval,
    int mostInBatch) {

  public RegistrationSettings {
    if (interval.isNegative()) {
      throw OpenLedgerException.invalid("interval of registrations", interval, "zero or more");
    }
    if (mostInBatch < 1 || mostInBatch > 100) {
      throw OpenLedgerException.invalid("versions in a batch", mostInBatch, "1 to 100");
    }
  }
}
