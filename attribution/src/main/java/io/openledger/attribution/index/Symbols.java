package io.openledger.attribution.index;

/**
 * A text to sort, with the loops that read it symbol by symbol: one class a width, since a shared
 * accessor would cost a call or a branch for each symbol. Everything that is not such a loop is
 * written once, in {@link PrefixSort} and {@link TwoStageSort}.
 *
 * <p>A suffix is S-type when it is smaller than the one that begins a symbol later, else L-type;
 * LMS when it is S-type behind an L-type one. The end of the text sorts before every symbol, so the
 * last suffix is L-type.
 */
abstract class Symbols {

  /** Set in an entry of the result while the suffix before it is not induced in this pass. */
  static final int MARK = Integer.MIN_VALUE;

  static final int VALUE = Integer.MAX_VALUE;

  // so many symbols are touched ahead, for their cache misses to overlap; a power of two
  static final int AHEAD = 32;

  /** How many symbols. */
  abstract int length();

  abstract int at(int position);

  /** Adds each symbol of {@code [from, to)} to {@code counts}. */
  abstract void count(int[] counts, int from, int to);

  /**
   * Walks down through {@code [from, to)} and counts LMS suffixes by their first symbol.
   *
   * @param small whether the suffix at {@code to} is S-type; the text's end is not
   * @return whether the one at {@code from} is
   */
  abstract boolean countLeftmost(int[] counts, int from, int to, boolean small);

  /**
   * The same walk; each LMS suffix's key goes to {@code keys[next[symbol]++]}: what follows the
   * first symbol.
   */
  abstract boolean putLeftmost(
      int[] next, long[] keys, KeyLayout layout, int from, int to, boolean small);

  /**
   * New keys for the entries {@code list[from..to)} of {@code keys}, whose positions stay: of the
   * symbols that are {@code depth} behind them.
   */
  abstract void refill(long[] keys, int[] list, int from, int to, int depth, KeyLayout layout);

  /** L-type suffixes, rising; marks are flipped: afterwards L-type ones stand before the marked. */
  abstract void induceLarge(int[] next, int[] sa, int from, int to);

  /** S-type suffixes, falling; afterwards no entry is marked. */
  abstract void induceSmall(int[] next, int[] sa, int from, int to);

  /** A copy to sort with {@link IntInducedSort}, or the text itself. */
  abstract int[] ints();

  /**
   * All suffixes of a text of at least two symbols.
   *
   * @param sa LMS suffixes in order at the ends of their buckets, else 0
   */
  final void induce(int[] counts, int[] sa, SortMeter meter) {
    int n = length();
    int[] next = starts(counts);
    int last = n - 1;
    sa[next[at(last)]++] = at(last - 1) < at(last) ? last | MARK : last;
    for (int from = 0; from < n; from += SortMeter.BLOCK) {
      int to = Math.min(n, from + SortMeter.BLOCK);
      induceLarge(next, sa, from, to);
      meter.advance(to - from);
    }
    for (int c = 0, end = 0; c < next.length; c++) {
      end += counts[c];
      next[c] = end;
    }
    for (int to = n; to > 0; to -= Math.min(to, SortMeter.BLOCK)) {
      int from = Math.max(0, to - SortMeter.BLOCK);
      induceSmall(next, sa, from, to);
      meter.advance(to - from);
    }
  }

  /** Where each symbol's bucket begins. */
  static int[] starts(int[] counts) {
    int[] starts = new int[counts.length];
    for (int c = 1; c < starts.length; c++) {
      starts[c] = starts[c - 1] + counts[c - 1];
    }
    return starts;
  }

  /** Uses what was read ahead, that the compiler does not drop the reads. */
  static void keep(int touched) {
    if (touched == 0x5EED_5EED) {
      Thread.onSpinWait();
    }
  }
}
