package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;
import java.time.Instant;
import java.util.Optional;

/**
 * What an account can claim, in the newest block.
 *
 * @param account whose
 * @param address where it is paid
 * @param chainId of the chain, 1 or more
 * @param contract that pays
 * @param earned ever, by the last closed epoch, in wei
 * @param claimed ever, in wei
 * @param claimable proven against the active root and not claimed, in wei
 * @param minimum the least that the contract pays at once, in wei
 * @param next when a later root becomes active, if one waits, by the chain's clock
 * @param asOf the time of the block, by the chain's clock
 */
public record ClaimStanding(
    AccountId account,
    ChainAddress address,
    long chainId,
    ChainAddress contract,
    Wei earned,
    Wei claimed,
    Wei claimable,
    Wei minimum,
    Optional<Instant> next,
    Instant asOf) {

  public ClaimStanding {
    if (chainId < 1) {
      throw OpenLedgerException.invalid("chain id", chainId, "1 or more");
    }
  }
}
