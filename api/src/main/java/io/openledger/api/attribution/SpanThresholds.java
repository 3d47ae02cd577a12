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
 * @param wholeWords whether a match is cut down to whole words of the text: it neither begins nor
 *     ends with a token that is a part of a word, unless it has the word's other tokens too
 * @param listedBasisPoints how many spans are listed at most, in proportion to the text's tokens,
 *     rounded up: those with the most information. The others are counted, and credited all the
 *     same. 1 to 10 000, which lists all of them, for no text has more spans than tokens
 */
public record SpanThresholds(
    int minimumTokens,
    long minimumMillibits,
    int listedContributions,
    boolean wholeWords,
    int listedBasisPoints) {

  /** Lists every span. */
  public static final int ALL_SPANS = 10_000;

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
    if (listedBasisPoints < 1 || listedBasisPoints > ALL_SPANS) {
      throw OpenLedgerException.invalid(
          "listed spans", listedBasisPoints, "1 to 10000 basis points of the tokens");
    }
  }

  /** Matches as their tokens are, whole words or not; all of them listed. */
  public SpanThresholds(int minimumTokens, long minimumMillibits, int listedContributions) {
    this(minimumTokens, minimumMillibits, listedContributions, false, ALL_SPANS);
  }

  /**
   * Whole words, at least 6 tokens that carry at least 40 bits; 10 contributions listed, and every
   * span.
   */
  public static SpanThresholds standard() {
    return new SpanThresholds(6, 40_000, 10, true, ALL_SPANS);
  }
}
