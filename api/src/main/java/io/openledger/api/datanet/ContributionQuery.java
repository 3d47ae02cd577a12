package io.openledger.api.datanet;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import java.util.Optional;

/**
 * Which contributions to find; what is not said does not restrict. The order is that of acceptance.
 *
 * @param contributor made (also) by
 * @param titleContains part of the title, 1 to 300 characters, without regard to case
 * @param status active, retracted and not erased, or erased
 * @param offset from 0
 * @param limit 1 to {@value Page#MAX_LIMIT}
 */
public record ContributionQuery(
    Optional<ContributorId> contributor,
    Optional<String> titleContains,
    Optional<Contribution.Status> status,
    long offset,
    int limit) {

  public ContributionQuery {
    if (offset < 0 || limit < 1 || limit > Page.MAX_LIMIT) {
      throw OpenLedgerException.invalid(
          "page", offset + "/" + limit, "offset 0 or more, limit 1 to " + Page.MAX_LIMIT);
    }
    titleContains.ifPresent(
        part -> {
          if (part.isEmpty() || part.length() > 300) {
            throw OpenLedgerException.invalid(
                "part of the title", part.length() + " characters", "1 to 300 characters");
          }
        });
  }

  /** All contributions, from the first. */
  public static ContributionQuery all(int limit) {
    return new ContributionQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, limit);
  }
}
