package io.openledger.serving.model;

/**
 * Rotary position embedding (Su et al. 2021): base, and how the base's frequencies are scaled for
 * longer contexts.
 *
 * @param theta the base, above 0
 * @param scaling of the frequencies
 */
public record Rope(double theta, Scaling scaling) {

  /** How frequencies are scaled. */
  public sealed interface Scaling {}

  /** Not at all. */
  public record None() implements Scaling {}

  /**
   * Positions are divided ("position interpolation", Chen et al. 2023).
   *
   * @param factor at least 1
   */
  public record Linear(double factor) implements Scaling {}

  /**
   * Low frequencies are divided, high ones kept, those between are blended (Llama 3.1).
   *
   * @param factor at least 1
   * @param lowFrequency wavelengths above {@code original / lowFrequency} are divided
   * @param highFrequency wavelengths below {@code original / highFrequency} are kept; above {@code
   *     lowFrequency}
   * @param original the context of the first training, in tokens
   */
  public record Llama3(double factor, double lowFrequency, double highFrequency, double original)
      implements Scaling {}

  /**
   * The base grows with the sequence ("dynamic NTK"). Up to the original context it is the plain
   * one. Beyond it the reference library takes the length that a sequence has when a token is read,
   * for all tokens read in that step, and keeps what was cached before as it was: the same text
   * gives other logits when it is read in other steps. Here each position has the base of the
   * length that ends with it. That is the reference's result for a text that is read token by
   * token, and it depends neither on how a prompt is cut into pieces nor on other sequences.
   *
   * @param factor at least 1
   * @param original the context of the training, in tokens
   */
  public record Dynamic(double factor, double original) implements Scaling {}

  /**
   * Dimensions that turn often within the original context keep their frequency, those that turn
   * seldom are divided, between them a ramp blends; cosines and sines are stretched (YaRN, Peng et
   * al. 2023, section 3).
   *
   * @param factor at least 1
   * @param original the context of the first training, in tokens
   * @param fast turns from which on a dimension is kept; above {@code slow}
   * @param slow turns up to which a dimension is divided
   * @param stretch of cosines and sines
   * @param whole whether the ends of the ramp are whole dimensions
   */
  public record Yarn(
      double factor, double original, double fast, double slow, double stretch, boolean whole)
      implements Scaling {

    /** The stretch that the paper recommends (equation 22), weighed. */
    public static double stretch(double factor, double weight) {
      return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }
  }

  /** The tables that the graph reads: {@code cos[position][i]}, {@code sin[position][i]}. */
  public record Tables(float[] cos, float[] sin) {}

  /**
   * Cosines and sines, {@code [positions, rotated / 2]} row-major. Computed in doubles, rounded
   * once.
   *
   * @param rotated how many dimensions of a head are rotated, even
   */
  public Tables tables(int positions, int rotated) {
    int half = rotated / 2;
    float[] cos = new float[Math.multiplyExact(positions, half)];
    float[] sin = new float[cos.length];
    double stretch = scaling instanceof Yarn yarn ? yarn.stretch() : 1;
    for (int i = 0; i < half; i++) {
      double frequency = frequency(i, rotated);
      for (int position = 0; position < positions; position++) {
        double angle =
            position
                * (scaling instanceof Dynamic dynamic
                    ? grown(dynamic, i, rotated, position + 1)
                    : frequency);
        cos[position * half + i] = (float) (stretch * Math.cos(angle));
        sin[position * half + i] = (float) (stretch * Math.sin(angle));
      }
    }
    return new Tables(cos, sin);
  }

  /** The scaled frequency of pair {@code i}, in radians a token; of the shortest sequences. */
  public double frequency(int i, int rotated) {
    double plain = Math.pow(theta, -2.0 * i / rotated);
    if (scaling instanceof Linear linear) {
      return plain / linear.factor();
    }
    if (scaling instanceof Llama3 llama3) {
      return blended(llama3, plain);
    }
    if (scaling instanceof Yarn yarn) {
      double kept = 1 - ramp(yarn, i, rotated);
      return plain / yarn.factor() * (1 - kept) + plain * kept;
    }
    return plain;
  }

  private static double blended(Llama3 llama3, double plain) {
    double wavelength = 2 * Math.PI / plain;
    if (wavelength < llama3.original() / llama3.highFrequency()) {
      return plain;
    }
    if (wavelength > llama3.original() / llama3.lowFrequency()) {
      return plain / llama3.factor();
    }
    double smooth =
        (llama3.original() / wavelength - llama3.lowFrequency())
            / (llama3.highFrequency() - llama3.lowFrequency());
    return (1 - smooth) * plain / llama3.factor() + smooth * plain;
  }

  /** 0 for a pair that is kept, 1 for one that is divided. */
  private double ramp(Yarn yarn, int i, int rotated) {
    double low = pair(yarn, yarn.fast(), rotated);
    double high = pair(yarn, yarn.slow(), rotated);
    if (yarn.whole()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, rotated - 1);
    // The reference's own way out of a ramp without length.
    return Math.min(1, Math.max(0, (i - low) / (high == low ? 0.001 : high - low)));
  }

  /** The pair that turns so often within the original context. */
  private double pair(Yarn yarn, double turns, int rotated) {
    return rotated * Math.log(yarn.original() / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private double grown(Dynamic dynamic, int i, int rotated, int length) {
    double over = Math.max(length, dynamic.original()) / dynamic.original();
    double grown = dynamic.factor() * over - (dynamic.factor() - 1);
    double base = theta * Math.pow(grown, rotated / (rotated - 2.0));
    return Math.pow(base, -2.0 * i / rotated);
  }
}
