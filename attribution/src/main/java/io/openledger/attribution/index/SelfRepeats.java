package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * What a query repeats of itself: for each position the longest piece that began earlier already,
 * and where (M. Crochemore, L. Ilie, "Computing longest previous factor in linear time and
 * applications", Information Processing Letters 106(2), 2008). Linear; 28 bytes a token while it is
 * made, 8 afterwards.
 *
 * @param lengths how many tokens, 0 for none
 * @param sources where that piece began before
 */
record SelfRepeats(int[] lengths, int[] sources) {

  static SelfRepeats of(int[] query) {
    int n = query.length;
    int[] distinct = Arrays.stream(query).sorted().distinct().toArray();
    int[] text = new int[n];
    Arrays.setAll(text, i -> Arrays.binarySearch(distinct, query[i]));
    int[] order = SuffixSorter.sort(text, distinct.length);
    int[] rank = new int[n];
    for (int r = 0; r < n; r++) {
      rank[order[r]] = r;
    }
    // of each rank what it has in common with the one before it that is left
    int[] common = new int[n + 1];
    for (int p = 0, length = 0; p < n; p++) {
      if (rank[p] == 0) {
        length = 0;
        continue;
      }
      int q = order[rank[p] - 1];
      while (p + length < n && q + length < n && text[p + length] == text[q + length]) {
        length++;
      }
      common[rank[p]] = length;
      length = Math.max(0, length - 1);
    }
    int[] before = new int[n];
    int[] behind = new int[n];
    for (int r = 0; r < n; r++) {
      before[r] = r - 1;
      behind[r] = r + 1;
    }
    int[] lengths = new int[n];
    int[] sources = new int[n];
    // from the last position on, each leaves the order when its neighbours, all earlier, are known
    for (int p = n - 1; p >= 0; p--) {
      int r = rank[p];
      int left = common[r];
      int right = behind[r] < n ? common[behind[r]] : 0;
      lengths[p] = Math.max(left, right);
      if (lengths[p] > 0) {
        sources[p] = order[left >= right ? before[r] : behind[r]];
      }
      if (before[r] >= 0) {
        behind[before[r]] = behind[r];
      }
      if (behind[r] < n) {
        before[behind[r]] = before[r];
        common[behind[r]] = Math.min(left, right);
      }
    }
    return new SelfRepeats(lengths, sources);
  }
}
