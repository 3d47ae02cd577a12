package io.openledger.runtime.rollup;

import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * What an account can claim.
 *
 * @param account whose
 * @param address where it is paid
 * @param chainId of the chain
 * @param contract the distributor
 * @param staking where claims can be staked, if there is one
 * @param earned ever, by the last closed epoch, in wei
 * @param claimed ever, on chain, in wei
 * @param minimum the least that a claim pays, in wei
 * @param proof against the root that is active on chain; empty if the account is in no active root
 * @param call what the account's wallet signs to claim all of it; empty if there is less than the
 *     minimum
 * @param next when a later root becomes active, if one waits, by the chain's clock
 * @param asOf the time of the block that was asked, by the chain's clock
 * @param walletUrl a public node of the chain for a wallet that does not know it, if one was named
 */
public record Claimable(
    AccountId account,
    ChainAddress address,
    long chainId,
    ChainAddress contract,
    Optional<ChainAddress> staking,
    Wei earned,
    Wei claimed,
    Wei minimum,
    Optional<EpochProof> proof,
    Optional<WalletCall> call,
    Optional<Instant> next,
    Instant asOf,
    Optional<URI> walletUrl) {

  /** What is proven and was not claimed, in wei; a claim needs {@link #minimum} of it. */
  public Wei claimable() {
    return proof
        .map(EpochProof::cumulative)
        .filter(cumulative -> cumulative.compareTo(claimed) > 0)
        .map(cumulative -> cumulative.minus(claimed))
        .orElse(Wei.ZERO);
  }
}
