package io.openledger.runtime.rollup;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was read of addresses on the chain, for everybody: the chain makes it public. The database
 * is asked alone. What is not final may be taken back. Safe for any thread.
 */
public interface ChainAccounts {

  /** Most stakes of one answer. */
  int MOST = 1_000;

  /**
   * What an address has on the chain.
   *
   * @param address which
   * @param claimed ever, in wei, from the reward distributor
   * @param votes that it has now, delegated by itself or by others, in wei of GOPEN
   * @param stakes that were begun for it, in their order, {@value #MOST} at most
   */
  record Standing(ChainAddress address, Wei claimed, Wei votes, List<Stake> stakes) {
    public Standing {
      stakes = List.copyOf(stakes);
    }
  }

  /**
   * A stake.
   *
   * @param number its own, from 1
   * @param configuration on whose terms
   * @param principal in wei
   * @param reward at maturity, in wei; zero from when its holder left earlier
   * @param maturity from when the reward is earned
   * @param withdrawableAt from when it can be withdrawn, once its holder asked to leave
   * @param withdrawn whether it was paid back
   */
  record Stake(
      BigInteger number,
      BigInteger configuration,
      Wei principal,
      Wei reward,
      Instant maturity,
      Optional<Instant> withdrawableAt,
      boolean withdrawn) {}

  /** What an address has; zeros if nothing was read of it. */
  Standing standing(ChainAddress address);
}
