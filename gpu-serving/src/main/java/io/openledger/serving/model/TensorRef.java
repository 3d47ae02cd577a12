package io.openledger.serving.model;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a tensor lies.
 *
 * @param name as the file spells it
 * @param file the safetensors file
 * @param type of its elements
 * @param shape row-major
 * @param offset of its first byte in the file
 * @param bytes how many it has: the product of the shape times the element's size
 */
public record TensorRef(
    String name, Path file, DType type, List<Long> shape, long offset, long bytes) {

  public TensorRef {
    shape = List.copyOf(shape);
  }

  /** How many elements. */
  public long elements() {
    return bytes / type.bytes();
  }
}
