package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.List;

/**
 * A stretch of the answer that stands verbatim, token for token, inside at least one contribution,
 * and is not part of a longer such stretch.
 *
 * <p>Where matches overlap, each token counts once: for the longest match that covers it, the
 * earlier one if equal. Who is credited for a token is asked of the token, not of the match: the
 * earliest contribution that holds around it a stretch of the answer with at least the policy's
 * minimum of tokens and twice its minimum of information; where the match has less, the earliest
 * that holds the match. So a contribution that is glued together from others' pieces owns none of
 * them, although it alone has the whole match.
 *
 * @param start first character of the stretch in the answer's text (UTF-16 code units, inclusive)
 * @param end after its last character (exclusive)
 * @param tokens how many tokens it has
 * @param millibits its information: the sum of −log₂ of its tokens' unigram probabilities over the
 *     datanets consulted, in thousandths of a bit
 * @param creditedMillibits the part of {@code millibits} that credits are split by: of the tokens
 *     that count for this match
 * @param occurrences how often it occurs in active contributions
 * @param contributionCount in how many active contributions, exactly
 * @param contributions those contributions, earliest acceptance first, as many as the policy lists;
 *     never empty
 * @param credits who is credited for which part of {@code creditedMillibits}, together all of it;
 *     by contribution
 */
public record SpanMatch(
    int start,
    int end,
    int tokens,
    long millibits,
    long creditedMillibits,
    long occurrences,
    long contributionCount,
    List<ContributionId> contributions,
    List<SpanCredit> credits)
    implements Evidence {

  public SpanMatch {
    contributions = List.copyOf(contributions);
    credits = List.copyOf(credits);
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
    long together = credits.stream().mapToLong(SpanCredit::millibits).sum();
    if (together != creditedMillibits) {
      throw OpenLedgerException.invalid(
          "credits of a span",
          together + " millibits",
          creditedMillibits + ", all that is credited");
    }
  }

  /** A match of which the first contribution is credited everything. */
  public SpanMatch(
      int start,
      int end,
      int tokens,
      long millibits,
      long creditedMillibits,
      long occurrences,
      long contributionCount,
      List<ContributionId> contributions) {
    this(
        start,
        end,
        tokens,
        millibits,
        creditedMillibits,
        occurrences,
        contributionCount,
        contributions,
        SpanCredit.wholeTo(contributions, creditedMillibits));
  }

  /**
   * The same match, with other sources.
   *
   * @param contributions as {@link #contributions}
   * @param credits as {@link #credits}
   */
  public SpanMatch withSources(List<ContributionId> contributions, List<SpanCredit> credits) {
    return new SpanMatch(
        start,
        end,
        tokens,
        millibits,
        creditedMillibits,
        occurrences,
        contributionCount,
        contributions,
        credits);
  }

  /**
   * The contribution that most of the match is credited to, the smaller id if equal; the first one
   * listed when nothing is credited.
   */
  public ContributionId mostCredited() {
    SpanCredit most = null;
    for (SpanCredit credit : credits) {
      if (most == null || credit.millibits() > most.millibits()) {
        most = credit;
      }
    }
    return most == null ? contributions.get(0) : most.contribution();
  }
}
