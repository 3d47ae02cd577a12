package io.openledger.serving.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A decoder-only transformer with grouped-query attention and a gated feed-forward part.
 *
 * @param family {@code model_type}
 * @param vocabulary rows of the embedding
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward part
 * @param layers how many
 * @param heads of the queries
 * @param kvHeads of keys and values; divides {@code heads}
 * @param headDim width of a head, even
 * @param epsilon of the RMS norms
 * @param tied whether the output matrix is the embedding
 * @param rope positions
 * @param context prompt and answer together, in tokens
 * @param ends tokens that end an answer
 */
public record ModelConfig(
    String family,
    int vocabulary,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    float epsilon,
    boolean tied,
    Rope rope,
    int context,
    Set<Integer> ends) {

  /** Token embeddings {@code [vocabulary, hidden]}. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** The last norm {@code [hidden]}. */
  public static final String FINAL_NORM = "model.norm.weight";

  /** The output matrix {@code [vocabulary, hidden]} of an untied model. */
  public static final String OUTPUT = "lm_head.weight";

  public ModelConfig {
    ends = Set.copyOf(ends);
  }

  /** Width of all query heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Width of all key heads, and of all value heads. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** The norm before attention. */
  public String attentionNorm(int layer) {
    return "model.layers." + layer + ".input_layernorm.weight";
  }

  /** The norm before the feed-forward part. */
  public String feedForwardNorm(int layer) {
    return "model.layers." + layer + ".post_attention_layernorm.weight";
  }

  /** One linear map. */
  public LinearModule module(int layer, Projection projection) {
    int in =
        switch (projection) {
          case O -> queryWidth();
          case DOWN -> intermediate;
          default -> hidden;
        };
    int out =
        switch (projection) {
          case Q -> queryWidth();
          case K, V -> kvWidth();
          case GATE, UP -> intermediate;
          default -> hidden;
        };
    return new LinearModule(
        layer * Projection.values().length + projection.ordinal(),
        "model.layers." + layer + "." + projection.path(),
        in,
        out);
  }

  /** Every linear map that an adapter may change, by layer and {@link Projection}. */
  public List<LinearModule> modules() {
    List<LinearModule> modules = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (Projection projection : Projection.values()) {
        modules.add(module(layer, projection));
      }
    }
    return modules;
  }

  /** Every tensor that the checkpoint must have, with its shape. */
  public Map<String, List<Long>> tensors() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, List.of((long) vocabulary, (long) hidden));
    for (int layer = 0; layer < layers; layer++) {
      shapes.put(attentionNorm(layer), List.of((long) hidden));
      shapes.put(feedForwardNorm(layer), List.of((long) hidden));
    }
    for (LinearModule module : modules()) {
      shapes.put(module.weight(), List.of((long) module.out(), (long) module.in()));
    }
    shapes.put(FINAL_NORM, List.of((long) hidden));
    if (!tied) {
      shapes.put(OUTPUT, List.of((long) vocabulary, (long) hidden));
    }
    return shapes;
  }
}
