package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.BOOL;
import static io.openledger.serving.graph.GraphBuilder.FLOAT;
import static io.openledger.serving.graph.GraphBuilder.INT32;
import static io.openledger.serving.graph.GraphBuilder.INT64;
import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Attention;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.FeedForward;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Rope;
import io.openledger.serving.model.TensorRef;
import java.util.List;

/**
 * The graph of a decoder, made from its checkpoint. One graph does prefill (one row, many tokens)
 * and decoding (many rows, one token each). The parts that differ between families are {@link
 * GroupedAttention} or {@link LatentAttention}, and {@link GatedFeedForward} or {@link
 * ExpertFeedForward}.
 *
 * <p>Inputs ({@code B} rows, {@code S} tokens each, {@code R} adapter ranks, {@code P} positions
 * whose logits are wanted):
 *
 * <ul>
 *   <li>{@link #TOKENS} and {@link #PLACES} int64 {@code [B, S]}, {@link #LENGTHS} int32 {@code
 *       [B]} (tokens of each row with those of this step, less one), {@link #LONGEST} int32 {@code
 *       []} (the largest of them, plus one)
 *   <li>{@link #POSITIONS} int64 {@code [P]}, counted from this step's first token
 *   <li>{@link #key}, {@link #value} float {@code [B, kvHeads, C, headDim]} for each layer, {@code
 *       C} at most the context, written in place
 *   <li>adapters, in one of the forms below, or none
 * </ul>
 *
 * <p>Output: {@link #LOGITS} float {@code [B, P, vocabulary]}.
 *
 * <p>Adapters are <em>staged</em> in lanes, or <em>gathered</em> from an arena.
 *
 * <p>Staged, each lane {@code k} of one width {@code w} serves {@code n} of the rows: {@link
 * #laneRows} int64 {@code [n]} and {@link #lanePlaces} int64 {@code [n, 1]} (which rows, each
 * once), {@link #laneIn} float {@code [n, w, in]} and {@link #laneOut} float {@code [n, w, out]}
 * (scaled) for each linear map, or {@code [1, 1, …]} of zeros where no adapter of the lane changes
 * the map; {@link #adapterScale} float {@code [B, 1, out]} or {@code [1, 1, 1]}, by which a row's
 * output is multiplied (DoRA); {@link #ADAPTED} bool {@code []}: false skips all of it; {@link
 * #MIXED_WIDTHS} bool {@code []}, where there are several lanes: false skips all but the first,
 * whose width is then whatever the rows have. Nothing of an adapter is copied by a step, and no row
 * pads to the widest: this is what a processor likes. A graph of a <em>plain lane</em> has the
 * first lane's inputs alone, and neither asks whether nor scales: a node that asks costs more than
 * the products of one row's adapter.
 *
 * <p>Gathered, {@link #ADAPTER_RANKS} int64 {@code [B, R]} says which rows of the arena each batch
 * row adds; row 0 is all zeros. {@link #adapterIn} float {@code [ranks, in]} and {@link
 * #adapterOut} float {@code [ranks, out]} (scaled) for each linear map. Needs no memory beside the
 * arena, but a step copies every byte of every row's adapter.
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

  /** Whether any row of this step has an adapter. */
  public static final String ADAPTED = "adapted";

  /** Whether any row of this step is in another lane than the first. */
  public static final String MIXED_WIDTHS = "mixed_widths";

  /** Logits. */
  public static final String LOGITS = "logits";

  /** Cosines of positions, {@code [context, rotated / 2]}. */
  static final String ROPE_COS = "rope.cos";

  /** Sines of positions, {@code [context, rotated / 2]}. */
  static final String ROPE_SIN = "rope.sin";

  private final GraphBuilder graph;
  private final ModelConfig config;
  private final Weights weights;
  private final LinearMaps linears;
  private final GraphForm.Adapters adapters;
  private final DType compute;

  private DecoderGraph(Checkpoint checkpoint, GraphForm form) {
    this.config = checkpoint.config();
    this.graph = new GraphBuilder(ExternalFiles.root(checkpoint, form.quantized(), form.packed()));
    this.weights = new Weights(graph, checkpoint, form);
    this.linears = new LinearMaps(graph, weights, form.adapters());
    this.adapters = form.adapters();
    this.compute = form.compute();
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

  /** The batch rows that a lane serves. */
  public static String laneRows(int lane) {
    return "lane." + lane + ".rows";
  }

  /** The batch rows that a lane serves, one index each. */
  public static String lanePlaces(int lane) {
    return "lane." + lane + ".places";
  }

  /** A lane's adapter inputs of a linear map. */
  public static String laneIn(LinearModule module, int lane) {
    return module.name() + ".lora_in." + lane;
  }

  /** A lane's adapter outputs of a linear map. */
  public static String laneOut(LinearModule module, int lane) {
    return module.name() + ".lora_out." + lane;
  }

  /** What each row's output of a linear map is multiplied by. */
  public static String adapterScale(LinearModule module) {
    return module.name() + ".lora_scale";
  }

  /**
   * Builds the model.
   *
   * @return an ONNX model whose external data lies below {@link ExternalFiles#root}
   */
  public static byte[] build(Checkpoint checkpoint, GraphForm form) {
    return new DecoderGraph(checkpoint, form).whole(form.context());
  }

  private byte[] whole(int context) {
    inputs(context);
    int rotated = config.attention().rotated();
    Rope.Tables tables = config.rope().tables(context, rotated);
    rope(ROPE_COS, tables.cos(), context, rotated / 2);
    rope(ROPE_SIN, tables.sin(), context, rotated / 2);
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

  private void rope(String name, float[] table, int context, int pairs) {
    boolean wide = compute == DType.F32;
    graph.table(wide ? name : name + ".stored", table, context, pairs);
    if (!wide) {
      weights.widened(name + ".stored", DType.F32, name);
    }
  }

  private void inputs(int context) {
    graph.input(TOKENS, INT64, "B", "S");
    graph.input(PLACES, INT64, "B", "S");
    graph.input(LENGTHS, INT32, "B");
    graph.input(LONGEST, INT32);
    graph.input(POSITIONS, INT64, "P");
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String cache : List.of(key(layer), value(layer))) {
        graph.input(cache, compute.onnx(), "B", config.kvHeads(), "C", config.headDim());
        graph.output(present(cache), compute.onnx(), "B", config.kvHeads(), "C", config.headDim());
      }
    }
    switch (adapters.kind()) {
      case NONE -> {}
      case GATHERED -> gatheredInputs();
      case PLAIN_LANE -> laneInputs(0);
      case STAGED -> stagedInputs();
    }
  }

  private void gatheredInputs() {
    graph.input(ADAPTER_RANKS, INT64, "B", "R");
    for (LinearModule module : config.modules()) {
      graph.input(adapterIn(module), compute.onnx(), "ranks", module.in());
      graph.input(adapterOut(module), compute.onnx(), "ranks", module.out());
    }
  }

  private void stagedInputs() {
    graph.input(ADAPTED, BOOL);
    if (adapters.lanes() > 1) {
      graph.input(MIXED_WIDTHS, BOOL);
    }
    for (LinearModule module : config.modules()) {
      graph.input(adapterScale(module), FLOAT, "scaled " + module.index(), 1, "or 1");
    }
    for (int lane = 0; lane < adapters.lanes(); lane++) {
      laneInputs(lane);
    }
  }

  private void laneInputs(int lane) {
    graph.input(laneRows(lane), INT64, "n" + lane);
    graph.input(lanePlaces(lane), INT64, "n" + lane, 1);
    for (LinearModule module : config.modules()) {
      String own = module.index() + "." + lane;
      graph.input(laneIn(module, lane), FLOAT, "n" + own, "w" + own, module.in());
      graph.input(laneOut(module, lane), FLOAT, "n" + own, "w" + own, module.out());
    }
  }

  private String embed() {
    TensorRef embedding = weights.declare(ModelConfig.EMBEDDING);
    String gathered = "embedded.stored";
    graph.one("", "Gather", gathered, List.of(embedding.name(), TOKENS));
    return weights.widened(gathered, embedding.type(), "embedded");
  }

  private String attention(int layer, String input) {
    return config.attention() instanceof Attention.Latent latent
        ? new LatentAttention(graph, weights, linears, config, latent).attend(layer, input)
        : new GroupedAttention(
                graph, weights, linears, config, (Attention.Grouped) config.attention())
            .attend(layer, input);
  }

  private String feedForward(int layer, String input) {
    return config.feedForwards().get(layer) instanceof FeedForward.Experts experts
        ? new ExpertFeedForward(graph, weights, linears, config, experts).apply(layer, input)
        : new GatedFeedForward(graph, linears, config).dense(layer, input);
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
    String matrix = config.tied() ? ModelConfig.EMBEDDING : ModelConfig.OUTPUT;
    if (compute == DType.F32) {
      weights.product(LOGITS, wanted, matrix);
    } else {
      String narrow = weights.product("logits.narrow", wanted, matrix);
      graph.one("", "Cast", LOGITS, List.of(narrow), attribute("to", FLOAT));
    }
    graph.output(LOGITS, FLOAT, "B", "P", config.vocabulary());
  }
}
