package io.openledger.serving.graph;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Initializers that lie packed on disk, as a kernel would pack them when it loads them. ONNX
 * Runtime packs once more and compares; where the result is the same it drops its own and maps the
 * file, so that several graphs over the same weights, and several processes, share one copy.
 *
 * @param tensors by the initializer's name
 */
public record PackedWeights(Map<String, Tensor> tensors) {

  /** None. */
  public static final PackedWeights NONE = new PackedWeights(Map.of());

  /** The runtime reads packed forms under this name and a number, from 0 on. */
  static final String ENTRY = "prepacked_";

  /**
   * One initializer.
   *
   * @param file in which it lies as it is and packed
   * @param at where its own bytes begin
   * @param bytes of its own
   * @param packed what the runtime reads of each packed form: the kernel and the hash of what it
   *     makes, and offset, length and a checksum of each part, as in {@code
   *     MatMulNBits+17|4096;602238;0}
   */
  public record Tensor(Path file, long at, long bytes, List<String> packed) {
    public Tensor {
      packed = List.copyOf(packed);
    }
  }

  public PackedWeights {
    tensors = Map.copyOf(tensors);
  }

  /** Whether nothing is packed. */
  public boolean isEmpty() {
    return tensors.isEmpty();
  }

  Optional<Tensor> of(String name) {
    return Optional.ofNullable(tensors.get(name));
  }
}
