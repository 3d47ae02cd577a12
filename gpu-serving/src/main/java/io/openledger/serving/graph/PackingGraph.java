package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.FLOAT;

import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.file.Path;
import java.util.TreeMap;

/** The products of a model and nothing else, so that a runtime that loads it packs its weights. */
public final class PackingGraph {

  private PackingGraph() {}

  /**
   * Builds it: an input {@code [1, in]} for each width, an output for each map.
   *
   * @param quantized maps, at least one
   * @return an ONNX model whose external data lies below {@link #root}
   */
  public static byte[] build(QuantizedWeights quantized) {
    GraphBuilder graph = new GraphBuilder(root(quantized));
    QuantizedProducts products = new QuantizedProducts(graph, PackedWeights.NONE);
    TreeMap<Integer, String> inputs = new TreeMap<>();
    for (QuantizedMap map : quantized.maps().values()) {
      String input = inputs.computeIfAbsent(map.in(), width -> "input." + width);
      String output = products.product(map.name() + ".product", input, map);
      graph.output(output, FLOAT, 1, map.out());
    }
    inputs.forEach((width, input) -> graph.input(input, FLOAT, 1, width));
    return graph.model();
  }

  /** The folder below which the maps lie. */
  public static Path root(QuantizedWeights quantized) {
    return ExternalFiles.root(quantized.maps().values().stream().map(QuantizedMap::file));
  }
}
