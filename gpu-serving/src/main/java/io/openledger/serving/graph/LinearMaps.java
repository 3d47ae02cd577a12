package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.LinearModule;
import java.util.List;

/** The linear maps of a decoder: the base model's weights and what adapters change. */
final class LinearMaps {

  private final GraphBuilder graph;
  private final Weights weights;

  LinearMaps(GraphBuilder graph, Weights weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** A linear map that no adapter changes: routers and experts. */
  String fixed(String weight, String input) {
    return product(weight + ".map", input, weights.wide(weight));
  }

  /**
   * W x + b, and what adapters make of W x: the bias comes last, because what scales an adapted map
   * (DoRA) does not scale it.
   */
  String map(LinearModule module, String input) {
    String product = adapted(module, input);
    return module.biased()
        ? graph.one(
            "", "Add", module.name() + ".biased", List.of(product, weights.wide(module.bias())))
        : product;
  }

  /** W x + B (A x), with the adapter's A and B gathered for each row of the batch. */
  private String adapted(LinearModule module, String input) {
    String name = module.name();
    String base = weights.product(name + ".base", input, module.weight());
    String in =
        graph.one(
            "",
            "Gather",
            name + ".a",
            List.of(DecoderGraph.adapterIn(module), DecoderGraph.ADAPTER_RANKS));
    String out =
        graph.one(
            "",
            "Gather",
            name + ".b",
            List.of(DecoderGraph.adapterOut(module), DecoderGraph.ADAPTER_RANKS));
    String low = product(name + ".low", input, in);
    String change = graph.one("", "MatMul", name + ".change", List.of(low, out));
    return graph.one("", "Add", name + ".sum", List.of(base, change));
  }

  /** {@code left · rightᵀ}: checkpoints keep matrices as {@code [out, in]}. */
  String product(String name, String left, String right) {
    return graph.one(MICROSOFT, "FusedMatMul", name, List.of(left, right), attribute("transB", 1));
  }
}
