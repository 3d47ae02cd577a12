package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * The plain twin of {@link SuffixSorter}, and what its speed is measured against.
 *
 * <p>Suffix sorting in linear time by induced sorting: SA-IS (G. Nong, S. Zhang, W. H. Chan, "Two
 * Efficient Algorithms for Linear Time Suffix Array Construction", IEEE Trans. Computers 60(10),
 * 2011), without an explicit sentinel: the end of the text sorts before every symbol.
 *
 * <p>Extra memory beside text and result, at most: 4⅛ bytes a symbol on the first level and the
 * same for each reduced text, which has at most half the symbols of its parent; with the reduced
 * texts and their results about 17 bytes a symbol in the worst case, 9 in ordinary text. Safe for
 * any thread; nothing is kept between calls.
 */
final class PlainSuffixSorter {

  private PlainSuffixSorter() {}

  /**
   * The start positions of all suffixes, in rising order of the suffixes.
   *
   * @param text symbols, each 0 to {@code alphabet − 1}; not written to
   * @param alphabet small in relation to the text, else the buckets cost more than the sorting
   * @return as long as the text
   */
  static int[] sort(int[] text, int alphabet) {
    int n = text.length;
    int[] order = new int[n];
    if (n < 2) {
      return order;
    }
    // bit i: suffix i is smaller than suffix i + 1 (S-type)
    long[] small = new long[(n + 63) >>> 6];
    for (int i = n - 2; i >= 0; i--) {
      if (text[i] < text[i + 1] || (text[i] == text[i + 1] && get(small, i + 1))) {
        small[i >>> 6] |= 1L << i;
      }
    }
    // where the L-type and, behind them, the S-type suffixes of each symbol begin
    int[] largeStart = new int[alphabet + 1];
    int[] smallStart = new int[alphabet + 1];
    for (int i = 0; i < n; i++) {
      if (get(small, i)) {
        largeStart[text[i] + 1]++;
      } else {
        smallStart[text[i]]++;
      }
    }
    for (int c = 0; c < alphabet; c++) {
      smallStart[c] += largeStart[c];
      largeStart[c + 1] += smallStart[c];
    }
    int[] leftmost = leftmostSmall(small, n);
    induce(text, small, largeStart, smallStart, leftmost, order);
    if (leftmost.length > 1) {
      int[] sorted = sortLeftmost(text, small, leftmost, order);
      induce(text, small, largeStart, smallStart, sorted, order);
    }
    return order;
  }

  private static boolean get(long[] bits, int i) {
    return (bits[i >>> 6] >>> i & 1) != 0;
  }

  /** The S-type positions whose left neighbour is L-type (LMS), rising. */
  private static int[] leftmostSmall(long[] small, int n) {
    int[] positions = new int[n / 2 + 1];
    int m = 0;
    for (int i = 1; i < n; i++) {
      if (get(small, i) && !get(small, i - 1)) {
        positions[m++] = i;
      }
    }
    return Arrays.copyOf(positions, m);
  }

  private static void induce(
      int[] text, long[] small, int[] largeStart, int[] smallStart, int[] leftmost, int[] order) {
    int n = text.length;
    Arrays.fill(order, -1);
    int[] next = smallStart.clone();
    for (int p : leftmost) {
      order[next[text[p]]++] = p;
    }
    System.arraycopy(largeStart, 0, next, 0, next.length);
    order[next[text[n - 1]]++] = n - 1;
    for (int i = 0; i < n; i++) {
      int p = order[i] - 1;
      // in this pass only L-type and LMS suffixes stand in the array, so comparing symbols decides
      if (p >= 0 && text[p] >= text[p + 1]) {
        order[next[text[p]]++] = p;
      }
    }
    System.arraycopy(largeStart, 0, next, 0, next.length);
    for (int i = n - 1; i >= 0; i--) {
      int p = order[i] - 1;
      if (p >= 0 && get(small, p)) {
        order[--next[text[p] + 1]] = p;
      }
    }
  }

  /**
   * LMS positions in the order of their suffixes; {@code order} has them in that of LMS substrings.
   */
  private static int[] sortLeftmost(int[] text, long[] small, int[] leftmost, int[] order) {
    int n = text.length;
    int m = leftmost.length;
    int[] rank = new int[n];
    Arrays.fill(rank, -1);
    for (int i = 0; i < m; i++) {
      rank[leftmost[i]] = i;
    }
    int[] sorted = new int[m];
    int k = 0;
    for (int p : order) {
      if (p > 0 && get(small, p) && !get(small, p - 1)) {
        sorted[k++] = p;
      }
    }
    int[] reduced = new int[m];
    int name = 0;
    reduced[rank[sorted[0]]] = 0;
    for (int i = 1; i < m; i++) {
      if (!sameSubstring(text, leftmost, rank, sorted[i - 1], sorted[i], n)) {
        name++;
      }
      reduced[rank[sorted[i]]] = name;
    }
    if (name + 1 == m) {
      // every name is its own: the names are the ranks
      for (int i = 0; i < m; i++) {
        sorted[reduced[i]] = leftmost[i];
      }
      return sorted;
    }
    int[] reducedOrder = sort(reduced, name + 1);
    for (int i = 0; i < m; i++) {
      sorted[i] = leftmost[reducedOrder[i]];
    }
    return sorted;
  }

  private static boolean sameSubstring(
      int[] text, int[] leftmost, int[] rank, int a, int b, int n) {
    int endA = rank[a] + 1 < leftmost.length ? leftmost[rank[a] + 1] : n;
    int endB = rank[b] + 1 < leftmost.length ? leftmost[rank[b] + 1] : n;
    if (endA - a != endB - b) {
      return false;
    }
    // the next LMS symbol is part of the substring; the one that the text's end cuts off is unique
    if (endA == n || endB == n) {
      return false;
    }
    for (int i = a, j = b; i <= endA; i++, j++) {
      if (text[i] != text[j]) {
        return false;
      }
    }
    return true;
  }
}
