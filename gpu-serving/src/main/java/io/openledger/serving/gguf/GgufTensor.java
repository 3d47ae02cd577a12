package io.openledger.serving.gguf;

import java.util.List;

/**
 * Where a tensor lies.
 *
 * @param name as the file spells it
 * @param type of its elements
 * @param shape row-major: {@code [out, in]} for a matrix, the other way round than in the file
 * @param offset of its first byte in the file
 * @param bytes how many it has
 */
record GgufTensor(String name, BlockType type, List<Long> shape, long offset, long bytes) {

  GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Elements of the innermost dimension. */
  long width() {
    return shape.get(shape.size() - 1);
  }

  /** How many rows of that width. */
  long rows() {
    return bytes / rowBytes();
  }

  long rowBytes() {
    return width() / type.elements() * type.bytes();
  }
}
