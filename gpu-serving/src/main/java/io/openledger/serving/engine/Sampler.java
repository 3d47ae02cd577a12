package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Sampling;
import java.util.Arrays;
import java.util.Random;

/**
 * Chooses tokens for one request. Penalties first; with temperature 0 then the likeliest, the
 * smallest id among equals; else the temperature, then the k likeliest, then the likeliest that
 * reach p (the nucleus, Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration"), then
 * those at least min-p times as likely as the likeliest (Nguyen et al. 2024, "Turning Up the
 * Heat"), then one draw among what is left, by id. This is the order of Hugging Face transformers.
 *
 * <p>The likeliest token weighs 1. Weights are multiples of a unit, the smallest with which those
 * of a whole vocabulary add up in a double without rounding: 2<sup>−35</sup> for 2<sup>18</sup>
 * tokens, and never below 2<sup>−50</sup>. So no sum depends on its order. A token that weighs less
 * than half a unit is never drawn; all roundings together move less than the vocabulary times half
 * a unit, 4 millionths of the likeliest's weight at 2<sup>18</sup> tokens. The weights come from
 * {@link Exponentials}, and {@link Random} is specified to the bit: the choice depends on nothing
 * but the logits, the options and the seed.
 *
 * <p>Greedy is one scan; k and min-p cost one scan and an exponential for each token they may
 * leave; everything else costs an exponential for each token, in vectors, and p a few passes over
 * the tokens that can be in the nucleus at all.
 */
final class Sampler {

  private final double temperature;
  private final double scale;
  private final int topK;
  private final double topP;
  private final double minP;
  private final Penalties penalties;
  private final Random random;

  Sampler(GenerationOptions options, int[] prompt, long seed) {
    Sampling sampling = options.sampling();
    this.temperature = sampling.temperature();
    this.scale = Exponentials.scale(temperature);
    this.topK = sampling.topK();
    this.topP = sampling.topP();
    this.minP = sampling.minP();
    this.penalties = new Penalties(sampling, prompt);
    this.random = new Random(seed);
  }

  /**
   * @param logits {@code [vocabulary]}, more may follow; penalties are written into them; those of
   *     forbidden tokens are negative infinity
   * @throws OpenLedgerException {@link ErrorCode#INTERNAL} when a logit is NaN or the largest is
   *     not finite
   */
  int next(float[] logits, int vocabulary, Workspace workspace) {
    penalties.apply(logits);
    float top = Ranking.top(logits, vocabulary);
    int token =
        temperature == 0
            ? first(logits, top)
            // The draw is spent at every step, also where one candidate is left.
            : drawn(logits, vocabulary, top, random.nextDouble(), workspace);
    penalties.heard(token);
    return token;
  }

  private static int first(float[] logits, float top) {
    int token = 0;
    while (logits[token] != top) {
      token++;
    }
    return token;
  }

  private int drawn(float[] logits, int vocabulary, float top, double draw, Workspace workspace) {
    int[] ids = workspace.ids(vocabulary);
    double[] weights = workspace.weights(vocabulary);
    double rounding = rounding(vocabulary);
    int count;
    if (topK > 0 && topK < vocabulary) {
      count = Ranking.likeliest(logits, vocabulary, topK, ids);
      weigh(logits, ids, count, top, rounding, weights);
      count = nucleus(ids, count, weights);
      Arrays.sort(ids, 0, count);
    } else if (topP < 1) {
      double[] sums = workspace.sums(vocabulary / Exponentials.BLOCK + 1);
      double sum = weigh(logits, vocabulary, top, rounding, weights, sums);
      // Those below weigh less than half of 1 − p together: the nucleus is reached without them.
      double least = Math.max((1 - topP) * sum / vocabulary / 2, Double.MIN_NORMAL);
      count = atLeast(least, weights, vocabulary, ids);
      double span = temperature * (1 - Math.log(least));
      int last = workspace.nucleus().last(logits, ids, count, weights, topP * sum, top, span);
      count = Nucleus.upTo(last, logits, ids, count);
    } else if (minP > 0) {
      count = possible(logits, vocabulary, top, Math.ulp(rounding), ids);
      weigh(logits, ids, count, top, rounding, weights);
    } else {
      double[] sums = workspace.sums(vocabulary / Exponentials.BLOCK + 1);
      double sum = weigh(logits, vocabulary, top, rounding, weights, sums);
      return pick(weights, vocabulary, sums, draw * sum);
    }
    return pick(weights, ids, likely(ids, weights, count), draw);
  }

