package io.openledger.attribution.index;

/**
 * Binary search over sorted suffixes of documents (U. Manber, G. Myers, "Suffix arrays", SIAM J.
 * Comput. 22(5), 1993, with their longest-common-prefix bound at both ends instead of an LCP
 * table).
 *
 * <p>Documents stand reversed, so that one search finds the longest match that ends at a position;
 * queries are read from their end. Symbols are token + 1; 0 stands behind each document. A query
 * has no 0, so no match crosses a document.
 *
 * <p>Immutable; safe for any thread.
 */
abstract class SuffixArray {

  /** Where the suffix of a rank starts. */
  abstract long position(long rank);

  /** Token + 1, or 0 at the end of a document. */
  abstract int symbol(long position);

  /** The ranks of the suffixes that begin with a token. */
  abstract Ranks bucket(int token);

  /** See {@link Segment#longestMatches}. */
  public final int[] longestMatches(int[] query) {
    return MatchEnds.longestMatches(query.length, (end, most) -> longestEnding(query, end, most));
  }

  /** See {@link Segment#longestEnding}. */
  public final int longestEnding(int[] query, int end) {
    return longestEnding(query, end, end);
  }

  private int longestEnding(int[] query, int end, int most) {
    if (most == 0) {
      return 0;
    }
    Ranks bucket = bucket(query[end - 1]);
    long low = bucket.from() - 1;
    long high = bucket.to();
    // matched symbols at both ends; within the bucket the first symbol always matches
    int lowMatched = 1;
    int highMatched = 1;
    int best = bucket.count() == 0 ? 0 : 1;
    while (high - low > 1 && best < most) {
      long middle = (low + high) >>> 1;
      long at = position(middle);
      int matched = Math.min(lowMatched, highMatched);
      int difference = 1;
      while (matched < most) {
        difference = query[end - 1 - matched] + 1 - symbol(at + matched);
        if (difference != 0) {
          break;
        }
        matched++;
      }
      best = Math.max(best, matched);
      if (difference > 0) {
        low = middle;
        lowMatched = matched;
      } else {
        high = middle;
        highMatched = matched;
      }
    }
    return best;
  }

  /** See {@link Segment#ranks}. */
  public final Ranks ranks(int[] query, int start, int end) {
    Ranks bucket = bucket(query[end - 1]);
    if (bucket.count() == 0 || end - start == 1) {
      return bucket;
    }
    long from = bound(bucket, query, start, end, false);
    // most stretches that are asked for occur seldom: doubling finds their last occurrence in fewer
    // steps than halving what is left of the bucket
    long step = 1;
    long last = from - 1;
    while (last + step < bucket.to() && begins(last + step, query, start, end)) {
      last += step;
      step <<= 1;
    }
    if (last < from) {
      return new Ranks(from, from);
    }
    Ranks rest = new Ranks(last + 1, Math.min(last + step, bucket.to()));
    return new Ranks(from, bound(rest, query, start, end, true));
  }

  /** Whether the suffix of a rank begins with the query, read backwards. */
  private boolean begins(long rank, int[] query, int start, int end) {
    long at = position(rank);
    for (int i = 0; i < end - start; i++) {
      if (query[end - 1 - i] + 1 != symbol(at + i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The first rank of the bucket whose suffix is not below (or, {@code above}, is above) the query.
   */
  private long bound(Ranks bucket, int[] query, int start, int end, boolean above) {
    long low = bucket.from() - 1;
    long high = bucket.to();
    int lowMatched = 1;
    int highMatched = 1;
    int most = end - start;
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      long at = position(middle);
      int matched = Math.min(lowMatched, highMatched);
      int difference = 0;
      while (matched < most) {
        difference = query[end - 1 - matched] + 1 - symbol(at + matched);
        if (difference != 0) {
          break;
        }
        matched++;
      }
      if (difference > 0 || (above && matched == most)) {
        low = middle;
        lowMatched = matched;
      } else {
        high = middle;
        highMatched = matched;
      }
    }
    return high;
  }
}
