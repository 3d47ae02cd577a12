package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;

/**
 * What counts as span evidence.
 *
 * @param minimumTokens shorter matches are dropped; 1 to 1000
 * @param minimumMillibits matches with less information are dropped: the sum of −log₂ of their
 *     tokens' unigram probabilities, in thousandths of a bit; 0 or more
 * @param listedContributions how many contributions of a span are listed; they are counted exactly
 *     beyond it; 1 to 1000
 */
public record SpanThresholds(int minimumTokens, long minimumMillibits, int listedContributions) {

  public SpanThresholds {
    if (minimumTokens < 1 || minimumTokens > 1000) {
      throw OpenLedgerException.invalid("minimum tokens of a span", minimumTokens, "1 to 1000");
    }
    if (minimumMillibits < 0) {
      throw OpenLedgerException.invalid(
          "minimum information of a span", minimumMillibits, "0 or more");
    }
    if (listedContributions < 1 || listedContributions > 1000) {
      throw OpenLedgerException.invalid("listed contributions", listedContributions, "1 to 1000");
    }
  }

  /** At least 6 tokens that carry at least 40 bits; 10 contributions listed. */
  public static SpanThresholds standard() {
    return new SpanThresholds(6, 40_000, 10);
  }
}
