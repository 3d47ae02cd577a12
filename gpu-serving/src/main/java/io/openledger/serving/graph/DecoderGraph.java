package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.FLOAT;
import static io.openledger.serving.graph.GraphBuilder.INT32;
import static io.openledger.serving.graph.GraphBuilder.INT64;
import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import io.openledger.serving.model.Rope;
import io.openledger.serving.model.TensorRef;
import java.util.List;

/**
 * The graph of a Llama-like decoder, made from its checkpoint. One graph does prefill (one row,
 * many tokens) and decoding (many rows, one token each).
 *
 * <p>Inputs ({@code B} rows, {@code S} tokens each, {@code R} adapter ranks, {@code P} positions
 * whose logits are wanted):
 *
 * <ul>
 *   <li>{@link #TOKENS} and {@link #PLACES} int64 {@code [B, S]}, {@link #LENGTHS} int32 {@code
 *       [B]} (tokens of each row with those of this step, less one), {@link #LONGEST} int32 {@code
 *       []} (the largest of them, plus one)
 *   <li>{@link #POSITIONS} int64 {@code [P]}, counted from this step's first token
 *   <li>{@link #key}, {@link #value} float {@code [B, kvHeads, context, headDim]} for each layer,
 *       written in place
 *   <li>{@link #ADAPTER_RANKS} int64 {@code [B, R]}: which rows of the adapter arena each batch row
 *       adds; row 0 is all zeros. {@link #adapterIn} float {@code [ranks, in]} and {@link
 *       #adapterOut} float {@code [ranks, out]} (scaled) for each linear map
 * </ul>
 *
 * <p>Output: {@link #LOGITS} float {@code [B, P, vocabulary]}.
 *
 * <p>The arena holds single ranks rather than slots padded to the largest rank: a row of the batch
 * gathers exactly the ranks of its adapter, so adapters of any rank mix without buckets, and a
 * batch with {@code R = 0} skips the adapters' work.
 *
 * <p>Weights of 16 bits are cast in the graph; ONNX Runtime folds the casts when it loads, so that
 * only the 32-bit form, packed for multiplication, stays resident.
 */
public final class DecoderGraph {

  /** Token ids. */
  public static final String TOKENS = "tokens";

  /** Length of each row, less one. */
  public static final String LENGTHS = "lengths";

  /** The longest row. */
  public static final String LONGEST = "longest";

  /** The place of each token in its row. */
  public static final String PLACES = "places";

  /** Where logits are wanted. */
  public static final String POSITIONS = "positions";

  /** The adapter ranks of each row. */
  public static final String ADAPTER_RANKS = "adapter_ranks";

  /** Logits. */
  public static final String LOGITS = "logits";

  private final GraphBuilder graph = new GraphBuilder();
  private final ModelConfig config;
  private final Weights weights;
  private final LinearMaps linears;
  private String cos = "";
  private String sin = "";

  private final DType compute;

  private DecoderGraph(Checkpoint checkpoint, DType compute) {
    this.config = checkpoint.config();
    this.compute = compute;
    this.weights = new Weights(graph, checkpoint, compute);
    this.linears = new LinearMaps(graph, weights);
  }

  /** Past keys of a layer. */
  public static String key(int layer) {
    return "key." + layer;
  }

  /** Past values of a layer. */
  public static String value(int layer) {
    return "value." + layer;
  }

  /** The name under which a cache input comes out again. */
  public static String present(String cache) {
    return "present." + cache;
  }

  /** The arena of a linear map's adapter inputs. */
  public static String adapterIn(LinearModule module) {
    return module.name() + ".lora_in";
  }

  /** The arena of a linear map's adapter outputs. */
  public static String adapterOut(LinearModule module) {
    return module.name() + ".lora_out";
  }

  /**
   * Builds the model.
   *
   * @param context rows of the rotary tables and of the cache, in tokens
   * @return an ONNX model whose external data lies in the checkpoint's folder
   */
  public static byte[] build(Checkpoint checkpoint, int context) {
    return build(checkpoint, context, DType.F32);
  }

  /**
   * Builds the model for another type than 32 bits: cache and adapters have that type, too, logits
   * stay in 32 bits. GPUs have kernels of attention for 16 bits only.
   *
   * @param context rows of the rotary tables and of the cache, in tokens
   * @param compute the type of weights, activations, cache and adapters; sums within a product, a
   *     norm or a softmax are kept in 32 bits by the kernels
   * @return an ONNX model whose external data lies in the checkpoint's folder
   */
  public static byte[] build(Checkpoint checkpoint, int context, DType compute) {
    return new DecoderGraph(checkpoint, compute).whole(context);
  }

