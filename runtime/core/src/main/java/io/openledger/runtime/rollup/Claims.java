package io.openledger.runtime.rollup;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.runtime.Caller;
import java.util.List;
import java.util.OptionalLong;

/**
 * Takes what accounts have earned out of the contract, to their own addresses. Safe for any thread.
 */
public interface Claims {

  /**
   * Most accounts of one call. The contract takes 100; but a payment is allowed some 180 000 gas,
   * and Ethereum allows a transaction 2²⁴ (EIP-7825).
   */
  int MOST = 80;

  /**
   * What an account can claim now. For everybody: the chain makes it public. Asks the chain.
   *
   * @param stake the staking's configuration under which it is to be staked instead of paid, if it
   *     is
   * @throws OpenLedgerException {@code ACCOUNT_UNKNOWN}, {@code ACCOUNT_WITHOUT_ADDRESS}; {@code
   *     LEDGER_INCONSISTENT} if the active root is none of this ledger's; as the chain
   */
  Claimable of(AccountId account, OptionalLong stake);

  /**
   * Claims for accounts to their own addresses; the server pays the gas. Accounts with less to
   * claim than the contract's and the server's minimum are left out.
   *
   * @param caller an application; a user with the role of an admin; for an account that bears the
   *     user's name, that user
   * @param accounts 1 to {@value #MOST}
   * @return what was handed to the chain, for each account that has enough
   * @throws OpenLedgerException {@code FORBIDDEN}; {@code CHAIN_REFUSED} if the contract has passed
   *     over these same claims too often; as {@link #of}; as the outbox
   */
  List<PaidClaim> pay(Caller caller, List<AccountId> accounts);
}
