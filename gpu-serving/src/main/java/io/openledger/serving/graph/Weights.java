package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.TensorRef;
import java.util.List;

/** The checkpoint's tensors as initializers of a graph. */
final class Weights {

  private final GraphBuilder graph;
  private final Checkpoint checkpoint;
  private final DType compute;

  /**
   * @param compute the type that the graph computes in
   */
  Weights(GraphBuilder graph, Checkpoint checkpoint, DType compute) {
    this.graph = graph;
    this.checkpoint = checkpoint;
    this.compute = compute;
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

  /** A tensor as stored. */
  TensorRef declare(String name) {
    TensorRef tensor = tensor(name);
    graph.external(tensor);
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
