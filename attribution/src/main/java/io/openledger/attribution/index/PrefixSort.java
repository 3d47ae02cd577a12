package io.openledger.attribution.index;

/**
 * Sorts the LMS suffixes of a text by beginnings that reach beyond their LMS substrings: first by
 * what follows their first symbol, collected while the text is walked once, then those that are
 * still tied again and again by what comes behind that. Suffixes that stay tied for {@link #ROUNDS}
 * rounds and share their LMS substring are left to {@link Repeats}.
 *
 * <p>In token streams LMS substrings have about four symbols, so that this replaces inducing their
 * order, which goes through the whole result twice, and leaves fewer and shorter reduced texts:
 * most tokens' contexts differ soon. Each of a bounded number of rounds is linear. LMS substrings
 * that are longer than that and equal take more rounds, each symbol of which counts as work; beyond
 * twice the text it gives up, and {@link IntInducedSort} sorts the text instead.
 *
 * <p>Extra memory: 8 bytes an LMS suffix, so at most 4 a symbol and in text below 3, and 4 bytes
 * for each symbol of the alphabet. One thread.
 */
final class PrefixSort {

  /** Gives up. */
  static final int TOO_LONG = -1;

  private static final int ROUNDS = 3;

  // so many entries go through all rounds together: their lines and pages stay in the caches
  private static final int BATCH = 1 << 11;

  private final Symbols text;
  private final int[] sa;
  private final SortMeter meter;
  private final KeyLayout layout;
  private final long[] keys;
  private final KeySort sort;
  private long budget;

  private PrefixSort(Symbols text, int alphabet, int m, int[] sa, SortMeter meter) {
    this.text = text;
    this.sa = sa;
    this.meter = meter;
    this.layout = KeyLayout.of(text.length(), alphabet);
    this.keys = new long[m];
    this.sort = new KeySort(keys, layout, meter);
    this.budget = 2L * text.length();
  }

  /**
   * Sorts.
   *
   * @param leftmost how many LMS suffixes begin with each symbol; afterwards where those of the
   *     next symbol begin
   * @param m how many there are
   * @param sa gets their positions in order, those that are tied with the one before them marked
   * @return how many are tied, or {@link #TOO_LONG}
   */
  static int sort(Symbols text, int[] leftmost, int m, int[] sa, SortMeter meter) {
    PrefixSort sort = new PrefixSort(text, leftmost.length, m, sa, meter);
    sort.collect(leftmost);
    int tied = 0;
    int heard = 0;
    for (int symbol = 0, from = 0; symbol < leftmost.length; symbol++) {
      int to = leftmost[symbol];
      int more = sort.bucket(from, to);
      if (more == TOO_LONG) {
        return TOO_LONG;
      }
      tied += more;
      // not for each of the many small buckets
      if ((to & -SortMeter.BLOCK >> 6) != (from & -SortMeter.BLOCK >> 6)) {
        meter.advance(4 * (to - heard));
        heard = to;
      }
      from = to;
    }
    return tied;
  }

  private void collect(int[] next) {
    for (int c = 0, start = 0; c < next.length; c++) {
      int count = next[c];
      next[c] = start;
      start += count;
    }
    boolean small = false;
    for (int to = text.length() - 1; to > 0; to -= Math.min(to, SortMeter.BLOCK)) {
      int from = Math.max(0, to - SortMeter.BLOCK);
      small = text.putLeftmost(next, keys, layout, from, to, small);
      meter.advance(to - from);
    }
  }

  /**
   * Entries of one first symbol. The list of those still tied stands in the result till its end.
   */
  private int bucket(int from, int to) {
    if (to - from < 2) {
      if (from < to) {
        sa[from] = layout.position(keys[from]);
      }
      return 0;
    }
    sort.sort(from, to);
    int end = listTied(from, to, from);
    int left = from;
    for (int batch = from; batch < end; ) {
      int behind = Math.min(end, batch + BATCH);
      while (behind < end && sa[behind] >= 0) {
        behind++;
      }
      int kept = refine(batch, behind);
      if (kept == TOO_LONG) {
        return TOO_LONG;
      }
      left += kept;
      batch = behind;
    }
    for (int i = from; i < to; i++) {
      long key = keys[i];
      sa[i] = layout.position(key) | (key < 0 ? Symbols.MARK : 0);
    }
    return left - from;
  }

