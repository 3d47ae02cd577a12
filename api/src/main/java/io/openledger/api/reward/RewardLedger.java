package io.openledger.api.reward;

import io.openledger.api.Page;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The ledger of rewards: double entry, append only, in the server's data source. For injection;
 * safe for any thread.
 *
 * <p>It is read here. It is written by answers, in the caller's JTA transaction: entries of a
 * transaction that has not committed are seen by that transaction alone.
 */
public interface RewardLedger {

  /** Accounts with entries, by id. */
  Page<Account> accounts(long offset, int limit);

  /** The account, if it has an entry. */
  Optional<Account> account(AccountId account);

  /** The entries of an account, newest first. */
  Page<LedgerEntry> entries(AccountId account, long offset, int limit);

  /**
   * An account over a time.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#ACCOUNT_UNKNOWN}; {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} when it would have more than 10 000 entries
   */
  Statement statement(AccountId account, Instant from, Instant to);

  /** Closed epochs, newest first. */
  List<Epoch> epochs(int limit);

  /**
   * Closes the epoch now: builds the cumulative tree over everything committed and keeps it.
   * Exactly once: of two that close at the same time one does it, and both get the result. An epoch
   * in which nothing was earned is not made again; the latest one is returned.
   */
  Epoch closeEpoch();

  /**
   * The published amounts of an epoch: from them anyone rebuilds its tree, and the contract's
   * guardian checks it before it counts.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#EPOCH_UNKNOWN}
   * @throws io.openledger.api.BusyException while others are being written anew
   */
  LeafData leafData(long epoch);

  /**
   * The proof of an account against an epoch.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#EPOCH_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#ACCOUNT_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#ACCOUNT_WITHOUT_ADDRESS}
   */
  EpochProof proof(long epoch, AccountId account);
}
