package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Attention;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import java.util.List;

/** Grouped-query attention, with normed heads and a sliding window where the family has them. */
final class GroupedAttention {

  private final GraphBuilder graph;
  private final Weights weights;
  private final LinearMaps linears;
  private final ModelConfig config;
  private final Attention.Grouped attention;

  GroupedAttention(
      GraphBuilder graph,
      Weights weights,
      LinearMaps linears,
      ModelConfig config,
      Attention.Grouped attention) {
    this.graph = graph;
    this.weights = weights;
    this.linears = linears;
    this.config = config;
    this.attention = attention;
  }

  /** From {@code [B, S, hidden]} to the same. */
  String attend(int layer, String input) {
    String name = "layer." + layer + ".attention";
    List<String> maps = linears.maps(MergedMaps.modules(config, layer), input);
    String query = maps.get(0);
    String keys = maps.get(1);
    String values = maps.get(2);
    if (attention.normed()) {
      // Apart from the attention operator, which takes these norms on GPUs only.
      query = normed(layer, query, Attention.Grouped.QUERY_NORM);
      keys = normed(layer, keys, Attention.Grouped.KEY_NORM);
    }
    int window = attention.windows().get(layer);
    graph.node(
        MICROSOFT,
        "GroupQueryAttention",
        List.of(
            rotated(query),
            rotated(keys),
            values,
            DecoderGraph.key(layer),
            DecoderGraph.value(layer),
            DecoderGraph.LENGTHS,
            DecoderGraph.LONGEST),
        List.of(
            name,
            DecoderGraph.present(DecoderGraph.key(layer)),
            DecoderGraph.present(DecoderGraph.value(layer))),
        attribute("num_heads", attention.heads()),
        attribute("kv_num_heads", attention.kvHeads()),
        attribute("local_window_size", window == 0 ? -1 : window));
    return linears.map(config.module(layer, Projection.O), name);
  }

  private String normed(int layer, String input, String norm) {
    String heads = graph.reshaped(input, input + ".heads", 0, 0, -1, attention.headDim());
    String normed =
        graph.one(
            "",
            "SimplifiedLayerNormalization",
            input + ".heads.normed",
            List.of(heads, weights.wide(ModelConfig.inLayer(layer, norm))),
            attribute("epsilon", config.epsilon()),
            attribute("axis", -1));
    return graph.reshaped(normed, input + ".normed", 0, 0, -1);
  }

  /** Apart from the attention operator, which rotates only heads of a multiple of 16. */
  private String rotated(String input) {
    return graph.one(
        MICROSOFT,
        "RotaryEmbedding",
        input + ".rotated",
        List.of(input, DecoderGraph.PLACES, DecoderGraph.ROPE_COS, DecoderGraph.ROPE_SIN));
  }
}
