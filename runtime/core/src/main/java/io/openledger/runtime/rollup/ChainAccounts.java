package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
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

  /** Most activities or stakes of one answer. */
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

  /**
   * Something that concerns an address: a claim, a stake, a vote, a proposal, a channel, a
   * registration, something wrapped.
   *
   * @param contract the contract's name
   * @param event the event's name
   * @param amount its amount in wei or votes, if it has one; of a claim, all that was claimed by
   *     then
   * @param time of the block
   * @param block its number
   * @param transaction in which
   * @param settled whether the block is final
   */
  record Activity(
      String contract,
      String event,
      Optional<Wei> amount,
      Instant time,
      long block,
      Hash256 transaction,
      boolean settled) {}

  /** What an address has; zeros if nothing was read of it. */
  Standing standing(ChainAddress address);

  /**
   * The last activities of an address, newest first.
   *
   * @param limit 1 to {@value #MOST}
   */
  List<Activity> activity(ChainAddress address, int limit);
}
