package io.openledger.samples.clausedesk;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ClaimStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.RewardClaims;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.RootPosting;
import io.openledger.api.reward.Wei;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;

/**
 * How far rewards are: earned, in a closed epoch, under a root on chain, claimable, paid. All
 * amounts are totals that only grow, so the page follows one answer by the totals right after it.
 */
@ApplicationScoped
public class RewardProgress {

  /** How many epochs back roots are looked at. */
  private static final int EPOCHS = 20;

  @Inject RewardLedger ledger;
  @Inject RewardClaims claims;

  /**
   * The newest epoch, the roots on chain, and the accounts. What the ledger knows is told also
   * where no chain is attached, or where it does not answer; then it is said why.
   */
  JsonObject of(List<AccountId> accounts) {
    boolean attached = claims.attached();
    JsonObjectBuilder view = Json.createObjectBuilder().add("attached", attached);
    Optional<OpenLedgerException> trouble = Optional.empty();
    JsonArrayBuilder each = Json.createArrayBuilder();
    for (AccountId account : accounts) {
      JsonObjectBuilder one = Json.createObjectBuilder().add("id", account.toString());
      // not asked again where the chain did not answer for the account before
      if (attached && trouble.isEmpty()) {
        try {
          add(one, claims.standing(account));
        } catch (OpenLedgerException e) {
          // an account that has nothing to claim is no trouble of the chain's
          if (e.code() != ErrorCode.ACCOUNT_WITHOUT_ADDRESS
              && e.code() != ErrorCode.ACCOUNT_UNKNOWN) {
            trouble = Optional.of(e);
          }
        }
      }
      closed(account).ifPresent(total -> one.add("closed", total.toString()));
      each.add(one);
    }
    view.add("accounts", each);
    // after the accounts: this epoch, or an earlier one, has all that they say
    Optional<Epoch> epoch = ledger.epochs(1).stream().findFirst();
    epoch.ifPresent(one -> view.add("epoch", one.number()));
    if (attached && trouble.isEmpty() && epoch.isPresent()) {
      try {
        view.add("roots", roots(epoch.get().number()));
      } catch (OpenLedgerException e) {
        trouble = Optional.of(e);
      }
    }
    trouble.ifPresent(e -> view.add("problem", Problems.body(e)));
    return view.build();
  }

  private static void add(JsonObjectBuilder one, ClaimStanding standing) {
    one.add("address", standing.address().value())
        .add("chainId", standing.chainId())
        .add("claimed", standing.claimed().toString())
        .add("claimable", standing.claimable().toString())
        .add("minimum", standing.minimum().toString())
        .add("asOf", standing.asOf().toString());
  }

  /** What is under the newest epoch's root; empty where nobody knows where to pay it. */
  private Optional<Wei> closed(AccountId account) {
    Optional<Epoch> epoch = ledger.epochs(1).stream().findFirst();
    try {
      return Optional.of(
          epoch.map(one -> ledger.proof(one.number(), account).cumulative()).orElse(Wei.ZERO));
    } catch (OpenLedgerException e) {
      return switch (e.code()) {
        case ACCOUNT_UNKNOWN -> Optional.of(Wei.ZERO);
        case ACCOUNT_WITHOUT_ADDRESS -> Optional.empty();
        default -> throw e;
      };
    }
  }

  private JsonArrayBuilder roots(long newest) {
    JsonArrayBuilder roots = Json.createArrayBuilder();
    for (RootPosting root : claims.roots(Math.max(1, newest - EPOCHS + 1), newest)) {
      JsonObjectBuilder one =
          Json.createObjectBuilder()
              .add("epoch", root.epoch())
              .add("state", root.state().name())
              .add("stands", root.state().stands());
      root.transaction().ifPresent(hash -> one.add("transaction", "0x" + hash.hex()));
      root.activeAt().ifPresent(at -> one.add("activeAt", at.toString()));
      root.detail().ifPresent(detail -> one.add("detail", detail));
      roots.add(one);
    }
    return roots;
  }
}
