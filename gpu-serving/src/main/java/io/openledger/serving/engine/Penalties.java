package io.openledger.serving.engine;

import io.openledger.api.model.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What repetition costs one request's tokens: first the repetition penalty over prompt and answer,
 * then the frequency and the presence penalty over the answer alone, as vLLM has them. It costs a
 * token as many operations as prompt and answer have different tokens.
 */
final class Penalties {

  private final double repetition;
  private final double presence;
  private final double frequency;
  private final Map<Integer, Integer> places = new HashMap<>();
  private int[] tokens = new int[16];
  private int[] counts = new int[16];

  Penalties(Sampling sampling, int[] prompt) {
    this.repetition = sampling.repetitionPenalty();
    this.presence = sampling.presencePenalty();
    this.frequency = sampling.frequencyPenalty();
    if (repetition != 1) {
      for (int token : prompt) {
        place(token);
      }
    }
  }

  private boolean none() {
    return repetition == 1 && presence == 0 && frequency == 0;
  }

  private int place(int token) {
    int place = places.computeIfAbsent(token, each -> places.size());
    if (place == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * place);
      counts = Arrays.copyOf(counts, 2 * place);
    }
    tokens[place] = token;
    return place;
  }

  /** The answer has a token more. */
  void heard(int token) {
    if (!none()) {
      // First the place: it may bring larger arrays.
      int place = place(token);
      counts[place]++;
    }
  }

  void apply(float[] logits) {
    if (none()) {
      return;
    }
    for (int i = 0; i < places.size(); i++) {
      int token = tokens[i];
      double logit = logits[token];
      logit = logit > 0 ? logit / repetition : logit * repetition;
      if (counts[i] > 0) {
        logit -= frequency * counts[i] + presence;
      }
      logits[token] = (float) logit;
    }
  }
}