  /** Those that min-p may leave, by id; it is cheaper to weigh them alone. */
  private int possible(float[] logits, int vocabulary, float top, double unit, int[] ids) {
    // Rounding to the unit adds less than one, and doubles a weight at most. A little less again,
    // for the rounding of doubles: the weight itself decides.
    double exponent = Math.max(-50, Math.log(Math.max(minP / 2, minP - unit)));
    double least = top + temperature * exponent * (1 + 1e-6) - 1e-6;
    int count = 0;
    for (int token = 0; token < vocabulary; token++) {
      if (logits[token] >= least) {
        ids[count++] = token;
      }
    }
    return count;
  }

  private void weigh(
      float[] logits, int[] ids, int count, float top, double rounding, double[] weights) {
    for (int i = 0; i < count; i++) {
      weights[ids[i]] = Exponentials.of(logits[ids[i]], top, scale) + rounding - rounding;
    }
  }

  /**
   * What, added to a weight and taken off again, rounds it to the unit: a double of this size is a
   * multiple of the unit.
   */
  private static double rounding(int vocabulary) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(vocabulary - 1);
    return Math.scalb(1.5, 52 - Math.min(50, 53 - bits));
  }

  /** Weighs all tokens; the sum of each block goes to {@code sums}, that of all is returned. */
  private double weigh(
      float[] logits, int vocabulary, float top, double rounding, double[] weights, double[] sums) {
    double sum = 0;
    for (int first = 0; first < vocabulary; first += Exponentials.BLOCK) {
      int end = Math.min(vocabulary, first + Exponentials.BLOCK);
      Exponentials.of(logits, first, end, top, scale, weights);
      round(weights, first, end, rounding);
      double block = Exponentials.sum(weights, first, end);
      sums[first / Exponentials.BLOCK] = block;
      sum += block;
    }
    return sum;
  }

  private static void round(double[] weights, int first, int end, double rounding) {
    for (int i = first; i < end; i++) {
      weights[i] = weights[i] + rounding - rounding;
    }
  }

  /** How many of the first, the likeliest first, reach p of them all. */
  private int nucleus(int[] ids, int count, double[] weights) {
    if (topP == 1) {
      return count;
    }
    double enough = topP * sum(ids, count, weights);
    double reached = 0;
    for (int i = 0; i < count; i++) {
      reached += weights[ids[i]];
      if (reached >= enough) {
        return i + 1;
      }
    }
    return count;
  }

  /** Those that weigh so much, by id. */
  private static int atLeast(double least, double[] weights, int vocabulary, int[] ids) {
    int count = 0;
    for (int token = 0; token < vocabulary; token++) {
      ids[count] = token;
      // The difference's sign instead of a branch, which would be guessed wrong half the time where
      // half of the tokens stay.
      count += 1 - (int) (Double.doubleToRawLongBits(weights[token] - least) >>> 63);
    }
    return count;
  }

  /** Those that min-p leaves, in their order. */
  private int likely(int[] ids, double[] weights, int count) {
    if (minP == 0) {
      return count;
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (weights[ids[i]] >= minP) {
        ids[kept++] = ids[i];
      }
    }
    return kept;
  }

  private static int pick(double[] weights, int[] ids, int count, double draw) {
    double target = draw * sum(ids, count, weights);
    double passed = 0;
    for (int i = 0; i < count; i++) {
      passed += weights[ids[i]];
      if (passed > target) {
        return ids[i];
      }
    }
    // The product was rounded up to the sum.
    int last = count - 1;
    while (weights[ids[last]] == 0) {
      last--;
    }
    return ids[last];
  }

  /** The same of the whole vocabulary: first the block, then the token in it. */
  private static int pick(double[] weights, int vocabulary, double[] sums, double target) {
    double passed = 0;
    int first = 0;
    while (first + Exponentials.BLOCK < vocabulary
        && passed + sums[first / Exponentials.BLOCK] <= target) {
      passed += sums[first / Exponentials.BLOCK];
      first += Exponentials.BLOCK;
    }
    for (int token = first; token < vocabulary; token++) {
      passed += weights[token];
      if (passed > target) {
        return token;
      }
    }
    int last = vocabulary - 1;
    while (weights[last] == 0) {
      last--;
    }
    return last;
  }

  private static double sum(int[] ids, int count, double[] weights) {
    double even = 0;
    double odd = 0;
    for (int i = 0; i + 1 < count; i += 2) {
      even += weights[ids[i]];
      odd += weights[ids[i + 1]];
    }
    return even + odd + (count % 2 == 0 ? 0 : weights[ids[count - 1]]);
  }
}
