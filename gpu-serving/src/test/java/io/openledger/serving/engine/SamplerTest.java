package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The sampler against its plain twin: sort everything, then cut, then draw. */
class SamplerTest {

  private static GenerationOptions options(double temperature, int topK, double topP) {
    return GenerationOptions.of(
        1, Sampling.at(temperature).cut(topK, topP, 0), OptionalLong.empty(), List.of());
  }

  private static int plain(float[] logits, GenerationOptions options, double draw) {
    record Candidate(int token, double weight) {}
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    List<Candidate> all = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      all.add(new Candidate(i, Math.exp((logits[i] - top) / options.sampling().temperature())));
    }
    all.sort(
        Comparator.comparingDouble((Candidate c) -> -c.weight()).thenComparing(Candidate::token));
    if (options.sampling().topK() > 0) {
      all = all.subList(0, Math.min(options.sampling().topK(), all.size()));
    }
    double sum = all.stream().mapToDouble(Candidate::weight).sum();
    double reached = 0;
    int kept = 0;
    while (kept < all.size() && reached < options.sampling().topP() * sum - 1e-12) {
      reached += all.get(kept++).weight();
    }
    double left = draw * reached;
    for (int i = 0; i < kept; i++) {
      left -= all.get(i).weight();
      if (left < 0) {
        return all.get(i).token();
      }
    }
    return all.get(kept - 1).token();
  }

  @Test
  void drawsAsThePlainTwin() {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      float[] logits = new float[1 + random.nextInt(60)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextInt(12) / 2f;
      }
      GenerationOptions options =
          options(
              0.2 + random.nextDouble(),
              random.nextBoolean() ? 0 : 1 + random.nextInt(20),
              // Without a cut the order differs, and with it which draw meets which token.
              0.1 + 0.8 * random.nextDouble());
      Sampler sampler = new Sampler(options, round);
      double draw = new Random(round).nextDouble();
      assertThat(sampler.next(FloatBuffer.wrap(logits), 0, logits.length))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(plain(logits, options, draw));
    }
  }

  @Test
  void drawsEachTokenAsOftenAsItsProbabilitySays() {
    float[] logits = {0, 1, 2};
    Sampler sampler = new Sampler(options(1, 0, 1), 5);
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      counts[sampler.next(FloatBuffer.wrap(logits), 0, 3)]++;
    }
    double sum = 1 + Math.E + Math.E * Math.E;
    assertThat(counts[0] / 30_000.0).isBetween(1 / sum - 0.01, 1 / sum + 0.01);
    assertThat(counts[1] / 30_000.0).isBetween(Math.E / sum - 0.01, Math.E / sum + 0.01);
  }

  @Test
  void takesTheSmallestOfEqualsWhenGreedy() {
    Sampler sampler = new Sampler(options(0, 0, 1), 5);
    assertThat(sampler.next(FloatBuffer.wrap(new float[] {9, 1, 3, 3, 2}), 1, 4)).isEqualTo(1);
  }
}
