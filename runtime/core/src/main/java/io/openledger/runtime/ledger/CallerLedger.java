package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Statement;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The ledger as one caller has it.
 *
 * <ul>
 *   <li>Accounts with their balances, epochs and proofs: everybody. They are what the chain makes
 *       public.
 *   <li>Entries and statements, which tell who asked what when: applications (the administrator
 *       installed them); users with the role of an admin or of compliance; a user for the account
 *       that bears the user's name (a contributor) and for the account that the user pays from.
 *   <li>Closing an epoch: applications, and users with the role of an admin.
 * </ul>
 */
public final class CallerLedger implements RewardLedger {

  private static final int STATEMENT_LIMIT = 10_000;

  private final Store store;
  private final Epochs epochs;
  private final Function<ChainAddress, ChainStanding> chain;
  private final Caller caller;

  /**
   * @param chain what an address has on the chain
   */
  public CallerLedger(
      Store store, Epochs epochs, Function<ChainAddress, ChainStanding> chain, Caller caller) {
    this.store = store;
    this.epochs = epochs;
    this.chain = chain;
    this.caller = caller;
  }

  @Override
  public Page<Account> accounts(long offset, int limit) {
    requirePage(offset, limit);
    return store.join("listing accounts", c -> LedgerRows.accounts(c, offset, limit));
  }

  @Override
  public Optional<Account> account(AccountId account) {
    return store.join("finding an account", c -> LedgerRows.account(c, account));
  }

  @Override
  public Page<LedgerEntry> entries(AccountId account, long offset, int limit) {
    requirePage(offset, limit);
    requireInsight(account);
    return store.join("listing entries", c -> LedgerRows.entries(c, account, offset, limit));
  }

  private static void requirePage(long offset, int limit) {
    if (offset < 0 || limit < 1 || limit > Page.MAX_LIMIT) {
      throw OpenLedgerException.invalid(
          "page", offset + "/" + limit, "offset 0 or more, limit 1 to " + Page.MAX_LIMIT);
    }
  }

  @Override
  public Statement statement(AccountId account, Instant from, Instant to) {
    requireInsight(account);
    if (to.isBefore(from)) {
      throw OpenLedgerException.invalid("the end of a statement", to, "not before " + from);
    }
    Optional<Account> found = store.join("finding an account", c -> LedgerRows.account(c, account));
    Account of = found.orElseThrow(() -> unknown(account));
    // before the lines are read: the chain may be asked, and no connection waits for it
    ChainStanding standing =
        of.address()
            .map(chain)
            .orElseGet(() -> new ChainStanding.Unknown("the account has no address"));
    return store.join(
        "making a statement",
        c -> {
          // the end follows from what is read, so that a line that commits meanwhile cannot make
          // opening + entries differ from closing
          BigInteger opening = LedgerRows.before(c, account, from);
          List<LedgerEntry> entries = LedgerRows.between(c, account, from, to, STATEMENT_LIMIT + 1);
          if (entries.size() > STATEMENT_LIMIT) {
            throw OpenLedgerException.invalid(
                "the number of entries of the statement",
                "more than " + STATEMENT_LIMIT,
                "at most " + STATEMENT_LIMIT + "; ask for a shorter time");
          }
          BigInteger closing =
              entries.stream().map(LedgerEntry::amount).reduce(opening, BigInteger::add);
          return new Statement(account, from, to, opening, closing, entries, of.earned(), standing);
        });
  }

  @Override
  public List<Epoch> epochs(int limit) {
    requirePage(0, limit);
    return epochs.latest(limit);
  }

  @Override
  public Epoch closeEpoch() {
    if (caller.user().isPresent() && !caller.is(Role.ADMIN)) {
      throw forbidden(
          "a user without the role " + Role.ADMIN.label() + " who closes an epoch",
          "applications, and users with that role");
    }
    return epochs.close();
  }

  @Override
  public LeafData leafData(long epoch) {
    return epochs.leafData(epoch);
  }

  @Override
  public EpochProof proof(long epoch, AccountId account) {
    return epochs.proof(epoch, account);
  }

  private void requireInsight(AccountId account) {
    boolean own =
        account.equals(caller.payer())
            || caller
                .user()
                .filter(u -> account.kind() == AccountId.Kind.CONTRIBUTOR)
                .filter(account.name()::equals)
                .isPresent();
    if (caller.user().isPresent() && !own && !caller.is(Role.COMPLIANCE)) {
      throw forbidden(
          "a user who asks for the entries of another account",
          "the user's own account, or the role " + Role.COMPLIANCE.label());
    }
  }

  private static OpenLedgerException forbidden(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.FORBIDDEN, arrived, allowed, "ask an administrator for the role");
  }

  static OpenLedgerException unknown(AccountId account) {
    return new OpenLedgerException(
        ErrorCode.ACCOUNT_UNKNOWN,
        "no entries of account " + account,
        "an account with entries",
        "list the accounts");
  }
}
