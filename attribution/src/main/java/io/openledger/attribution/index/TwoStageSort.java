package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * One level of {@link SuffixSorter}: sorts the LMS suffixes, a third of a token stream, and induces
 * all others from them, L-type and then S-type, each with one look at the text (G. Nong, S. Zhang,
 * W. H. Chan, "Two Efficient Algorithms for Linear Time Suffix Array Construction", IEEE Trans.
 * Computers 60(10), 2011, section 3).
 */
final class TwoStageSort {

  // for each symbol: 6 passes, and 4 for the tied; entries of the prefix sort are as slow as 4 of
  // others
  static final double STEPS = 10;

  private TwoStageSort() {}

  /**
   * Writes the order of the text to {@code sa}, which is as long and all 0.
   *
   * @param alphabet one more than the largest symbol
   */
  static void sort(Symbols text, int alphabet, int[] sa, SortMeter meter) {
    int n = text.length();
    if (n < 2) {
      return;
    }
    int[] leftmost = new int[alphabet];
    boolean small = false;
    for (int to = n - 1; to > 0; to -= Math.min(to, SortMeter.BLOCK)) {
      int from = Math.max(0, to - SortMeter.BLOCK);
      small = text.countLeftmost(leftmost, from, to, small);
      meter.advance(to - from);
    }
    int m = 0;
    for (int count : leftmost) {
      m += count;
    }
    int tied = PrefixSort.sort(text, leftmost, m, sa, meter);
    if (tied == PrefixSort.TOO_LONG) {
      IntInducedSort.sort(text.ints(), 0, n, alphabet, sa, meter.part(1, IntInducedSort.STEPS * n));
      return;
    }
    if (tied > 0) {
      Repeats.sort(n, m, sa, meter.part(0.6, 3.0 * n));
    }
    int[] counts = new int[alphabet];
    for (int from = 0; from < n; from += SortMeter.BLOCK) {
      text.count(counts, from, Math.min(n, from + SortMeter.BLOCK));
      meter.advance(Math.min(SortMeter.BLOCK, n - from));
    }
    spread(leftmost, counts, sa, meter);
    text.induce(counts, sa, meter);
  }

  /**
   * Moves the LMS suffixes from the front to the ends of their buckets. From the highest symbol
   * down none is overwritten: there are no more LMS suffixes up to a symbol than suffixes.
   *
   * @param leftmost where the LMS suffixes of each symbol end
   */
  private static void spread(int[] leftmost, int[] counts, int[] sa, SortMeter meter) {
    int end = sa.length;
    int heard = end;
    for (int c = counts.length - 1; c >= 0; c--) {
      int from = c == 0 ? 0 : leftmost[c - 1];
      int count = leftmost[c] - from;
      if (count > 0) {
        System.arraycopy(sa, from, sa, end - count, count);
      }
      Arrays.fill(sa, end - counts[c], end - count, 0);
      end -= counts[c];
      if (heard - end >= SortMeter.BLOCK || c == 0) {
        meter.advance(heard - end);
        heard = end;
      }
    }
  }
}
