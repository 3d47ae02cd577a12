package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import java.nio.FloatBuffer;
import java.util.Random;

/**
 * Chooses tokens for one request. With temperature 0 the likeliest, the smallest id among equals;
 * else by temperature, then the k likeliest, then the likeliest that reach p (the nucleus, Holtzman
 * et al. 2020, "The Curious Case of Neural Text Degeneration"), then by one draw.
 *
 * <p>Probabilities are doubles, added up from the likeliest on, equals by id: the choice depends on
 * nothing but the logits and the seed. {@link Random} is specified to the bit.
 */
final class Sampler {

  private final double temperature;
  private final int topK;
  private final double topP;
  private final Random random;

  Sampler(GenerationOptions options, long seed) {
    this.temperature = options.sampling().temperature();
    this.topK = options.sampling().topK();
    this.topP = options.sampling().topP();
    this.random = new Random(seed);
  }

  /**
   * @param logits of one token from {@code offset} on
   * @throws OpenLedgerException {@link ErrorCode#INTERNAL} when no logit is a number
   */
  int next(FloatBuffer logits, int offset, int vocabulary) {
    int best = likeliest(logits, offset, vocabulary);
    float top = logits.get(offset + best);
    if (!Float.isFinite(top)) {
      throw new OpenLedgerException(
          ErrorCode.INTERNAL,
          "logits that are not finite",
          "finite logits",
          "check the adapter and the checkpoint");
    }
    if (temperature == 0) {
      return best;
    }
    // The draw is spent at every step, also where one candidate is left.
    double draw = random.nextDouble();
    Candidates candidates = new Candidates(vocabulary);
    for (int token = 0; token < vocabulary; token++) {
      double weight = Math.exp((logits.get(offset + token) - top) / temperature);
      if (weight > 0) {
        candidates.add(token, weight);
      }
    }
    return candidates.choose(topK, topP, draw);
  }

  private static int likeliest(FloatBuffer logits, int offset, int vocabulary) {
    int best = 0;
    for (int token = 1; token < vocabulary; token++) {
      // Written so that a first logit that is not a number is left at once.
      if (!(logits.get(offset + token) <= logits.get(offset + best))) {
        best = token;
      }
    }
    return best;
  }

  /** Tokens with their weights, sorted from the likeliest on as far as is needed. */
  private static final class Candidates {
    private final int[] tokens;
    private final double[] weights;
    private int size;

    Candidates(int most) {
      tokens = new int[most];
      weights = new double[most];
    }

    void add(int token, double weight) {
      tokens[size] = token;
      weights[size++] = weight;
    }

    int choose(int topK, double topP, double draw) {
      int kept = topK > 0 ? Math.min(topK, size) : size;
      // All are wanted: no order but the ids' is needed.
      if (kept < size || topP < 1) {
        heapify();
        kept = nucleus(kept, topP);
        return pick(size - 1, -1, kept, draw);
      }
      return pick(0, 1, kept, draw);
    }

    /** Pops the likeliest to the array's end until p is reached; returns how many. */
    private int nucleus(int most, double topP) {
      double all = 0;
      for (int i = 0; i < size; i++) {
        all += weights[i];
      }
      if (most < size) {
        // p counts among the k likeliest.
        all = Double.NaN;
      }
      int popped = 0;
      double sum = 0;
      for (; popped < most; popped++) {
        swap(0, size - 1 - popped);
        sink(0, size - 1 - popped);
        sum += weights[size - 1 - popped];
        if (sum >= topP * all) {
          return popped + 1;
        }
      }
      double reached = 0;
      for (int i = 0; i < popped; i++) {
        reached += weights[size - 1 - i];
        if (reached >= topP * sum) {
          return i + 1;
        }
      }
      return popped;
    }

    private int pick(int first, int step, int count, double draw) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += weights[first + i * step];
      }
      double left = draw * sum;
      for (int i = 0; i < count; i++) {
        left -= weights[first + i * step];
        if (left < 0) {
          return tokens[first + i * step];
        }
      }
      return tokens[first + (count - 1) * step];
    }

    private void heapify() {
      for (int i = size / 2 - 1; i >= 0; i--) {
        sink(i, size);
      }
    }

    private void sink(int from, int limit) {
      int i = from;
      while (2 * i + 1 < limit) {
        int child = 2 * i + 1;
        if (child + 1 < limit && before(child + 1, child)) {
          child++;
        }
        if (!before(child, i)) {
          return;
        }
        swap(i, child);
        i = child;
      }
    }

    private boolean before(int a, int b) {
      return weights[a] > weights[b] || weights[a] == weights[b] && tokens[a] < tokens[b];
    }

    private void swap(int a, int b) {
      int token = tokens[a];
      tokens[a] = tokens[b];
      tokens[b] = token;
      double weight = weights[a];
      weights[a] = weights[b];
      weights[b] = weight;
    }
  }
}
