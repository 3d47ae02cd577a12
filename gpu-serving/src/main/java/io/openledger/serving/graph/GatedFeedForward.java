package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import java.util.List;

/** {@code down(silu(gate(x)) · up(x))}. */
final class GatedFeedForward {

  private final GraphBuilder graph;
  private final LinearMaps linears;
  private final ModelConfig config;

  GatedFeedForward(GraphBuilder graph, LinearMaps linears, ModelConfig config) {
    this.graph = graph;
    this.linears = linears;
    this.config = config;
  }

  /** The feed-forward part of a dense layer. */
  String dense(int layer, String input) {
    return apply(layer, input, Projection.GATE, Projection.UP, Projection.DOWN, "feed_forward");
  }

  /** The experts that all tokens of a layer share. */
  String shared(int layer, String input) {
    return apply(
        layer,
        input,
        Projection.SHARED_GATE,
        Projection.SHARED_UP,
        Projection.SHARED_DOWN,
        "shared_experts");
  }

  private String apply(
      int layer, String input, Projection gate, Projection up, Projection down, String part) {
    String name = "layer." + layer + "." + part;
    String gated =
        gated(
            graph,
            name,
            linears.map(config.module(layer, gate), input),
            linears.map(config.module(layer, up), input));
    return linears.map(config.module(layer, down), gated);
  }

  /** {@code silu(gate) · up}. */
  static String gated(GraphBuilder graph, String name, String gate, String up) {
    // QuickGelu(x) = x · sigmoid(alpha · x): with alpha 1 it is SiLU, in one kernel.
    String active =
        graph.one(MICROSOFT, "QuickGelu", name + ".silu", List.of(gate), attribute("alpha", 1.0f));
    return graph.one("", "Mul", name + ".gated", List.of(active, up));
  }
}
