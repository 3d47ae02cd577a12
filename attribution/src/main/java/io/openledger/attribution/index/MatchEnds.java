package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;

/**
 * Longest matches of every position from longest matches of some ends.
 *
 * <p>Let start(e) be where the longest match that ends at e begins. It never falls as e grows: a
 * match without its last token is a match. So where two ends share a start, all ends between share
 * it, and no end between two others begins outside of their starts. Halving uses both: a query of
 * length L with m maximal matches takes at most min(L, m log L) searches, one when all of it
 * occurs.
 */
final class MatchEnds {

  /**
   * The most tokens that all matches of a query may have together: some seconds. Ordinary texts of
   * a million characters stay far below; a text that repeats itself longer than the index does
   * could take hours.
   */
  static final long MOST = 1 << 26;

  /** The search behind it. */
  @FunctionalInterface
  interface Search {
    /**
     * The longest match that ends at {@code end}, if longer than {@code most} then {@code most}.
     */
    int longestEnding(int end, int most);
  }

  private final Search search;
  private long matched;
  // start(e) for e from 0 to the query's length
  private final int[] starts;

  private MatchEnds(int length, Search search) {
    this.search = search;
    this.starts = new int[length + 1];
  }

  /** For each position of a query of {@code length} tokens the longest match that begins there. */
  static int[] longestMatches(int length, Search search) {
    MatchEnds ends = new MatchEnds(length, search);
    if (length > 0) {
      ends.starts[length] = length - ends.ending(length, length);
      ends.between(0, length);
    }
    return byStart(ends.starts);
  }

  private int ending(int end, int most) {
    int found = search.longestEnding(end, most);
    matched = spent(matched + found);
    return found;
  }

  /** Refuses a query that has had too long matches; else what was given. */
  static long spent(long matched) {
    if (matched > MOST) {
      throw OpenLedgerException.invalid(
          "the length of all matches of a text that repeats itself",
          "more than " + MOST + " tokens",
          "at most that: a shorter text, or one that repeats itself less");
    }
    return matched;
  }

  private void between(int low, int high) {
    if (starts[low] == starts[high]) {
      java.util.Arrays.fill(starts, low, high, starts[low]);
    } else if (high - low > 1) {
      int middle = (low + high) >>> 1;
      int most = middle - starts[low];
      starts[middle] = middle - (most == 0 ? 0 : ending(middle, most));
      between(low, middle);
      between(middle, high);
    }
  }

  /** The same by the matches' starts, from where the longest match of each end begins. */
  static int[] byStart(int[] starts) {
    int[] longest = new int[starts.length - 1];
    int end = 0;
    for (int i = 0; i < longest.length; i++) {
      while (end + 1 < starts.length && starts[end + 1] <= i) {
        end++;
      }
      longest[i] = end - i;
    }
    return longest;
  }
}
