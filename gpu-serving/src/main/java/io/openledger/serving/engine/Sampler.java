package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Sampling;
import java.util.Random;

/**
 * Chooses tokens for one request. Penalties first; with temperature 0 then the likeliest, the
 * smallest id among equals; else the temperature, then the k likeliest, then the likeliest that
 * reach p (the nucleus, Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration"), then
 * those at least min-p times as likely as the likeliest (Nguyen et al. 2024, "Turning Up the
 * Heat"), then one draw. This is the order of Hugging Face transformers.
 *
 * <p>Weights are doubles, the likeliest's is 1; one below e^−50 counts as none: all of them
 * together are less than a rounding error. They are added up from the likeliest on where k or p
 * cut, else by id: the choice depends on nothing but the logits and the seed. {@link Random} is
 * specified to the bit.
 *
 * <p>Greedy is one scan; k costs one scan and k exponentials; p costs an exponential for each token
 * and a heap of those that can be in the nucleus at all.
 */
final class Sampler {

  private static final double NOTHING = -50;

  private final double temperature;
  private final int topK;
  private final double topP;
  private final double minP;
  private final Penalties penalties;
  private final Random random;

  Sampler(GenerationOptions options, int[] prompt, long seed) {
    Sampling sampling = options.sampling();
    this.temperature = sampling.temperature();
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
    int count;
    if (topK > 0 && topK < vocabulary) {
      count = Ranking.likeliest(logits, vocabulary, topK, ids);
      count = nucleus(weights, weigh(logits, top, ids, count, weights));
    } else if (topP < 1) {
      count = nucleus(logits, vocabulary, top, ids, weights);
    } else {
      count = all(logits, vocabulary, top, ids, weights);
    }
    count = likely(ids, weights, count);
    return ids[pick(weights, count, draw)];
  }

  private double weight(float logit, float top) {
    double exponent = ((double) logit - top) / temperature;
    return exponent < NOTHING ? 0 : Math.exp(exponent);
  }

  /** Of ids in their order; returns how many weigh anything. */
  private int weigh(float[] logits, float top, int[] ids, int count, double[] weights) {
    for (int i = 0; i < count; i++) {
      weights[i] = weight(logits[ids[i]], top);
      if (weights[i] == 0) {
        return i;
      }
    }
    return count;
  }

  /** All that weigh anything, by id; of what min-p leaves out later, little, where it is alone. */
  private int all(float[] logits, int vocabulary, float top, int[] ids, double[] weights) {
    double exponent = topP == 1 ? Math.max(NOTHING, Math.log(minP)) : NOTHING;
    // A little less, for the rounding: the weight itself decides.
    double least = top + temperature * exponent * (1 + 1e-6) - 1e-6;
    int count = 0;
    for (int token = 0; token < vocabulary; token++) {
      if (logits[token] < least) {
        continue;
      }
      double weight = weight(logits[token], top);
      if (weight > 0) {
        ids[count] = token;
        weights[count++] = weight;
      }
    }
    return count;
  }

  /** How many of the first reach p of them all. */
  private int nucleus(double[] weights, int count) {
    if (topP == 1) {
      return count;
    }
    double enough = topP * sum(weights, count);
    double reached = 0;
    for (int i = 0; i < count; i++) {
      reached += weights[i];
      if (reached >= enough) {
        return i + 1;
      }
    }
    return count;
  }

  /** The nucleus of the whole vocabulary, the likeliest first. */
  private int nucleus(float[] logits, int vocabulary, float top, int[] ids, double[] weights) {
    int count = all(logits, vocabulary, top, ids, weights);
    double sum = sum(weights, count);
    // Those below weigh less than 1 − p together, so the nucleus is reached without them; a little
    // less, for the sums' rounding.
    double least = (1 - topP) * sum / count * 0.999;
    int possible = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= least) {
        ids[possible++] = ids[i];
      }
    }
    Ranking.heapify(logits, ids, possible, true);
    double enough = topP * sum;
    double reached = 0;
    int popped = 0;
    while (popped < possible && reached < enough) {
      int token = Ranking.pop(logits, ids, possible - popped, true);
      weights[popped] = weight(logits[token], top);
      reached += weights[popped++];
    }
    // The heap leaves the likeliest at the array's end.
    for (int i = 0, j = possible - 1; i < j; i++, j--) {
      int id = ids[i];
      ids[i] = ids[j];
      ids[j] = id;
    }
    return popped;
  }

  /** Those that min-p leaves, in their order. */
  private int likely(int[] ids, double[] weights, int count) {
    if (minP == 0) {
      return count;
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= minP) {
        ids[kept] = ids[i];
        weights[kept++] = weights[i];
      }
    }
    return kept;
  }

  private static int pick(double[] weights, int count, double draw) {
    double left = draw * sum(weights, count);
    for (int i = 0; i < count; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return count - 1;
  }

  private static double sum(double[] weights, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i];
    }
    return sum;
  }
}
