package io.openledger.serving.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A decoder-only transformer: norm, attention, norm, feed-forward in each layer.
 *
 * @param family {@code model_type}
 * @param vocabulary rows of the embedding
 * @param hidden width of the residual stream
 * @param epsilon of the RMS norms
 * @param tied whether the output matrix is the embedding
 * @param rope positions
 * @param context prompt and answer together, in tokens
 * @param ends tokens that end an answer
 * @param attention of every layer
 * @param feedForwards one for each layer
 */
public record ModelConfig(
    String family,
    int vocabulary,
    int hidden,
    float epsilon,
    boolean tied,
    Rope rope,
    int context,
    Set<Integer> ends,
    Attention attention,
    List<FeedForward> feedForwards) {

  /** Token embeddings {@code [vocabulary, hidden]}. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** The last norm {@code [hidden]}. */
  public static final String FINAL_NORM = "model.norm.weight";

  /** The output matrix {@code [vocabulary, hidden]} of an untied model. */
  public static final String OUTPUT = "lm_head.weight";

  public ModelConfig {
    ends = Set.copyOf(ends);
    feedForwards = List.copyOf(feedForwards);
  }

  /** How many layers. */
  public int layers() {
    return feedForwards.size();
  }

  /** Heads of keys, and of values, in the KV cache. */
  public int kvHeads() {
    return attention.cacheHeads();
  }

  /** Width of a head in the KV cache. */
  public int headDim() {
    return attention.cacheWidth();
  }

  /** Width of a token's keys, and of its values, in the KV cache of a layer. */
  public int kvWidth() {
    return kvHeads() * headDim();
  }

  /** What a path below a layer is called in the checkpoint. */
  public static String inLayer(int layer, String path) {
    return "model.layers." + layer + "." + path;
  }

  /** The norm before attention. */
  public String attentionNorm(int layer) {
    return inLayer(layer, "input_layernorm.weight");
  }

  /** The norm before the feed-forward part. */
  public String feedForwardNorm(int layer) {
    return inLayer(layer, "post_attention_layernorm.weight");
  }

  /**
   * One linear map.
   *
   * @throws IllegalArgumentException when the layer has none of that kind
   */
  public LinearModule module(int layer, Projection projection) {
    String name = inLayer(layer, projection.path());
    return modules().stream()
        .filter(module -> module.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + name + " in " + family));
  }

  /** Every linear map that an adapter may change, by layer; routed experts are not among them. */
  public List<LinearModule> modules() {
    List<LinearModule> modules = new ArrayList<>();
    for (int layer = 0; layer < layers(); layer++) {
      List<LinearShape> linears = new ArrayList<>(attention.linears(hidden));
      linears.addAll(feedForwards.get(layer).linears(hidden));
      for (LinearShape linear : linears) {
        modules.add(
            new LinearModule(
                modules.size(),
                inLayer(layer, linear.projection().path()),
                linear.in(),
                linear.out(),
                linear.biased()));
      }
    }
    return modules;
  }

  /** The matrices of routed experts: linear maps, too, but none that an adapter may change. */
  public List<String> expertWeights() {
    List<String> names = new ArrayList<>();
    for (int layer = 0; layer < layers(); layer++) {
      if (feedForwards.get(layer) instanceof FeedForward.Experts experts) {
        for (int expert = 0; expert < experts.experts(); expert++) {
          for (String matrix : FeedForward.Experts.MATRICES) {
            names.add(inLayer(layer, FeedForward.Experts.weight(expert, matrix)));
          }
        }
      }
    }
    return names;
  }

  /** Every tensor that the checkpoint must have, with its shape. */
  public Map<String, List<Long>> tensors() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, List.of((long) vocabulary, (long) hidden));
    for (int layer = 0; layer < layers(); layer++) {
      int at = layer;
      shapes.put(attentionNorm(layer), List.of((long) hidden));
      shapes.put(feedForwardNorm(layer), List.of((long) hidden));
      attention
          .norms()
          .forEach((path, width) -> shapes.put(inLayer(at, path), List.of((long) width)));
      feedForwards
          .get(layer)
          .others(hidden)
          .forEach((path, shape) -> shapes.put(inLayer(at, path), shape));
    }
    for (LinearModule module : modules()) {
      shapes.put(module.weight(), List.of((long) module.out(), (long) module.in()));
      if (module.biased()) {
        shapes.put(module.bias(), List.of((long) module.out()));
      }
    }
    shapes.put(FINAL_NORM, List.of((long) hidden));
    if (!tied) {
      shapes.put(OUTPUT, List.of((long) vocabulary, (long) hidden));
    }
    return shapes;
  }
}
