package io.openledger.attribution.credit;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine.CreditRequest;
import io.openledger.api.spi.AttributionEngine.Ownership;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rule of {@link io.openledger.api.spi.AttributionEngine#credit}, step by step. A pure function
 * of its request; the order of spans and of map entries does not matter.
 *
 * <p>Evidence that carries no information at all (every credited millibit zero) is treated as none:
 * there is nothing to split by, so the contributors' part goes to the treasury.
 *
 * <p>Splitting one's content or one's accounts gains nothing but rounding: an account that becomes
 * k accounts gets less than k wei more, whatever the fee.
 */
public final class CreditRule {

  private CreditRule() {}

  /**
   * Splits the fee.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} when the treasury has no account, a party
   *     is named for the contributors, or a contribution that is credited has no owner; {@code
   *     SHARES_INVALID} when an owner's shares are not whole
   */
  public static List<Credit> apply(CreditRequest request) {
    AccountId treasury = request.parties().get(FeeRole.TREASURY);
    if (treasury == null) {
      throw OpenLedgerException.invalid("the treasury's account", "missing", "an account");
    }
    if (request.parties().containsKey(FeeRole.CONTRIBUTORS)) {
      throw OpenLedgerException.invalid(
          "the contributors' account",
          request.parties().get(FeeRole.CONTRIBUTORS),
          "none: the evidence says who the contributors are");
    }
    TreeMap<FeeRole, BigInteger> roles = byRole(request);
    BigInteger contributors = roles.getOrDefault(FeeRole.CONTRIBUTORS, BigInteger.ZERO);
    List<Credit> credits = contributorCredits(contributors, request);
    if (credits.isEmpty() && contributors.signum() > 0) {
      roles.merge(FeeRole.TREASURY, contributors, BigInteger::add);
    }
    roles.remove(FeeRole.CONTRIBUTORS);
    if (!request.builders().isEmpty()) {
      credits.addAll(
          builderCredits(
              Objects.requireNonNullElse(roles.remove(FeeRole.ADAPTER_BUILDER), BigInteger.ZERO),
              request));
    }
    for (FeeRole role : List.copyOf(roles.keySet())) {
      if (!request.parties().containsKey(role)) {
        roles.merge(FeeRole.TREASURY, roles.get(role), BigInteger::add);
        roles.remove(role);
      }
    }
    roles.forEach(
        (role, amount) -> {
          AccountId account = request.parties().getOrDefault(role, treasury);
          credits.add(new Credit(role, account, Optional.empty(), new Wei(amount)));
        });
    return List.copyOf(credits);
  }

  /** By account: one who built several of the adapters is paid once, and gains no rounding. */
  private static List<Credit> builderCredits(BigInteger amount, CreditRequest request) {
    TreeMap<AccountId, BigInteger> weights = new TreeMap<>();
    request
        .builders()
        .forEach((account, weight) -> weights.put(account, BigInteger.valueOf(weight)));
    return Apportionment.split(amount, weights).entrySet().stream()
        .map(
            e ->
                new Credit(
                    FeeRole.ADAPTER_BUILDER, e.getKey(), Optional.empty(), new Wei(e.getValue())))
        .toList();
  }

  private static TreeMap<FeeRole, BigInteger> byRole(CreditRequest request) {
    TreeMap<FeeRole, BigInteger> weights = new TreeMap<>();
    for (FeeRole role : FeeRole.values()) {
      weights.put(role, BigInteger.valueOf(request.split().of(role)));
    }
    return Apportionment.split(request.fee().value(), weights);
  }

  private static List<Credit> contributorCredits(BigInteger amount, CreditRequest request) {
    TreeMap<ContributionId, BigInteger> weights = new TreeMap<>();
    TreeMap<ContributionId, List<ContributorShare>> shares = new TreeMap<>();
    for (SpanMatch span : request.spans()) {
      for (SpanCredit credit : span.credits()) {
        ContributionId first = credit.contribution();
        Ownership owner = request.owners().get(first);
        if (owner == null) {
          throw OpenLedgerException.invalid("the owner of " + first, "missing", "an ownership");
        }
        requireSameShares(owner, shares);
        weights.merge(owner.owner(), BigInteger.valueOf(credit.millibits()), BigInteger::add);
      }
    }
    List<Credit> credits = new ArrayList<>();
    Apportionment.split(amount, weights)
        .forEach(
            (id, part) ->
                credits.addAll(accounts(id, part, Objects.requireNonNull(shares.get(id)))));
    return credits;
  }

  private static void requireSameShares(
      Ownership owner, Map<ContributionId, List<ContributorShare>> shares) {
    List<ContributorShare> whole = ContributorShare.requireWhole(owner.shares());
    List<ContributorShare> before = shares.putIfAbsent(owner.owner(), whole);
    if (before != null && !Set.copyOf(before).equals(Set.copyOf(whole))) {
      throw OpenLedgerException.invalid(
          "the shares of " + owner.owner(), "given twice, differently", "one set of shares");
    }
  }

  private static List<Credit> accounts(
      ContributionId id, BigInteger part, List<ContributorShare> shares) {
    TreeMap<AccountId, BigInteger> weights = new TreeMap<>();
    for (ContributorShare share : shares) {
      weights.put(
          AccountId.contributor(share.contributor()), BigInteger.valueOf(share.basisPoints()));
    }
    return Apportionment.split(part, weights).entrySet().stream()
        .map(
            e ->
                new Credit(
                    FeeRole.CONTRIBUTORS, e.getKey(), Optional.of(id), new Wei(e.getValue())))
        .sorted(Comparator.comparing(Credit::account))
        .toList();
  }
}
