package io.openledger.serving.engine;

/**
 * How likely the model held a token to be: the logarithm of the softmax over its raw logits, in
 * doubles, before temperature, cuts, penalties and schemas. It is within 10⁻¹² of the exact one, or
 * the rounding of its double where that is more, and has the same bits on every JVM and processor.
 *
 * @param logProbability natural logarithm, at most 0
 * @param likeliest the likeliest tokens in its place, the likeliest first
 * @param logProbabilities theirs
 */
record Likelihood(double logProbability, int[] likeliest, double[] logProbabilities) {

  /** Of a prompt's first token, which nothing comes before. */
  static final Likelihood FIRST = new Likelihood(0, new int[0], new double[0]);

  /**
   * What one token's logits say of all tokens.
   *
   * @param normaliser the logarithm of the sum of their exponentials
   */
  record Softmax(double normaliser, int[] likeliest, double[] logProbabilities) {

    /**
     * @param logits {@code [vocabulary]}, left as they are
     * @param most how many of the likeliest are wanted
     */
    static Softmax of(float[] logits, int vocabulary, int most, Workspace workspace) {
      float top = Ranking.top(logits, vocabulary);
      double[] weights = workspace.weights(vocabulary);
      double scale = Exponentials.scale(1);
      double sum = 0;
      for (int first = 0; first < vocabulary; first += Exponentials.BLOCK) {
        int end = Math.min(vocabulary, first + Exponentials.BLOCK);
        Exponentials.of(logits, first, end, top, scale, weights);
        sum += Exponentials.sum(weights, first, end);
      }
      // The strict one has the same bits everywhere.
      double normaliser = top + StrictMath.log(sum);
      int[] ids = workspace.ids(Math.min(most, vocabulary));
      int count = Ranking.likeliest(logits, vocabulary, most, ids);
      int[] likeliest = new int[count];
      double[] logProbabilities = new double[count];
      for (int i = 0; i < count; i++) {
        likeliest[i] = ids[i];
        logProbabilities[i] = Math.min(0, logits[ids[i]] - normaliser);
      }
      return new Softmax(normaliser, likeliest, logProbabilities);
    }

    /** Of the token that has this logit. */
    Likelihood at(float logit) {
      return new Likelihood(Math.min(0, logit - normaliser), likeliest, logProbabilities);
    }
  }
}
