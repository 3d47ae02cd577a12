package io.openledger.attribution.index;

import io.openledger.api.spi.SpanQueries.Continuations;
import java.util.Arrays;

/**
 * Counts of tokens, as they are found: a table with open addressing, because a map of boxed numbers
 * would cost more than finding them. One thread.
 */
final class NextTokens {

  private static final int FREE = -1;

  private int[] tokens = filled(64);
  private long[] counts = new long[64];
  private int size;

  /** Adds, or takes away, occurrences of a token; 0 and above. */
  void add(int token, long count) {
    if (count == 0) {
      return;
    }
    int at = slot(token);
    if (tokens[at] == FREE) {
      // at most half full, so that a free slot is never far
      if (2 * (size + 1) > tokens.length) {
        grow();
        at = slot(token);
      }
      tokens[at] = token;
      size++;
    }
    counts[at] += count;
  }

  /** Takes away what another one has counted. */
  void subtract(NextTokens other) {
    for (int i = 0; i < other.tokens.length; i++) {
      if (other.tokens[i] != FREE) {
        add(other.tokens[i], -other.counts[i]);
      }
    }
  }

  /** What follows a stretch that occurs so often; nothing follows the rest. */
  Continuations after(long occurrences) {
    int[] rising = new int[size];
    int found = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] != FREE && counts[i] != 0) {
        rising[found++] = tokens[i];
      }
    }
    rising = Arrays.copyOf(rising, found);
    Arrays.sort(rising);
    long[] each = new long[found];
    long sum = 0;
    for (int i = 0; i < found; i++) {
      each[i] = counts[slot(rising[i])];
      sum += each[i];
    }
    return new Continuations(occurrences, occurrences - sum, rising, each);
  }

  private int slot(int token) {
    int mask = tokens.length - 1;
    // Fibonacci hashing: neighbouring ids are the frequent ones and must not cluster
    int at = (token * 0x9E3779B1 >>> 7) & mask;
    while (tokens[at] != FREE && tokens[at] != token) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] before = tokens;
    long[] countsBefore = counts;
    tokens = filled(2 * before.length);
    counts = new long[tokens.length];
    for (int i = 0; i < before.length; i++) {
      if (before[i] != FREE) {
        int at = slot(before[i]);
        tokens[at] = before[i];
        counts[at] = countsBefore[i];
      }
    }
  }

  private static int[] filled(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, FREE);
    return slots;
  }
}
