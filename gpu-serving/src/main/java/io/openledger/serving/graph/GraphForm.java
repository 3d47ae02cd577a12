package io.openledger.serving.graph;

import io.openledger.serving.model.DType;
import io.openledger.serving.quantize.QuantizedWeights;

/**
 * In which form a decoder's graph is built.
 *
 * @param context rows of the rotary tables and of the cache, in tokens
 * @param quantized the maps that are not used as stored; none but in 32 bits
 * @param lanes of staged adapters, each for a range of ranks, in 32 bits alone; 0: adapters are
 *     gathered from an arena of ranks
 * @param compute the type of weights, activations, cache and adapters; logits are in 32 bits
 *     always, and so are the sums within a product, a norm or a softmax. GPUs have kernels of
 *     attention for 16 bits only
 */
public record GraphForm(int context, QuantizedWeights quantized, int lanes, DType compute) {

  public GraphForm {
    if (context < 1 || lanes < 0) {
      throw new IllegalArgumentException(context + " tokens, " + lanes + " lanes");
    }
    if (compute != DType.F32 && (lanes > 0 || !quantized.maps().isEmpty())) {
      throw new IllegalArgumentException(compute + " with lanes or quantised weights");
    }
  }

  /** Weights as stored, adapters gathered, in 32 bits. */
  public static GraphForm of(int context) {
    return new GraphForm(context, QuantizedWeights.NONE, 0, DType.F32);
  }

  /** The same with quantised weights. */
  public GraphForm with(QuantizedWeights weights) {
    return new GraphForm(context, weights, lanes, compute);
  }

  /** The same with staged adapters. */
  public GraphForm staged(int count) {
    return new GraphForm(context, quantized, count, compute);
  }

  /** The same in another type. */
  public GraphForm computing(DType type) {
    return new GraphForm(context, quantized, lanes, type);
  }
}
