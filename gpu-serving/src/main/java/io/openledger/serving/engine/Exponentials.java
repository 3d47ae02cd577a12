package io.openledger.serving.engine;

/**
 * The exponential of logits from additions and multiplications of doubles alone, so that it has the
 * same bits on every JVM and processor; {@link Math#exp} may differ in the last one. The exponent
 * is divided by 1024, its Taylor polynomial of degree 7 raised to the 1024th power by ten
 * squarings: a loop without branches or bit fields, which the compiler turns into vectors.
 *
 * <p>The result is within 10⁻¹² of itself for exponents from −50 to 0, and exactly 1 for 0; below
 * −50 it is that of −50.
 */
final class Exponentials {

  /** Tokens that are weighed together, so that what is between the loops stays in the cache. */
  static final int BLOCK = 1024;

  private static final double PARTS = 1024;
  private static final double LEAST = -50 / PARTS;

  private Exponentials() {}

  /** What {@link #of} takes for a temperature above 0, however small. */
  static double scale(double temperature) {
    return Math.min(1 / (PARTS * temperature), Double.MAX_VALUE);
  }

  /**
   * {@code to[i] = e^((logits[i] − top) / temperature)} for tokens from {@code first} up to {@code
   * end}.
   *
   * @param top no logit is larger
   */
  static void of(float[] logits, int first, int end, float top, double scale, double[] to) {
    double largest = top;
    // A loop of its own: where float becomes double, the compiler makes no vectors.
    for (int i = first; i < end; i++) {
      to[i] = logits[i];
    }
    for (int i = first; i < end; i++) {
      to[i] = power(Math.max((to[i] - largest) * scale, LEAST));
    }
  }

  /** The same of one logit. */
  static double of(float logit, float top, double scale) {
    return power(Math.max(((double) logit - top) * scale, LEAST));
  }

  private static double power(double x) {
    double e = x * (1.0 / 5040) + 1.0 / 720;
    e = e * x + 1.0 / 120;
    e = e * x + 1.0 / 24;
    e = e * x + 1.0 / 6;
    e = e * x + 0.5;
    e = e * x + 1;
    e = e * x + 1;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
  }

  /** The sum in a fixed order, that of four interleaved ones. */
  static double sum(double[] values, int first, int end) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = first;
    for (; i + 3 < end; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < end; i++) {
      a += values[i];
    }
    return (a + b) + (c + d);
  }
}
