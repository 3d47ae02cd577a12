package io.openledger.serving.model;

/**
 * Rotary position embedding: base, and how the base's frequencies are scaled for longer contexts.
 *
 * @param theta the base, above 0
 * @param scaling of the frequencies
 */
public record Rope(double theta, Scaling scaling) {

  /** How frequencies are scaled. */
  public sealed interface Scaling permits None, Linear, Llama3 {}

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

  /** The tables that the graph reads: {@code cos[position][i]}, {@code sin[position][i]}. */
  public record Tables(float[] cos, float[] sin) {}

  /**
   * Cosines and sines, {@code [positions, head / 2]} row-major. Computed in doubles, rounded once.
   */
  public Tables tables(int positions, int headDim) {
    int half = headDim / 2;
    float[] cos = new float[Math.multiplyExact(positions, half)];
    float[] sin = new float[cos.length];
    for (int i = 0; i < half; i++) {
      double frequency = frequency(i, headDim);
      for (int position = 0; position < positions; position++) {
        cos[position * half + i] = (float) Math.cos(position * frequency);
        sin[position * half + i] = (float) Math.sin(position * frequency);
      }
    }
    return new Tables(cos, sin);
  }

  /** The scaled frequency of pair {@code i}, in radians a token. */
  double frequency(int i, int headDim) {
    double plain = Math.pow(theta, -2.0 * i / headDim);
    if (scaling instanceof Linear linear) {
      return plain / linear.factor();
    }
    if (scaling instanceof Llama3 llama3) {
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
    return plain;
  }
}
