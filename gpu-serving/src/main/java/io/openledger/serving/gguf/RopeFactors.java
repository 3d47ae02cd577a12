package io.openledger.serving.gguf;

import com.google.gson.JsonObject;
import io.openledger.serving.model.Rope;

/**
 * Llama 3.1 and later scale their positions; the file says so only by a tensor of divisors. They
 * are recognised when they are those of the published settings, and refused otherwise.
 */
final class RopeFactors {

  static final String TENSOR = "rope_freqs.weight";

  private static final double LOW = 1;
  private static final double HIGH = 4;
  private static final double ORIGINAL = 8192;

  private RopeFactors() {}

  /** Adds to {@code rope_parameters} what the divisors mean. */
  static void describe(float[] divisors, double theta, JsonObject rope) {
    double factor = divisors[divisors.length - 1];
    Rope plain = new Rope(theta, new Rope.None());
    Rope scaled = new Rope(theta, new Rope.Llama3(factor, LOW, HIGH, ORIGINAL));
    for (int i = 0; i < divisors.length; i++) {
      double expected =
          plain.frequency(i, 2 * divisors.length) / scaled.frequency(i, 2 * divisors.length);
      if (!(factor >= 1) || !(Math.abs(divisors[i] - expected) <= 1e-4 * expected)) {
        throw GgufLayout.unsupported(
            TENSOR + " that divides pair " + i + " by " + divisors[i],
            "the divisors of Llama 3 with an original context of " + (int) ORIGINAL);
      }
    }
    rope.addProperty("rope_type", "llama3");
    rope.addProperty("factor", factor);
    rope.addProperty("low_freq_factor", LOW);
    rope.addProperty("high_freq_factor", HIGH);
    rope.addProperty("original_max_position_embeddings", ORIGINAL);
  }
}
