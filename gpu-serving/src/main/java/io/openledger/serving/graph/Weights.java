package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The checkpoint's tensors as initializers of a graph. */
final class Weights {

  private final GraphBuilder graph;
  private final Checkpoint checkpoint;
  private final DType compute;

  private final QuantizedWeights quantized;
  private final Set<String> declared = new HashSet<>();

  /**
   * @param compute the type that the graph computes in
   */
  Weights(GraphBuilder graph, Checkpoint checkpoint, QuantizedWeights quantized, DType compute) {
    this.compute = compute;
    this.graph = graph;
    this.checkpoint = checkpoint;
    this.quantized = quantized;
  }

  /**
   * {@code input · weightᵀ}, with the weight {@code [out, in]} as stored or quantised.
   *
   * <p>Called once for a weight: it is declared here.
   */
  String product(String output, String input, String weight) {
    QuantizedMap map = quantized.maps().get(weight);
    return map == null
        ? graph.one(
            MICROSOFT, "FusedMatMul", output, List.of(input, wide(weight)), attribute("transB", 1))
        : new QuantizedProducts(graph).product(output, input, map);
  }

  /** A tensor in the type that is computed in. */
  String wide(String name) {
    return widened(declare(name).name(), tensor(name).type(), name + ".wide");
  }

  /** Any value in the type that is computed in. */
  String widened(String name, DType type, String wide) {
    return type == compute
        ? name
        : graph.one("", "Cast", wide, List.of(name), attribute("to", compute.onnx()));
  }

  /** A tensor as stored; a tied output matrix is declared already. */
  TensorRef declare(String name) {
    TensorRef tensor = tensor(name);
    if (declared.add(name)) {
      graph.external(tensor);
    }
    return tensor;
  }

  TensorRef tensor(String name) {
    TensorRef tensor = checkpoint.tensors().get(name);
    if (tensor == null) {
      throw new IllegalStateException("the checkpoint was opened without " + name);
    }
    return tensor;
  }
}
