package io.openledger.serving.engine;

import java.nio.FloatBuffer;

/**
 * Arrays of the vocabulary's size that the scheduler's thread uses for one token after the other,
 * so that a token allocates nothing of that size. What it holds is valid until the next {@link
 * #read}.
 */
final class Workspace {

  private float[] logits = new float[0];
  private int[] ids = new int[0];
  private double[] weights = new double[0];
  private double[] sums = new double[0];
  private final Nucleus nucleus = new Nucleus();

  /** One token's logits in one bulk copy; more than {@code vocabulary} elements may follow. */
  float[] read(FloatBuffer from, int offset, int vocabulary) {
    if (logits.length < vocabulary) {
      logits = new float[vocabulary];
    }
    from.get(offset, logits, 0, vocabulary);
    return logits;
  }

  /** At least so many ids, of any value. */
  int[] ids(int size) {
    if (ids.length < size) {
      ids = new int[size];
    }
    return ids;
  }

  /** At least so many weights, of any value. */
  double[] weights(int size) {
    if (weights.length < size) {
      weights = new double[size];
    }
    return weights;
  }

  /** At least so many sums, of any value. */
  double[] sums(int size) {
    if (sums.length < size) {
      sums = new double[size];
    }
    return sums;
  }

  Nucleus nucleus() {
    return nucleus;
  }
}
