package io.openledger.runtime.cdi;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ClaimPayment;
import io.openledger.api.reward.ClaimStanding;
import io.openledger.api.reward.RewardClaims;
import io.openledger.api.reward.RootPosting;
import io.openledger.runtime.rollup.Claimable;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.PaidClaim;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.rollup.Rollups;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The injected claims: looked up on the server at each call. */
final class ServerClaims implements RewardClaims, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerClaims(Application application) {
    this.application = application;
  }

  private Rollup rollup() {
    return Rollups.require(application.server());
  }

  private Claims claims() {
    return present(rollup().claims());
  }

  private static <T> T present(Optional<T> service) {
    return service.orElseThrow(
        () ->
            new OpenLedgerException(
                ErrorCode.CHAIN_UNAVAILABLE,
                "a server that posts no roots",
                "servers with a key and the contract RewardDistributor",
                "have an administrator configure openledger.chain.key"));
  }

  @Override
  public boolean attached() {
    return application.server().rollup().isPresent();
  }

  @Override
  public ClaimStanding standing(AccountId account) {
    Claimable now = claims().of(account, OptionalLong.empty());
    return new ClaimStanding(
        now.account(),
        now.address(),
        now.chainId(),
        now.contract(),
        now.earned(),
        now.claimed(),
        now.claimable(),
        now.minimum(),
        now.next(),
        now.asOf());
  }

  @Override
  public List<RootPosting> roots(long from, long to) {
    if (from < 1 || to < from || to - from >= MOST) {
      throw OpenLedgerException.invalid(
          "epochs", from + " to " + to, "1 or more, and at most " + MOST + " of them");
    }
    return present(rollup().epochs()).postings(from, to).stream()
        .filter(posting -> posting.kind() == EpochPosting.Kind.ROOT)
        .map(ServerClaims::root)
        .toList();
  }

  private static RootPosting root(EpochPosting posting) {
    return new RootPosting(
        posting.epoch(),
        switch (posting.state()) {
          case SUBMITTED -> RootPosting.State.SUBMITTED;
          case WAITING -> RootPosting.State.WAITING;
          case ACTIVE -> RootPosting.State.ACTIVE;
          case SUPERSEDED -> RootPosting.State.SUPERSEDED;
          case CHALLENGED -> RootPosting.State.CHALLENGED;
          case REVERTED -> RootPosting.State.REVERTED;
          case CANCELLED -> RootPosting.State.CANCELLED;
          // of receipts alone, which were left out
          case ANCHORED -> throw new IllegalStateException(posting.businessKey());
        },
        posting.transaction(),
        posting.activeAt(),
        posting.detail());
  }

  @Override
  public List<ClaimPayment> pay(List<AccountId> accounts) {
    return claims().pay(application.caller(), accounts).stream().map(ServerClaims::paid).toList();
  }

  private static ClaimPayment paid(PaidClaim claim) {
    return new ClaimPayment(claim.account(), claim.address(), claim.amount(), claim.transaction());
  }
}
