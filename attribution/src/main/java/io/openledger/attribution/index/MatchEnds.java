package io.openledger.attribution.index;

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

  /** The search behind it. */
  @FunctionalInterface
  interface Search {
    /**
     * The longest match that ends at {@code end}, if longer than {@code most} then {@code most}.
     */
    int longestEnding(int end, int most);
  }

  private final Search search;
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
      ends.starts[length] = length - search.longestEnding(length, length);
      ends.between(0, length);
    }
    return byStart(ends.starts);
  }

  private void between(int low, int high) {
    if (starts[low] == starts[high]) {
      java.util.Arrays.fill(starts, low, high, starts[low]);
    } else if (high - low > 1) {
      int middle = (low + high) >>> 1;
      int most = middle - starts[low];
      starts[middle] = middle - (most == 0 ? 0 : search.longestEnding(middle, most));
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