  /**
   * Lists the entries of {@code [from, to)} that have an equal neighbour into {@code sa[end..)},
   * the first of each group of equal ones marked; returns where the list ends.
   */
  private int listTied(int from, int to, int end) {
    int put = end;
    int shift = layout.positionBits();
    boolean before = false;
    long symbols = keys[from] >>> shift;
    for (int i = from; i < to; i++) {
      long next = i + 1 < to ? keys[i + 1] >>> shift : -1;
      boolean behind = next == symbols;
      if (before) {
        sa[put++] = i;
      } else if (behind) {
        sa[put++] = i | Symbols.MARK;
      }
      before = behind;
      symbols = next;
    }
    return put;
  }

  /** Listed groups through all rounds; how many of their entries stay tied, or too long. */
  private int refine(int from, int to) {
    int end = to;
    int depth = 1 + layout.symbols();
    int settled = 0;
    for (int round = 0; from < end; round++) {
      if (round >= ROUNDS) {
        int before = end;
        end = settle(from, end, depth);
        settled += before - end;
        budget -= (long) (end - from) * layout.symbols();
        if (budget < 0) {
          return TOO_LONG;
        }
      }
      for (int at = from; at < end; at += Math.min(end - at, SortMeter.BLOCK)) {
        text.refill(keys, sa, at, at + Math.min(end - at, SortMeter.BLOCK), depth, layout);
        if (end - from > BATCH << 1) {
          meter.advance(0);
        }
      }
      end = sortGroups(from, end);
      depth += layout.symbols();
    }
    return settled;
  }

  private int sortGroups(int from, int end) {
    int put = from;
    int heard = from;
    int shift = layout.positionBits();
    for (int at = from; at < end; ) {
      if (at - heard > SortMeter.BLOCK) {
        meter.advance(0);
        heard = at;
      }
      int first = sa[at] & Symbols.VALUE;
      int behind = groupEnd(at, end);
      int size = behind - at;
      if (size == 2) {
        long a = keys[first];
        long b = keys[first + 1];
        keys[first] = Math.min(a, b);
        keys[first + 1] = Math.max(a, b);
        if ((a ^ b) >>> shift == 0) {
          sa[put++] = first | Symbols.MARK;
          sa[put++] = first + 1;
        }
      } else {
        sort.sort(first, first + size);
        put = listTied(first, first + size, put);
      }
      at = behind;
    }
    return put;
  }

  private int groupEnd(int at, int end) {
    int behind = at + 1;
    while (behind < end && sa[behind] >= 0) {
      behind++;
    }
    return behind;
  }

  /** Takes the groups off the list that are equal for long enough; marks their keys. */
  private int settle(int from, int end, int depth) {
    int put = from;
    for (int at = from; at < end; ) {
      int first = sa[at] & Symbols.VALUE;
      int behind = groupEnd(at, end);
      if (settled(layout.position(keys[first]), depth)) {
        for (int i = first + 1; i < first + behind - at; i++) {
          keys[i] |= Long.MIN_VALUE;
        }
        at = behind;
      } else {
        while (at < behind) {
          sa[put++] = sa[at++];
        }
      }
    }
    return put;
  }

  /**
   * Whether the LMS substring at p and the rise behind it, which proves where it ends, lie within
   * so many symbols, all of them before the text's end as suffixes of different length share them.
   * Then every suffix with the same symbols has its next LMS suffix at the same distance.
   */
  private boolean settled(int p, int depth) {
    int end = p + depth - 1;
    int i = p;
    while (i < end && text.at(i) <= text.at(i + 1)) {
      i++;
    }
    while (i < end && text.at(i) >= text.at(i + 1)) {
      i++;
    }
    budget -= i - p;
    return i < end;
  }
}
