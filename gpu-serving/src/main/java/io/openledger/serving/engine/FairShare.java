package io.openledger.serving.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The virtual token counter (Sheng et al. 2024, "Fairness in Serving Large Language Models",
 * Algorithm 2): what each tenant has been served, in weighted tokens. The waiting tenant with the
 * least goes first. One that comes back from a pause is lifted to the least of those that wait, or
 * to the one that left the line last: nobody saves up for later.
 *
 * <p>Between two tenants that wait all the time, service differs by at most {@code 2 · max(prompt
 * weight · longest prompt, answer weight · tokens that the cache holds)} (Theorem 4.4 there).
 *
 * <p>At most {@value #MOST} idle accounts are kept: those with the least are forgotten first, which
 * would be lifted anyway. Not safe for threads.
 */
final class FairShare {

  /** Of a prompt's token; the paper's weights, from the ratio of usual prices. */
  static final int PROMPT = 1;

  /** Of an answer's token. */
  static final int ANSWER = 2;

  private static final int MOST = 4096;

  private final Map<String, Account> accounts = new HashMap<>();
  private @Nullable Account lastLeft;
  private int waiting;

  /** One tenant's. */
  static final class Account {
    private final String tenant;
    private long served;
    private int waiting;

    private Account(String tenant) {
      this.tenant = tenant;
    }

    /** Weighted tokens, lifts included. */
    long served() {
      return served;
    }
  }

  /** A request of the tenant begins to wait. */
  Account enter(String tenant) {
    Account account = account(tenant);
    if (account.waiting == 0) {
      account.served = Math.max(account.served, level());
      waiting++;
    }
    account.waiting++;
    return account;
  }

  /** A request of the tenant waits no longer, for whatever reason. */
  void leave(String tenant) {
    Account account = account(tenant);
    if (--account.waiting == 0) {
      waiting--;
      lastLeft = account;
    }
  }

  /** Adds what the tenant got; negative: it turned out to be less. */
  void charge(String tenant, long weighted) {
    account(tenant).served += weighted;
  }

  private long level() {
    if (waiting == 0) {
      return lastLeft == null ? 0 : lastLeft.served;
    }
    return accounts.values().stream()
        .filter(each -> each.waiting > 0)
        .mapToLong(Account::served)
        .min()
        .orElse(0);
  }

  private Account account(String tenant) {
    Account account = accounts.get(tenant);
    if (account == null) {
      if (accounts.size() >= MOST + waiting) {
        forgetOne();
      }
      account = new Account(tenant);
      accounts.put(tenant, account);
    }
    return account;
  }

  private void forgetOne() {
    accounts.values().stream()
        .filter(each -> each.waiting == 0)
        .min(Comparator.comparingLong(Account::served))
        .ifPresent(each -> accounts.remove(each.tenant));
  }

  /** How many accounts are kept. */
  int size() {
    return accounts.size();
  }
}
