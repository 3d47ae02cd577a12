package io.openledger.attribution.index;

/** Bits, and how many are set up to one. 1½ bits each. One thread. */
final class RankedBits {

  private final long[] words;
  private final int[] before;

  RankedBits(int size) {
    words = new long[(size >>> 6) + 1];
    before = new int[words.length];
  }

  void set(int i) {
    words[i >>> 6] |= 1L << i;
  }

  /**
   * Counts; to be called after the last {@link #set} and before {@link #upTo}. How many are set.
   */
  int rank() {
    int count = 0;
    for (int w = 0; w < words.length; w++) {
      before[w] = count;
      count += Long.bitCount(words[w]);
    }
    return count;
  }

  /** How many bits before the last one set at or before i. */
  int upTo(int i) {
    return before[i >>> 6] + Long.bitCount(words[i >>> 6] << (63 - i)) - 1;
  }
}
