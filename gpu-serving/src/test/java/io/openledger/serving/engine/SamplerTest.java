package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sampler against its plain twin: sort everything, then cut, then draw. */
class SamplerTest {

  private static GenerationOptions options(Sampling sampling) {
    return GenerationOptions.of(1, sampling, OptionalLong.empty(), List.of());
  }

  private record Candidate(int token, float logit, long units) {

    double weight() {
      return units;
    }
  }

  /** How many units the likeliest weighs: those of the whole vocabulary fit a double. */
  private static double units(int vocabulary) {
    long size = 1;
    int bits = 0;
    while (size < vocabulary) {
      size *= 2;
      bits++;
    }
    return Math.pow(2, Math.min(50, 53 - bits));
  }

  private static double sum(List<Candidate> candidates) {
    return candidates.stream().mapToLong(Candidate::units).sum();
  }

  /** What may be drawn, with its weight, by id. */
  private static List<Candidate> candidates(
      float[] raw, Sampling sampling, int[] prompt, List<Integer> answer) {
    float[] logits = raw.clone();
    Map<Integer, Integer> counts = new HashMap<>();
    answer.forEach(token -> counts.merge(token, 1, Integer::sum));
    for (int token = 0; token < logits.length; token++) {
      int id = token;
      double logit = logits[token];
      if (counts.containsKey(token) || Arrays.stream(prompt).anyMatch(p -> p == id)) {
        logit =
            logit > 0 ? logit / sampling.repetitionPenalty() : logit * sampling.repetitionPenalty();
      }
      if (counts.containsKey(token)) {
        logit -= sampling.frequencyPenalty() * counts.get(token) + sampling.presencePenalty();
      }
      logits[token] = (float) logit;
    }
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    List<Candidate> all = new ArrayList<>();
    double units = units(logits.length);
    for (int i = 0; i < logits.length; i++) {
      double weight =
          Exponentials.of(logits[i], (float) top, Exponentials.scale(sampling.temperature()));
      all.add(new Candidate(i, logits[i], (long) Math.rint(weight * units)));
    }
    all.sort(
        Comparator.comparingDouble((Candidate c) -> -c.logit()).thenComparing(Candidate::token));
    if (sampling.temperature() == 0) {
      return all.subList(0, 1);
    }
    if (sampling.topK() > 0) {
      all = all.subList(0, Math.min(sampling.topK(), all.size()));
    }
    double enough = sampling.topP() * sum(all);
    long reached = 0;
    int kept = 0;
    while (kept < all.size() && (sampling.topP() == 1 || reached < enough)) {
      reached += all.get(kept++).units();
    }
    List<Candidate> result = new ArrayList<>();
    for (Candidate each : all.subList(0, kept)) {
      if (each.units() / units >= sampling.minP() && each.units() > 0) {
        result.add(each);
      }
    }
    result.sort(Comparator.comparing(Candidate::token));
    return result;
  }

  private static int plain(List<Candidate> candidates, double draw) {
    double target = draw * sum(candidates);
    long passed = 0;
    for (Candidate each : candidates) {
      passed += each.units();
      if (passed > target) {
        return each.token();
      }
    }
    return candidates.get(candidates.size() - 1).token();
  }

  private static Sampling random(Random random) {
    double temperature = random.nextInt(5) == 0 ? 0 : 0.05 + 1.9 * random.nextDouble();
    Sampling sampling =
        Sampling.at(temperature)
            .cut(
                random.nextBoolean() ? 0 : 1 + random.nextInt(70),
                random.nextInt(3) == 0 ? 1 : 0.01 + 0.98 * random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextDouble());
    return random.nextBoolean()
        ? sampling
        : sampling.penalised(
            0.2 + 3 * random.nextDouble(),
            4 * random.nextDouble() - 2,
            4 * random.nextDouble() - 2);
  }

