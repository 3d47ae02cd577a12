package io.openledger.runtime.cdi;

import io.openledger.api.Page;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Statement;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The injected ledger: looked up on the server at each call. */
final class ServerLedger implements RewardLedger, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerLedger(Application application) {
    this.application = application;
  }

  private RewardLedger now() {
    return application.server().ledger(application.caller());
  }

  @Override
  public Page<Account> accounts(long offset, int limit) {
    return now().accounts(offset, limit);
  }

  @Override
  public Optional<Account> account(AccountId account) {
    return now().account(account);
  }

  @Override
  public Page<LedgerEntry> entries(AccountId account, long offset, int limit) {
    return now().entries(account, offset, limit);
  }

  @Override
  public Statement statement(AccountId account, Instant from, Instant to) {
    return now().statement(account, from, to);
  }

  @Override
  public List<Epoch> epochs(int limit) {
    return now().epochs(limit);
  }

  @Override
  public Epoch closeEpoch() {
    return now().closeEpoch();
  }

  @Override
  public LeafData leafData(long epoch) {
    return now().leafData(epoch);
  }

  @Override
  public EpochProof proof(long epoch, AccountId account) {
    return now().proof(epoch, account);
  }
}
