package io.openledger.api.reward;

import java.util.List;

/**
 * Takes what accounts have earned out of the contract on the chain, to the accounts' own addresses.
 * For injection; safe for any thread. Who calls it can pay nobody less than was earned, and nothing
 * elsewhere; the server's key pays the gas.
 *
 * <p>All but {@link #attached} throw {@link io.openledger.api.OpenLedgerException} with {@link
 * io.openledger.api.ErrorCode#CHAIN_UNAVAILABLE} where no chain is attached, where it does not
 * answer, and where the server posts no roots because it has no key.
 */
public interface RewardClaims {

  /** Most accounts of one call, and most epochs of one answer. */
  int MOST = 100;

  /** Whether a chain is configured, reachable or not. Asks nobody. */
  boolean attached();

  /**
   * What an account can claim. Asks the chain some six times.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#ACCOUNT_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#ACCOUNT_WITHOUT_ADDRESS}, {@link
   *     io.openledger.api.ErrorCode#LEDGER_INCONSISTENT} if the chain's active root is none of this
   *     ledger's
   */
  ClaimStanding standing(AccountId account);

  /**
   * The roots that were handed to the chain, newest first. Asks the database alone.
   *
   * @param from the first epoch, from 1
   * @param to the last one, at most {@value #MOST} - 1 further
   */
  List<RootPosting> roots(long from, long to);

  /**
   * Claims for accounts. What is handed over is sent once, however often this is called; accounts
   * with less than the contract's and the server's least amount are left out.
   *
   * @param accounts 1 to {@value #MOST}
   * @return those for which it was handed over, in the order of their addresses; of accounts with
   *     one address, one
   * @throws io.openledger.api.OpenLedgerException as {@link #standing}; {@link
   *     io.openledger.api.ErrorCode#BUSY} if too much is on its way
   */
  List<ClaimPayment> pay(List<AccountId> accounts);
}
