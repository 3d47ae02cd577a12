package io.openledger.api.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One contributor's part of a contribution.
 *
 * @param contributor who
 * @param address where on the rollup this contributor is paid; empty until one is proven
 * @param basisPoints the part, 1 to 10 000; the shares of one contribution add up to 10 000
 */
public record ContributorShare(
    ContributorId contributor, Optional<ChainAddress> address, int basisPoints) {

  /** The whole, in basis points. */
  public static final int WHOLE = 10_000;

  /** How many contributors a contribution may have. */
  public static final int MAX_CONTRIBUTORS = 100;

  public ContributorShare {
    if (basisPoints < 1 || basisPoints > WHOLE) {
      throw new OpenLedgerException(
          ErrorCode.SHARES_INVALID,
          "the share of " + contributor + " is " + basisPoints + " basis points",
          "1 to 10000",
          "give every contributor a part of the 10000");
    }
  }

  /** A contributor who owns the whole contribution. */
  public static ContributorShare sole(ContributorId contributor, Optional<ChainAddress> address) {
    return new ContributorShare(contributor, address, WHOLE);
  }

  /**
   * Returns a copy when nobody is named twice and the shares add up to 10 000; refuses otherwise.
   */
  public static List<ContributorShare> requireWhole(List<ContributorShare> shares) {
    if (shares.isEmpty() || shares.size() > MAX_CONTRIBUTORS) {
      throw new OpenLedgerException(
          ErrorCode.SHARES_INVALID,
          shares.size() + " contributors",
          "1 to " + MAX_CONTRIBUTORS,
          "name everyone who has a share, once");
    }
    Set<ContributorId> seen = new HashSet<>();
    int sum = 0;
    for (ContributorShare share : shares) {
      if (!seen.add(share.contributor())) {
        throw new OpenLedgerException(
            ErrorCode.SHARES_INVALID,
            share.contributor() + " is named twice",
            "each contributor once",
            "add the two shares into one");
      }
      sum += share.basisPoints();
    }
    if (sum != WHOLE) {
      throw new OpenLedgerException(
          ErrorCode.SHARES_INVALID,
          "the shares add up to " + sum + " basis points",
          "exactly 10000",
          "correct the shares and contribute again");
    }
    return List.copyOf(shares);
  }
}