  @Test
  void drawsAsThePlainTwinWhateverTheOptions() {
    long seed = 11;
    Random random = new Random(seed);
    Workspace workspace = new Workspace();
    for (int round = 0; round < 3000; round++) {
      Sampling sampling = random(random);
      int size = 1 + random.nextInt(60);
      int[] prompt = random.ints(random.nextInt(9), 0, size).toArray();
      Sampler sampler = new Sampler(options(sampling), prompt, round);
      Random draws = new Random(round);
      List<Integer> answer = new ArrayList<>();
      boolean ties = random.nextBoolean();
      for (int step = 0; step < 5; step++) {
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
          logits[i] = ties ? random.nextInt(12) / 2f - 2 : 8 * (float) random.nextGaussian();
          if (i > 0 && random.nextInt(9) == 0) {
            logits[i] = Float.NEGATIVE_INFINITY;
          }
        }
        List<Candidate> candidates = candidates(logits, sampling, prompt, answer);
        double draw = sampling.temperature() == 0 ? 0 : draws.nextDouble();
        int expected = plain(candidates, draw);
        // The buffer has more before and behind.
        FloatBuffer buffer = FloatBuffer.allocate(size + 2).put(1, logits);
        float[] read = workspace.read(buffer, 1, size);
        assertThat(sampler.next(read, size, workspace))
            .as("seed %d, round %d, step %d: %s", seed, round, step, sampling)
            .isEqualTo(expected);
        answer.add(expected);
      }
    }
  }

  @Test
  void drawsAsThePlainTwinFromLargeVocabularies() {
    long seed = 29;
    Random random = new Random(seed);
    Workspace workspace = new Workspace();
    for (int round = 0; round < 48; round++) {
      int size = round % 2 == 0 ? 150_000 : 1 + random.nextInt(9_000);
      int form = random.nextInt(5);
      double spread = 6 * random.nextDouble();
      float[] logits = new float[size];
      for (int i = 0; i < size; i++) {
        logits[i] =
            switch (form) {
              case 0 -> 7;
              case 1 -> random.nextInt(3);
              case 2 -> random.nextInt(100) == 0 ? random.nextInt(9) : Float.NEGATIVE_INFINITY;
              case 3 -> (float) (random.nextGaussian() * Math.pow(10, -30 * random.nextDouble()));
              default -> (float) (spread * random.nextGaussian());
            };
      }
      logits[random.nextInt(size)] = 8;
      int k = random.nextInt(3) == 0 ? 1 + random.nextInt(20_000) : 0;
      double p =
          switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> Math.nextDown(1.0);
            case 2 -> 1 - Math.pow(10, -12 * random.nextDouble());
            default -> 0.01 + 0.98 * random.nextDouble();
          };
      double min = random.nextInt(3) == 0 ? Math.pow(10, -14 * random.nextDouble()) : 0;
      Sampling sampling = Sampling.at(0.05 + 1.9 * random.nextDouble()).cut(k, Math.min(p, 1), min);
      List<Candidate> candidates = candidates(logits, sampling, new int[0], List.of());
      Sampler sampler = new Sampler(options(sampling), new int[0], round);
      Random draws = new Random(round);
      for (int step = 0; step < 20; step++) {
        assertThat(sampler.next(logits, size, workspace))
            .as("seed %d, round %d, form %d, step %d: %s", seed, round, form, step, sampling)
            .isEqualTo(plain(candidates, draws.nextDouble()));
      }
    }
  }

  @Test
  void keepsANegativeZeroThatIsAsLikelyAsTheNucleusLast() {
    float[] logits = {-0f, 0f, -0f, -5f};
    int[] ids = {0, 1, 2, 3};
    assertThat(Nucleus.upTo(1, logits, ids, 4)).isEqualTo(2);
    assertThat(ids).startsWith(0, 1);
    // Of three equals the first two reach six tenths of all.
    Sampling sampling = Sampling.at(1).cut(0, 0.6, 0);
    boolean[] drawn = new boolean[4];
    for (long seed = 0; seed < 64; seed++) {
      drawn[
              new Sampler(options(sampling), new int[0], seed * 0x9E3779B97F4A7C15L)
                  .next(logits.clone(), 4, new Workspace())] =
          true;
    }
    assertThat(drawn).containsExactly(true, true, false, false);
  }

  /** A draw of one token tells little of a nucleus, so the nucleus' last is held to the sort. */
  @Test
  void endsTheNucleusWhereTheSortedOneEnds() {
    long seed = 31;
    Random random = new Random(seed);
    Nucleus nucleus = new Nucleus();
    for (int round = 0; round < 2000; round++) {
      int size = 1 + random.nextInt(round % 100 == 0 ? 20_000 : 80);
      float[] logits = new float[size];
      double[] weights = new double[size];
      float top = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < size; i++) {
        logits[i] =
            (float)
                switch (round % 3) {
                  case 0 -> random.nextInt(4);
                  case 1 -> random.nextGaussian();
                  default -> -Math.pow(10, -38 * random.nextDouble());
                };
        weights[i] = 1 + random.nextInt(1000);
        top = Math.max(top, logits[i]);
      }
      int[] ids = IntStream.range(0, size).filter(i -> random.nextInt(5) > 0).toArray();
      if (ids.length == 0) {
        continue;
      }
      double enough = Arrays.stream(ids).mapToDouble(i -> weights[i]).sum() * random.nextDouble();
      double reached = 0;
      int expected = ids[0];
      int[] order =
          Arrays.stream(ids)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer i) -> -logits[i])
                      .thenComparing(Comparator.naturalOrder()))
              .mapToInt(i -> i)
              .toArray();
      for (int i = 0; i < order.length && reached < enough; i++) {
        expected = order[i];
        reached += weights[expected];
      }
      double span = Math.pow(10, 4 * random.nextDouble() - 2);
      assertThat(nucleus.last(logits, ids, ids.length, weights, enough, top, span))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(expected);
    }
  }

  @Test
  void raisesEWithinTheStatedAccuracyAndWithOneSetOfBits() {
    long seed = 37;
    Random random = new Random(seed);
    int size = 100_000;
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (-50 * random.nextDouble());
    }
    double[] values = new double[size];
    Exponentials.of(logits, 0, size, 0, Exponentials.scale(1), values);
    for (int i = 0; i < size; i++) {
      double exact = StrictMath.exp(logits[i]);
      assertThat(Math.abs(values[i] - exact) / exact)
          .as("seed %d, e^%s", seed, logits[i])
          .isLessThan(1e-12);
      assertThat(Exponentials.of(logits[i], 0, Exponentials.scale(1))).isEqualTo(values[i]);
    }
    assertThat(Exponentials.of(3, 3, Exponentials.scale(1e-320))).isEqualTo(1);
    // As any JVM must have it.
    assertThat(Exponentials.of(-1, 0, Exponentials.scale(1))).isEqualTo(0x1.78b56362cf004p-2);
  }

  /** Pearson's statistic against its 99.9 % quantile (Wilson and Hilferty's approximation). */
  @Test
  void drawsEachTokenAsOftenAsItsProbabilitySays() {
    long seed = 5;
    Random random = new Random(seed);
    Workspace workspace = new Workspace();
    int draws = 20_000;
    for (int round = 0; round < 12; round++) {
      float[] logits = new float[40];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = 1.5f * (float) random.nextGaussian();
      }
      Sampling sampling =
          Sampling.at(0.5 + round / 8.0)
              .cut(round % 3 == 0 ? 12 : 0, round % 4 == 0 ? 0.8 : 1, round % 2 == 0 ? 0.05 : 0);
      List<Candidate> candidates = candidates(logits, sampling, new int[0], List.of());
      double sum = sum(candidates);
      Sampler sampler = new Sampler(options(sampling), new int[0], seed + round);
      int[] counts = new int[logits.length];
      for (int i = 0; i < draws; i++) {
        counts[sampler.next(logits.clone(), logits.length, workspace)]++;
      }
      double statistic = 0;
      int seen = 0;
      for (Candidate each : candidates) {
        double expected = draws * each.weight() / sum;
        statistic +=
            (counts[each.token()] - expected) * (counts[each.token()] - expected) / expected;
        seen += counts[each.token()];
      }
      assertThat(seen).as("draws of candidates alone").isEqualTo(draws);
      double freedom = Math.max(1, candidates.size() - 1);
      double spread = 2 / (9 * freedom);
      double quantile = freedom * Math.pow(1 - spread + 3.09 * Math.sqrt(spread), 3);
      assertThat(statistic).as("seed %d, round %d", seed, round).isLessThan(quantile);
    }
  }

  @Test
  void takesTheSmallestOfEqualsWhenGreedy() {
    Workspace workspace = new Workspace();
    Sampler sampler = new Sampler(options(Sampling.GREEDY), new int[0], 5);
    FloatBuffer logits = FloatBuffer.wrap(new float[] {9, 1, 3, 3, 2});
    assertThat(sampler.next(workspace.read(logits, 1, 4), 4, workspace)).isEqualTo(1);
  }

  @Test
  void refusesLogitsThatAreNoNumbersWhereverTheyStand() {
    Workspace workspace = new Workspace();
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int at = 0; at < 5; at++) {
        float[] logits = {1, 5, 2, 9, 3};
        logits[at] = bad;
        Sampler sampler = new Sampler(options(Sampling.at(at % 2)), new int[0], 5);
        assertThatThrownBy(() -> sampler.next(logits, 5, workspace))
            .isInstanceOfSatisfying(
                OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
      }
    }
  }

  @Test
  void scoresAsThePlainSoftmax() {
    long seed = 23;
    Random random = new Random(seed);
    Workspace workspace = new Workspace();
    for (int round = 0; round < 300; round++) {
      int size = 1 + random.nextInt(80);
      float[] logits = new float[size];
      for (int i = 0; i < size; i++) {
        logits[i] = random.nextInt(40) - 20;
      }
      int most = random.nextInt(21);
      Likelihood.Softmax softmax = Likelihood.Softmax.of(logits, size, most, workspace);
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit);
      }
      int[] order =
          IntStream.range(0, size)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer i) -> -logits[i])
                      .thenComparing(Comparator.naturalOrder()))
              .mapToInt(i -> i)
              .limit(most)
              .toArray();
      assertThat(softmax.likeliest()).as("seed %d, round %d", seed, round).isEqualTo(order);
      for (int i = 0; i < order.length; i++) {
        assertThat(softmax.logProbabilities()[i])
            .isCloseTo(Math.log(Math.exp(logits[order[i]]) / sum), within(1e-12));
      }
      int token = random.nextInt(size);
      assertThat(softmax.at(logits[token]).logProbability())
          .isCloseTo(Math.log(Math.exp(logits[token]) / sum), within(1e-12))
          .isNotPositive();
    }
  }
}
