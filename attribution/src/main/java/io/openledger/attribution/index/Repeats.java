package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * Orders the LMS suffixes that {@link PrefixSort} left tied, by sorting a reduced text: one symbol,
 * the number of its group, for each tied LMS suffix, and one for an untied one that follows a tied
 * one. Others cannot decide anything, as two suffixes are compared no further than to the first
 * untied one (I. Grebnov's libsais leaves them out likewise). Tied suffixes have their next LMS
 * suffix at the same distance, so the reduced text's order is the text's.
 *
 * <p>Extra memory beside the sorting of the reduced text: 8 bytes a symbol of that and a bit and a
 * half an LMS suffix. One thread.
 */
final class Repeats {

  private static final int MARK = Symbols.MARK;
  private static final int VALUE = Symbols.VALUE;

  private Repeats() {}

  /**
   * Orders.
   *
   * @param n length of the text, whose m LMS suffixes are in {@code sa[0..m)}, those that are tied
   *     with the one before them marked; without marks afterwards
   */
  static void sort(int n, int m, int[] sa, SortMeter meter) {
    int half = (n + 1) >>> 1;
    RankedBits groups = new RankedBits(m);
    for (int from = 0; from < half; from += SortMeter.BLOCK) {
      Arrays.fill(sa, m + from, m + Math.min(half, from + SortMeter.BLOCK), 0);
      meter.advance(Math.min(SortMeter.BLOCK, half - from));
    }
    // LMS suffixes are at least 2 apart: each gets a place by its position. The place tells its
    // rank
    // plus one, negative for an untied one
    for (int i = 0; i < m; i++) {
      int entry = sa[i];
      boolean tiedBehind = i + 1 < m && sa[i + 1] < 0;
      int place = m + ((entry & VALUE) >>> 1);
      if (entry < 0) {
        sa[place] = i + 1;
      } else if (tiedBehind) {
        sa[place] = i + 1;
        groups.set(i);
      } else {
        sa[place] = -(i + 1);
      }
      report(i, m, meter);
    }
    int length = gather(m, half, sa, groups, meter);
    int names = groups.rank();
    int[] reduced = new int[length];
    for (int k = 0; k < length; k++) {
      int rank = Math.abs(sa[m + k]) - 1;
      reduced[k] = groups.upTo(rank);
      // from here on the position, negative for an untied one
      sa[m + k] = sa[m + k] < 0 ? MARK : sa[rank] & VALUE;
      report(k, length, meter);
    }
    int[] order = new int[length];
    TwoStageSort.sort(
        new IntSymbols(reduced), names, order, meter.part(0.9, TwoStageSort.STEPS * length));
    put(m, sa, order, meter);
  }

  /** Once a block, of the entries from the i-th to the end. */
  private static void report(int i, int end, SortMeter meter) {
    if ((i & (SortMeter.BLOCK - 1)) == 0) {
      meter.advance(Math.min(SortMeter.BLOCK, end - i));
    }
  }

  /** Closes the gaps between the ranks that the reduced text has; how many there are. */
  private static int gather(int m, int half, int[] sa, RankedBits groups, SortMeter meter) {
    int length = 0;
    boolean tied = false;
    for (int j = 0; j < half; j++) {
      int entry = sa[m + j];
      if (entry > 0) {
        sa[m + length++] = entry;
        tied = true;
      } else if (entry < 0) {
        if (tied) {
          sa[m + length++] = entry;
          groups.set(-entry - 1);
        }
        tied = false;
      }
      report(j, half, meter);
    }
    return length;
  }

  /** The tied suffixes' places are those of their groups; their order is the reduced text's. */
  private static void put(int m, int[] sa, int[] order, SortMeter meter) {
    int k = 0;
    for (int i = 0; i < m; i++) {
      if (sa[i] < 0 || (i + 1 < m && sa[i + 1] < 0)) {
        int p = sa[m + order[k++]];
        while (p < 0) {
          p = sa[m + order[k++]];
        }
        sa[i] = p | (sa[i] & MARK);
      }
      report(i, m, meter);
    }
    for (int i = 0; i < m; i++) {
      sa[i] &= VALUE;
    }
  }
}
