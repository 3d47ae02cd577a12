package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The checkpoint's tensors as initializers of a graph. */
final class Weights {

  private final GraphBuilder graph;
  private final Checkpoint checkpoint;
  private final DType compute;

  private final QuantizedWeights quantized;
  private final PackedWeights packed;
  private final Set<String> declared = new HashSet<>();

  Weights(GraphBuilder graph, Checkpoint checkpoint, GraphForm form) {
    this.compute = form.compute();
    this.graph = graph;
    this.checkpoint = checkpoint;
    this.quantized = form.quantized();
    this.packed = form.packed();
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
        : new QuantizedProducts(graph, packed).product(output, input, map);
  }

  /** Whether maps are packed as one. */
  boolean merged(String name) {
    return packed.of(name + ".codes").isPresent();
  }

  /** The product with maps that are packed as one. */
  String mergedProduct(String output, String input, List<LinearModule> modules) {
    List<QuantizedMap> parts = new ArrayList<>();
    for (LinearModule module : modules) {
      parts.add(Objects.requireNonNull(quantized.maps().get(module.weight())));
    }
    MergedMaps.Merged merged = new MergedMaps.Merged(MergedMaps.name(modules), parts);
    return new QuantizedProducts(graph, packed)
        .product(output, input, merged.at(parts.get(0).file()));
  }

  /** A tensor in the type that is computed in. */
  String wide(String name) {
    return widened(declare(name).name(), tensor(name).type(), name + ".wide");
  }

  /**
   * A vector as a matrix of one row, in the type that is computed in. ONNX Runtime fuses a vector
   * that is added to a product into the product where it finds both, which in a graph with adapters
   * it does not: the same row would have other bits there.
   */
  String row(String name) {
    TensorRef tensor = tensor(name);
    String row = name + ".row";
    graph.external(
        row,
        tensor.type().onnx(),
        tensor.file(),
        tensor.offset(),
        tensor.bytes(),
        1,
        tensor.elements());
    return widened(row, tensor.type(), row + ".wide");
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