  private byte[] whole(int context) {
    inputs(context);
    Rope.Tables tables = config.rope().tables(context, config.headDim());
    graph.table("rope.cos", tables.cos(), context, config.headDim() / 2);
    graph.table("rope.sin", tables.sin(), context, config.headDim() / 2);
    cos = weights.widened("rope.cos", DType.F32, "rope.cos.narrow");
    sin = weights.widened("rope.sin", DType.F32, "rope.sin.narrow");
    String residual = embed();
    String normed =
        graph.one(
            "",
            "SimplifiedLayerNormalization",
            "normed.first",
            List.of(residual, weights.wide(config.attentionNorm(0))),
            attribute("epsilon", config.epsilon()),
            attribute("axis", -1));
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "layer." + layer;
      String attended = attention(layer, normed);
      String middle = name + ".middle";
      String inner =
          addAndNorm(attended, residual, config.feedForwardNorm(layer), name + ".normed", middle);
      residual = name + ".residual";
      boolean last = layer == config.layers() - 1;
      normed =
          addAndNorm(
              feedForward(layer, inner),
              middle,
              last ? ModelConfig.FINAL_NORM : config.attentionNorm(layer + 1),
              name + ".next",
              residual);
    }
    output(normed);
    return graph.model();
  }

  private void inputs(int context) {
    graph.input(TOKENS, INT64, "B", "S");
    graph.input(PLACES, INT64, "B", "S");
    graph.input(LENGTHS, INT32, "B");
    graph.input(LONGEST, INT32);
    graph.input(POSITIONS, INT64, "P");
    graph.input(ADAPTER_RANKS, INT64, "B", "R");
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String cache : List.of(key(layer), value(layer))) {
        graph.input(cache, compute.onnx(), "B", config.kvHeads(), context, config.headDim());
        graph.output(
            present(cache), compute.onnx(), "B", config.kvHeads(), context, config.headDim());
      }
    }
    for (LinearModule module : config.modules()) {
      graph.input(adapterIn(module), compute.onnx(), "ranks", module.in());
      graph.input(adapterOut(module), compute.onnx(), "ranks", module.out());
    }
  }

  private String embed() {
    TensorRef embedding = weights.declare(ModelConfig.EMBEDDING);
    String gathered = "embedded.stored";
    graph.one("", "Gather", gathered, List.of(embedding.name(), TOKENS));
    return weights.widened(gathered, embedding.type(), "embedded");
  }

  private String attention(int layer, String input) {
    String name = "layer." + layer + ".attention";
    String query = linears.map(config.module(layer, Projection.Q), input);
    String keys = linears.map(config.module(layer, Projection.K), input);
    String values = linears.map(config.module(layer, Projection.V), input);
    graph.node(
        MICROSOFT,
        "GroupQueryAttention",
        List.of(rotated(query), rotated(keys), values, key(layer), value(layer), LENGTHS, LONGEST),
        List.of(name, present(key(layer)), present(value(layer))),
        attribute("num_heads", config.heads()),
        attribute("kv_num_heads", config.kvHeads()));
    return linears.map(config.module(layer, Projection.O), name);
  }

  /** Apart from the attention operator, which rotates only heads of a multiple of 16. */
  private String rotated(String input) {
    return graph.one(
        MICROSOFT, "RotaryEmbedding", input + ".rotated", List.of(input, PLACES, cos, sin));
  }

  private String feedForward(int layer, String input) {
    String name = "layer." + layer + ".feed_forward";
    String gate = linears.map(config.module(layer, Projection.GATE), input);
    String up = linears.map(config.module(layer, Projection.UP), input);
    // QuickGelu(x) = x · sigmoid(alpha · x): with alpha 1 it is SiLU, in one kernel.
    String active =
        graph.one(MICROSOFT, "QuickGelu", name + ".silu", List.of(gate), attribute("alpha", 1.0f));
    String gated = graph.one("", "Mul", name + ".gated", List.of(active, up));
    return linears.map(config.module(layer, Projection.DOWN), gated);
  }

  private String addAndNorm(
      String change, String residual, String norm, String normed, String sum) {
    graph.node(
        MICROSOFT,
        "SkipSimplifiedLayerNormalization",
        List.of(change, residual, weights.wide(norm)),
        List.of(normed, "", "", sum),
        attribute("epsilon", config.epsilon()));
    return normed;
  }

  private void output(String normed) {
    String wanted =
        graph.one("", "Gather", "normed.wanted", List.of(normed, POSITIONS), attribute("axis", 1));
    String matrix =
        config.tied()
            ? weights.widened(
                ModelConfig.EMBEDDING,
                weights.tensor(ModelConfig.EMBEDDING).type(),
                ModelConfig.EMBEDDING + ".wide")
            : weights.wide(ModelConfig.OUTPUT);
    if (compute == DType.F32) {
      linears.product(LOGITS, wanted, matrix);
    } else {
      String narrow = linears.product("logits.narrow", wanted, matrix);
      graph.one("", "Cast", LOGITS, List.of(narrow), attribute("to", FLOAT));
    }
    graph.output(LOGITS, FLOAT, "B", "P", config.vocabulary());
  }
}
