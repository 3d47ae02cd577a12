package io.openledger.serving.cli;

import java.util.Random;

/** Prompts of small letters, none like another, so that no cache of prompts helps. */
final class Prompts {

  private final Random random;

  Prompts(long seed) {
    this.random = new Random(seed);
  }

  /** So many words of four letters. */
  String words(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ");
      for (int letter = 0; letter < 4; letter++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }

  /** A number below a bound of which k is drawn in proportion to 1 / (k + 1): Zipf's law. */
  static final class Zipf {
    private final double[] sums;
    private final Random random;

    Zipf(int bound, long seed) {
      sums = new double[bound];
      random = new Random(seed);
      double sum = 0;
      for (int k = 0; k < bound; k++) {
        sum += 1.0 / (k + 1);
        sums[k] = sum;
      }
    }

    int next() {
      int at = java.util.Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
      return Math.min(sums.length - 1, at < 0 ? -at - 1 : at);
    }
  }
}
