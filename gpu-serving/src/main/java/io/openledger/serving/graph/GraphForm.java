package io.openledger.serving.graph;

import io.openledger.serving.quantize.QuantizedWeights;

/**
 * In which form a decoder's graph is built.
 *
 * @param context rows of the rotary tables and of the cache, in tokens
 * @param quantized the maps that are not used as stored
 * @param lanes of staged adapters, each for a range of ranks; 0: adapters are gathered from an
 *     arena of ranks
 */
public record GraphForm(int context, QuantizedWeights quantized, int lanes) {

  public GraphForm {
    if (context < 1 || lanes < 0) {
      throw new IllegalArgumentException(context + " tokens, " + lanes + " lanes");
    }
  }

  /** Weights as stored, adapters gathered. */
  public static GraphForm of(int context) {
    return new GraphForm(context, QuantizedWeights.NONE, 0);
  }

  /** The same with quantised weights. */
  public GraphForm with(QuantizedWeights weights) {
    return new GraphForm(context, weights, lanes);
  }

  /** The same with staged adapters. */
  public GraphForm staged(int count) {
    return new GraphForm(context, quantized, count);
  }
}
