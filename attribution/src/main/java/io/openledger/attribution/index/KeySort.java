package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * Sorts keys of a {@link KeyLayout}, positions included where that costs nothing. Linear for keys
 * of a given width: many by radix, at most {@link #FEW} by comparing.
 *
 * <p>Extra memory: 8 bytes for each of at most 2¹⁷ keys. One thread.
 */
final class KeySort {

  /** Fewer are compared: clearing the counters would cost more than sorting. */
  private static final int FEW = 512;

  private static final int VERY_FEW = 16;

  // 1 MiB, so that scattering stays in the second-level cache
  private static final int SCRATCH = 1 << 17;

  private static final int DIGIT = 11;

  private final long[] keys;
  private final KeyLayout layout;
  private final SortMeter meter;
  private final long[] scratch;
  private final int[] counts = new int[1 << DIGIT];

  KeySort(long[] keys, KeyLayout layout, SortMeter meter) {
    this.keys = keys;
    this.layout = layout;
    this.meter = meter;
    this.scratch = new long[Math.min(SCRATCH, keys.length)];
  }

  void sort(int from, int to) {
    sort(from, to, layout.bits());
  }

  /** By the lowest so many bits above the position; those above are equal. */
  private void sort(int from, int to, int bits) {
    int count = to - from;
    if (count <= VERY_FEW) {
      insert(from, to);
    } else if (count < FEW) {
      Arrays.sort(keys, from, to);
    } else if (bits > 0) {
      if (count <= scratch.length && count <= SCRATCH) {
        lowestFirst(from, to, bits);
      } else {
        highestFirst(from, to, bits);
      }
    }
  }

  private void insert(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long key = keys[i];
      int j = i - 1;
      while (j >= from && keys[j] > key) {
        keys[j + 1] = keys[j];
        j--;
      }
      keys[j + 1] = key;
    }
  }

  private void lowestFirst(int from, int to, int bits) {
    int count = to - from;
    int passes = (bits + DIGIT - 1) / DIGIT;
    int width = (bits + passes - 1) / passes;
    int mask = (1 << width) - 1;
    long[] source = keys;
    long[] target = scratch;
    int at = from;
    int put = 0;
    for (int pass = 0; pass < passes; pass++) {
      int shift = layout.positionBits() + pass * width;
      Arrays.fill(counts, 0, mask + 1, 0);
      for (int i = at; i < at + count; i++) {
        counts[(int) (source[i] >>> shift) & mask]++;
      }
      if (counts[(int) (source[at] >>> shift) & mask] == count) {
        continue;
      }
      for (int d = 0, start = put; d <= mask; d++) {
        int size = counts[d];
        counts[d] = start;
        start += size;
      }
      for (int i = at; i < at + count; i++) {
        long key = source[i];
        target[counts[(int) (key >>> shift) & mask]++] = key;
      }
      long[] other = source;
      source = target;
      target = other;
      int start = at;
      at = put;
      put = start;
    }
    if (source != keys) {
      System.arraycopy(source, at, keys, from, count);
    }
  }

  /**
   * In place: P. M. McIlroy, K. Bostic, M. D. McIlroy, "Engineering Radix Sort", 1993, section 4.
   */
  private void highestFirst(int from, int to, int bits) {
    meter.advance(0);
    int width = Math.min(DIGIT, bits);
    int shift = layout.positionBits() + bits - width;
    int mask = (1 << width) - 1;
    int[] next = new int[mask + 1];
    for (int i = from; i < to; i++) {
      next[(int) (keys[i] >>> shift) & mask]++;
    }
    int[] ends = new int[mask + 1];
    for (int d = 0, end = from; d <= mask; d++) {
      int start = end;
      end += next[d];
      next[d] = start;
      ends[d] = end;
    }
    int start = from;
    for (int d = 0; d <= mask; d++) {
      meter.advance(0);
      for (int i = next[d]; i < ends[d]; i = next[d]) {
        long key = keys[i];
        int digit = (int) (key >>> shift) & mask;
        while (digit != d) {
          int place = next[digit]++;
          long displaced = keys[place];
          keys[place] = key;
          key = displaced;
          digit = (int) (key >>> shift) & mask;
        }
        keys[i] = key;
        next[d]++;
      }
    }
    for (int d = 0; d <= mask; d++) {
      sort(start, ends[d], bits - width);
      start = ends[d];
    }
  }
}
