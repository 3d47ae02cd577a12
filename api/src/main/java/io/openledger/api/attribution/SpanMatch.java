package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.List;

/**
 * A stretch of the answer that stands verbatim, token for token, inside at least one contribution,
 * and is not part of a longer such stretch.
 *
 * @param start first character of the stretch in the answer's text (UTF-16 code units, inclusive)
 * @param end after its last character (exclusive)
 * @param tokens how many tokens it has
 * @param millibits its information: the sum of −log₂ of its tokens' unigram probabilities over the
 *     datanets consulted, in thousandths of a bit
 * @param creditedMillibits the part of {@code millibits} that credits are split by: where matches
 *     overlap, each token counts once, for the longest match that covers it (the earlier one, if
 *     equal)
 * @param occurrences how often it occurs in active contributions
 * @param contributionCount in how many active contributions, exactly
 * @param contributions those contributions, earliest acceptance first, as many as the policy lists;
 *     never empty. The first one owns the credit
 */
public record SpanMatch(
    int start,
    int end,
    int tokens,
    long millibits,
    long creditedMillibits,
    long occurrences,
    long contributionCount,
    List<ContributionId> contributions)
    implements Evidence {

  public SpanMatch {
    contributions = List.copyOf(contributions);
    if (start < 0 || end <= start || tokens < 1) {
      throw OpenLedgerException.invalid(
          "span",
          start + " to " + end + " of " + tokens + " tokens",
          "a stretch that is not empty");
    }
    if (creditedMillibits < 0 || creditedMillibits > millibits) {
      throw OpenLedgerException.invalid(
          "credited information", creditedMillibits, "0 to " + millibits);
    }
    if (contributions.isEmpty()
        || contributions.size() > contributionCount
        || contributionCount > occurrences) {
      throw OpenLedgerException.invalid(
          "span sources",
          contributions.size()
              + " listed of "
              + contributionCount
              + " with "
              + occurrences
              + " occurrences",
          "at least one listed, no more than there are");
    }
  }
}
