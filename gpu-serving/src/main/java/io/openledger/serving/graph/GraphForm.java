package io.openledger.serving.graph;

import io.openledger.serving.model.DType;
import io.openledger.serving.quantize.QuantizedWeights;

/**
 * In which form a decoder's graph is built.
 *
 * @param context rows of the rotary tables and of the cache, in tokens
 * @param quantized the maps that are not used as stored; none but in 32 bits
 * @param packed what of them is packed already
 * @param adapters how adapters come in; staged ones in 32 bits alone
 * @param compute the type of weights, activations, cache and adapters; logits are in 32 bits
 *     always, and so are the sums within a product, a norm or a softmax. GPUs have kernels of
 *     attention for 16 bits only
 */
public record GraphForm(
    int context,
    QuantizedWeights quantized,
    PackedWeights packed,
    Adapters adapters,
    DType compute) {

  /**
   * How adapters come into a graph.
   *
   * @param lanes of staged adapters, each for a range of ranks
   */
  public record Adapters(Kind kind, int lanes) {

    /** Not at all: the base model. */
    public static final Adapters NONE = new Adapters(Kind.NONE, 0);

    /** Gathered from an arena of ranks. */
    public static final Adapters GATHERED = new Adapters(Kind.GATHERED, 0);

    /** Rows of one lane, none of which scales an output: what most steps with adapters are. */
    public static final Adapters PLAIN_LANE = new Adapters(Kind.PLAIN_LANE, 1);

    /** The ways. */
    public enum Kind {
      NONE,
      GATHERED,
      PLAIN_LANE,
      STAGED
    }

    public Adapters {
      if (kind == Kind.STAGED ? lanes < 1 : lanes != (kind == Kind.PLAIN_LANE ? 1 : 0)) {
        throw new IllegalArgumentException(lanes + " lanes, " + kind);
      }
    }

    /** Rows of any lane or none, which the graph looks at when it runs. */
    public static Adapters staged(int lanes) {
      return new Adapters(Kind.STAGED, lanes);
    }
  }

  public GraphForm {
    if (context < 1) {
      throw new IllegalArgumentException(context + " tokens");
    }
    if (compute != DType.F32 && (adapters.lanes() > 0 || !quantized.maps().isEmpty())) {
      throw new IllegalArgumentException(compute + " with lanes or quantised weights");
    }
  }

  /** Weights as stored, adapters gathered, in 32 bits. */
  public static GraphForm of(int context) {
    return new GraphForm(
        context, QuantizedWeights.NONE, PackedWeights.NONE, Adapters.GATHERED, DType.F32);
  }

  /** The same with quantised weights. */
  public GraphForm with(QuantizedWeights weights, PackedWeights already) {
    return new GraphForm(context, weights, already, adapters, compute);
  }

  /** The same with adapters in another way. */
  public GraphForm with(Adapters way) {
    return new GraphForm(context, quantized, packed, way, compute);
  }

  /** The same in another type. */
  public GraphForm computing(DType type) {
    return new GraphForm(context, quantized, packed, adapters, type);
  }
}
