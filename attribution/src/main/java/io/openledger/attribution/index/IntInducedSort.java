package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * Suffix sorting by induced sorting alone, over 32-bit symbols, on every level (G. Nong, S. Zhang,
 * W. H. Chan, as in {@link TwoStageSort}; types stand in the sign of the entries and reduced texts
 * inside the result, as in Y. Mori's sais-lite). Slower than {@link PrefixSort} on token streams,
 * but linear whatever the text is: what that gives up is sorted here.
 *
 * <p>Extra memory: 8 bytes for each symbol of the alphabet; for each reduced text 8 bytes a
 * distinct name, one level at a time.
 *
 * <p>An entry is a position; its sign bit says that the suffix before it is not induced in the
 * running pass. 0 is an empty place: nothing is induced from position 0 either.
 */
final class IntInducedSort {

  private static final int MARK = Integer.MIN_VALUE;
  private static final int VALUE = Integer.MAX_VALUE;

  // so many symbols are touched ahead, for their cache misses to overlap; a power of two
  private static final int AHEAD = 32;

  /**
   * For each symbol: a level takes at most nine passes over its text, and levels at least halve.
   */
  static final double STEPS = 18;

  private IntInducedSort() {}

  /**
   * Writes the order of {@code text[at..at + n)} to {@code sa[0..n)}; the text may lie behind that
   * in the same array.
   */
  static void sort(int[] text, int at, int n, int alphabet, int[] sa, SortMeter meter) {
    if (n < 2) {
      Arrays.fill(sa, 0, n, 0);
      return;
    }
    int[] counts = count(text, at, n, alphabet);
    meter.advance(n);
    Arrays.fill(sa, 0, n, 0);
    int m = placeLeftmost(text, at, n, ends(counts), sa);
    meter.advance(n);
    if (m > 1) {
      induce(text, at, n, counts, sa, meter, false);
      gather(n, sa);
      int names = name(text, at, n, m, sa, meter);
      meter.advance(n);
      if (names < m) {
        // not kept over the recursion, which needs its own
        counts = new int[0];
        recurse(text, at, n, m, names, sa, meter);
        counts = count(text, at, n, alphabet);
      }
      meter.advance(n);
      Arrays.fill(sa, m, n, 0);
      int[] end = ends(counts);
      for (int i = m - 1; i >= 0; i--) {
        int p = sa[i];
        sa[i] = 0;
        sa[--end[text[at + p]]] = p;
      }
    }
    induce(text, at, n, counts, sa, meter, true);
  }

  private static int[] count(int[] text, int at, int n, int alphabet) {
    int[] counts = new int[alphabet];
    for (int i = 0; i < n; i++) {
      counts[text[at + i]]++;
    }
    return counts;
  }

  private static int[] starts(int[] counts) {
    int[] starts = new int[counts.length];
    for (int c = 1; c < starts.length; c++) {
      starts[c] = starts[c - 1] + counts[c - 1];
    }
    return starts;
  }

  private static int[] ends(int[] counts) {
    int[] ends = starts(counts);
    for (int c = 0; c < ends.length; c++) {
      ends[c] += counts[c];
    }
    return ends;
  }

  /** Puts the LMS positions (S-type behind L-type) to the ends of their buckets; how many. */
  private static int placeLeftmost(int[] text, int at, int n, int[] end, int[] sa) {
    int m = 0;
    boolean small = false;
    int next = text[at + n - 1];
    for (int i = n - 2; i >= 0; i--) {
      int c = text[at + i];
      if (c < next) {
        small = true;
      } else if (c > next && small) {
        small = false;
        sa[--end[next]] = i + 1;
        m++;
      }
      next = c;
    }
    return m;
  }

  private static void induce(
      int[] text, int at, int n, int[] counts, int[] sa, SortMeter meter, boolean all) {
    int[] next = starts(counts);
    int last = n - 1;
    sa[next[text[at + last]]++] = text[at + last - 1] < text[at + last] ? last | MARK : last;
    for (int from = 0; from < n; from += SortMeter.BLOCK) {
      int to = Math.min(n, from + SortMeter.BLOCK);
      induceLarge(text, at, next, sa, from, to, all);
      meter.advance(to - from);
    }
    next = ends(counts);
    for (int to = n; to > 0; to -= Math.min(to, SortMeter.BLOCK)) {
      int from = Math.max(0, to - SortMeter.BLOCK);
      induceSmall(text, at, next, sa, from, to, all);
      meter.advance(to - from);
    }
  }

  /**
   * L-type suffixes, rising. Afterwards those before which an S-type one stands are unmarked and
   * the others marked, or empty where only LMS substrings are sorted.
   */
  static void induceLarge(int[] text, int at, int[] next, int[] sa, int from, int to, boolean all) {
    int touched = 0;
    for (int begin = from; begin < to; begin += AHEAD) {
      int end = Math.min(to, begin + AHEAD);
      for (int i = begin; i < end; i++) {
        touched += text[at + (Math.max(1, sa[i]) - 1)];
      }
      for (int i = begin; i < end; i++) {
        int e = sa[i];
        sa[i] = all ? e ^ MARK : e < 0 ? e & VALUE : 0;
        if (e > 0) {
          int q = e - 1;
          int c = text[at + q];
          sa[next[c]++] = q == 0 || text[at + q - 1] < c ? q | MARK : q;
        }
      }
    }
    keep(touched);
  }

  /** S-type suffixes, falling. Marked afterwards: LMS; or no marks where all are sorted. */
  static void induceSmall(int[] text, int at, int[] next, int[] sa, int from, int to, boolean all) {
    int touched = 0;
    for (int end = to; end > from; end -= Math.min(end, AHEAD)) {
      int begin = Math.max(from, end - AHEAD);
      for (int i = end - 1; i >= begin; i--) {
        touched += text[at + (Math.max(1, sa[i]) - 1)];
      }
      for (int i = end - 1; i >= begin; i--) {
        int e = sa[i];
        sa[i] = all ? e & VALUE : Math.min(e, 0);
        if (e > 0) {
          int q = e - 1;
          int c = text[at + q];
          sa[--next[c]] = q == 0 || text[at + q - 1] > c ? q | MARK : q;
        }
      }
    }
    keep(touched);
  }

  /** Uses what was read ahead, that the compiler does not drop the reads. */
  private static void keep(int touched) {
    if (touched == 0x5EED_5EED) {
      Thread.onSpinWait();
    }
  }

  /** The marked positions to the front, unmarked. */
  private static void gather(int n, int[] sa) {
    int m = 0;
    for (int i = 0; i < n; i++) {
      int e = sa[i];
      // position 0 is never LMS
      if ((e & VALUE) != 0 && e < 0) {
        sa[m++] = e & VALUE;
      }
    }
    Arrays.fill(sa, m, n, 0);
  }

  /**
   * Numbers the m sorted LMS substrings from 1, equal ones alike, into {@code sa[m + p / 2]}: LMS
   * positions are at least 2 apart. Linear, as all LMS substrings together are.
   */
  private static int name(int[] text, int at, int n, int m, int[] sa, SortMeter meter) {
    lengths(text, at, n, m, sa);
    int names = 0;
    int before = 0;
    int beforeLength = 0;
    for (int i = 0; i < m; i++) {
      int p = sa[i];
      int length = sa[m + (p >>> 1)];
      // the substring that the text's end cuts off equals no other
      boolean same = length == beforeLength && before + length < n && p + length < n;
      for (int k = 0; same && k < length; k++) {
        same = text[at + p + k] == text[at + before + k];
      }
      if (!same) {
        names++;
        before = p;
        beforeLength = length;
      }
      sa[m + (p >>> 1)] = names;
      if ((i & (SortMeter.BLOCK - 1)) == 0) {
        meter.advance(0);
      }
    }
    return names;
  }

  /** Symbols from each LMS position to the next one, that included, or to the text's end. */
  private static void lengths(int[] text, int at, int n, int m, int[] sa) {
    boolean small = false;
    int next = text[at + n - 1];
    int behind = n;
    for (int i = n - 2; i >= 0; i--) {
      int c = text[at + i];
      if (c < next) {
        small = true;
      } else if (c > next && small) {
        small = false;
        // the cut-off one gets the length n − p, which reaches n
        sa[m + ((i + 1) >>> 1)] = behind == n ? n - i - 1 : behind - i;
        behind = i + 1;
      }
      next = c;
    }
  }

  /** Sorts the reduced text inside {@code sa}; leaves the LMS positions in order at its front. */
  private static void recurse(
      int[] text, int at, int n, int m, int names, int[] sa, SortMeter meter) {
    int to = n;
    for (int i = m + ((n - 1) >>> 1); i >= m; i--) {
      if (sa[i] > 0) {
        sa[--to] = sa[i] - 1;
      }
    }
    IntInducedSort.sort(sa, n - m, m, names, sa, meter);
    to = n;
    boolean small = false;
    int next = text[at + n - 1];
    for (int i = n - 2; i >= 0; i--) {
      int c = text[at + i];
      if (c < next) {
        small = true;
      } else if (c > next && small) {
        small = false;
        sa[--to] = i + 1;
      }
      next = c;
    }
    for (int i = 0; i < m; i++) {
      sa[i] = sa[n - m + sa[i]];
    }
  }
}
