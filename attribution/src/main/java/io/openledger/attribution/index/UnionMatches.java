package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * Longest matches over several segments, of which the first is searched at every end that matters
 * and each further one only where it can be better.
 *
 * <p>Let start(e) be where the longest match so far that ends at e begins, and here(e) the same of
 * the segment that is asked. Neither ever falls as e grows ({@link MatchEnds}). So where here(e)
 * was found to be start(e') or more, the segment has nothing better at e' ≥ e. A segment that is
 * never better costs at most one search for each maximal match found so far, and fewer the shorter
 * its own matches are; a match that is better costs searches logarithmic in its length. One thread.
 */
final class UnionMatches {

  private static final int UNKNOWN = -1;

  private long matched;
  // start(e) for e from 0 to the query's length
  private final int[] starts;

  /**
   * Begins with the longest matches of one segment.
   *
   * @param longest for each position the length of the longest match that begins there
   */
  UnionMatches(int[] longest) {
    starts = new int[longest.length + 1];
    int start = 0;
    for (int end = 1; end < starts.length; end++) {
      while (start < end && start + longest[start] < end) {
        start++;
      }
      starts[end] = start;
    }
  }

  /** Takes what is longer in one more segment. */
  void better(MatchEnds.Search search) {
    int[] here = new int[starts.length];
    Arrays.fill(here, UNKNOWN);
    int least = 0;
    int end = 1;
    while (end < starts.length) {
      if (starts[end] > least) {
        least = at(end, least, here, search);
      }
      if (starts[end] <= least) {
        end++;
        continue;
      }
      int last = lastWithStart(least, end, here, search);
      Arrays.fill(starts, end, last + 1, least);
      end = last + 1;
      least++;
    }
  }

  private int at(int end, int least, int[] here, MatchEnds.Search search) {
    if (here[end] == UNKNOWN) {
      int found = search.longestEnding(end, end - least);
      matched = MatchEnds.spent(matched + found);
      here[end] = end - found;
    }
    return here[end];
  }

  /** The last end at which the segment's longest match begins where it does at {@code end}. */
  private int lastWithStart(int start, int end, int[] here, MatchEnds.Search search) {
    int low = end;
    int high = starts.length;
    // most matches are short: so that a match of n tokens takes about 2 log n searches
    for (int step = 1; low + step < high; step *= 2) {
      if (at(low + step, start, here, search) == start) {
        low += step;
      } else {
        high = low + step;
      }
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (at(middle, start, here, search) == start) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** For each position the length of the longest match that begins there. */
  int[] longest() {
    return MatchEnds.byStart(starts);
  }
}
