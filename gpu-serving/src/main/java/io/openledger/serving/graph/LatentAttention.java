package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Attention;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import java.util.List;

/**
 * Multi-head latent attention by the grouped-query operator: each head's key is its own part of the
 * latent vector's map beside the one rotated key, and whichever of keys and values is narrower is
 * filled up with zeros, which change no sum.
 */
final class LatentAttention {

  private final GraphBuilder graph;
  private final Weights weights;
  private final LinearMaps linears;
  private final ModelConfig config;
  private final Attention.Latent attention;

  LatentAttention(
      GraphBuilder graph,
      Weights weights,
      LinearMaps linears,
      ModelConfig config,
      Attention.Latent attention) {
    this.graph = graph;
    this.weights = weights;
    this.linears = linears;
    this.config = config;
    this.attention = attention;
  }

  /** From {@code [B, S, hidden]} to the same. */
  String attend(int layer, String input) {
    String name = "layer." + layer + ".attention";
    int heads = attention.heads();
    int width = attention.cacheWidth();
    List<String> down =
        graph.split(
            linears.map(config.module(layer, Projection.KV_A), input),
            attention.kvRank(),
            attention.rotated());
    String latent = normed(layer, down.get(0), Attention.Latent.KV_NORM);
    String up = linears.map(config.module(layer, Projection.KV_B), latent);
    List<String> own =
        graph.split(
            graph.reshaped(
                up, up + ".heads", 0, 0, heads, attention.plain() + attention.valueDim()),
            attention.plain(),
            attention.valueDim());
    String shared = graph.reshaped(rotated(down.get(1)), name + ".shared", 0, 0, 1, -1);
    String everywhere =
        graph.one(
            "", "Expand", name + ".everywhere", List.of(shared, graph.integers(1, 1, heads, 1)));
    String keys = padded(joined(own.get(0), everywhere, name + ".keys"), attention.queryDim());
    String values = padded(own.get(1), attention.valueDim());
    String queries = padded(queries(layer, input, name), attention.queryDim());
    graph.node(
        MICROSOFT,
        "GroupQueryAttention",
        List.of(
            graph.reshaped(queries, name + ".query", 0, 0, -1),
            graph.reshaped(keys, name + ".key", 0, 0, -1),
            graph.reshaped(values, name + ".value", 0, 0, -1),
            DecoderGraph.key(layer),
            DecoderGraph.value(layer),
            DecoderGraph.LENGTHS,
            DecoderGraph.LONGEST),
        List.of(
            name,
            DecoderGraph.present(DecoderGraph.key(layer)),
            DecoderGraph.present(DecoderGraph.value(layer))),
        attribute("num_heads", heads),
        attribute("kv_num_heads", heads),
        attribute("scale", attention.scale()));
    return linears.map(config.module(layer, Projection.O), cut(name, width));
  }

  /** {@code [B, S, heads, queryDim]}. */
  private String queries(int layer, String input, String name) {
    String query;
    if (attention.queryRank() == 0) {
      query = linears.map(config.module(layer, Projection.Q), input);
    } else {
      String down = linears.map(config.module(layer, Projection.Q_A), input);
      query =
          linears.map(
              config.module(layer, Projection.Q_B),
              normed(layer, down, Attention.Latent.QUERY_NORM));
    }
    List<String> parts =
        graph.split(
            graph.reshaped(query, query + ".heads", 0, 0, attention.heads(), attention.queryDim()),
            attention.plain(),
            attention.rotated());
    String flat = graph.reshaped(parts.get(1), parts.get(1) + ".flat", 0, 0, -1);
    String turned =
        graph.reshaped(
            rotated(flat), flat + ".heads", 0, 0, attention.heads(), attention.rotated());
    return joined(parts.get(0), turned, name + ".queries");
  }

  private String normed(int layer, String input, String norm) {
    return graph.one(
        "",
        "SimplifiedLayerNormalization",
        input + ".normed",
        List.of(input, weights.wide(ModelConfig.inLayer(layer, norm))),
        attribute("epsilon", Attention.Latent.EPSILON),
        attribute("axis", -1));
  }

  /**
   * Neighbours are rotated where they lie. The reference sorts them into halves first, in queries
   * and keys alike, which changes no product of the two.
   */
  private String rotated(String input) {
    return graph.one(
        MICROSOFT,
        "RotaryEmbedding",
        input + ".rotated",
        List.of(input, DecoderGraph.PLACES, DecoderGraph.ROPE_COS, DecoderGraph.ROPE_SIN),
        attribute("interleaved", attention.interleaved() ? 1 : 0));
  }

  private String joined(String left, String right, String name) {
    return graph.one("", "Concat", name, List.of(left, right), attribute("axis", -1));
  }

  /** {@code [B, S, heads, width]} filled up to the cache's width. */
  private String padded(String input, int width) {
    int missing = attention.cacheWidth() - width;
    return missing == 0
        ? input
        : graph.one(
            "",
            "Pad",
            input + ".padded",
            List.of(input, graph.integers(0, 0, 0, 0, 0, 0, 0, missing)));
  }

  private String cut(String input, int width) {
    if (width == attention.valueDim()) {
      return input;
    }
    List<String> parts =
        graph.split(
            graph.reshaped(input, input + ".heads", 0, 0, attention.heads(), width),
            attention.valueDim(),
            width - attention.valueDim());
    return graph.reshaped(parts.get(0), input + ".cut", 0, 0, -1);
  }
}
