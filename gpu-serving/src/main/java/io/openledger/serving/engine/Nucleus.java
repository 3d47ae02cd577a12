package io.openledger.serving.engine;

import java.util.Arrays;

/**
 * The nucleus (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration") without
 * sorting: a histogram of weights over equal ranges of logits says in which range the last token
 * lies; that range is divided again, until its tokens are equals. Each pass makes the range a
 * thousand times narrower: there are hardly ever more than three, and about a dozen at most.
 */
final class Nucleus {

  private static final int RANGES = 1024;

  private final double[] sums = new double[RANGES];
  private int[] members = new int[0];

  /**
   * The last token of the nucleus, in the order of {@link Ranking}.
   *
   * @param ids at least one, ascending, with finite logits and weights above 0
   * @param weights of tokens, by id; their sums are exact
   * @param enough the sum that the nucleus reaches; where all of them do not, the last of all is
   *     the answer
   * @param top no logit is larger
   * @param span about how far below the smallest is; a guess costs time alone
   */
  int last(
      float[] logits,
      int[] ids,
      int count,
      double[] weights,
      double enough,
      float top,
      double span) {
    if (members.length < count) {
      members = new int[ids.length];
    }
    double reached = 0;
    int[] from = ids;
    int left = count;
    float most = top;
    double scale = (RANGES - 1) / span;
    while (true) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < left; i++) {
        int token = from[i];
        sums[range(logits[token], most, scale)] += weights[token];
      }
      int range = 0;
      int chosen = 0;
      double before = reached;
      for (; range < RANGES && before < enough; range++) {
        if (sums[range] > 0) {
          reached = before;
          chosen = range;
          before += sums[range];
        }
      }
      int kept = 0;
      float largest = Float.NEGATIVE_INFINITY;
      float smallest = Float.POSITIVE_INFINITY;
      for (int i = 0; i < left; i++) {
        int token = from[i];
        if (range(logits[token], most, scale) == chosen) {
          members[kept++] = token;
          largest = Math.max(largest, logits[token]);
          smallest = Math.min(smallest, logits[token]);
        }
      }
      if (largest == smallest) {
        return lastOfEquals(kept, weights, reached, enough);
      }
      from = members;
      left = kept;
      most = largest;
      scale = (RANGES - 1) / ((double) largest - smallest);
    }
  }

  /** Those up to the last in the order of {@link Ranking}, by id. */
  static int upTo(int last, float[] logits, int[] ids, int count) {
    float least = logits[last];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int token = ids[i];
      ids[kept] = token;
      // This branch is hardly ever taken; the other one is a sign again.
      if (logits[token] == least && token > last) {
        continue;
      }
      // Of −0 and 0, which are equals, the difference may be −0; with 0 added it never is.
      kept += 1 - (Float.floatToRawIntBits(logits[token] - least + 0f) >>> 31);
    }
    return kept;
  }

  /** By id, as equals are ordered. */
  private int lastOfEquals(int count, double[] weights, double before, double enough) {
    double reached = before;
    for (int i = 0; i < count; i++) {
      reached += weights[members[i]];
      if (reached >= enough) {
        return members[i];
      }
    }
    return members[count - 1];
  }

  /** 0 for the largest logit, RANGES − 1 at most, and never less for a smaller one. */
  private static int range(float logit, float most, double scale) {
    return Math.min(RANGES - 1, (int) (((double) most - logit) * scale));
  }
}
