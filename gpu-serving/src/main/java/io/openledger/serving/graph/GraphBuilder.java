package io.openledger.serving.graph;

import io.openledger.serving.model.DType;
import io.openledger.serving.model.TensorRef;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Builds an ONNX model. Field numbers are those of {@code onnx.proto}; values are named by their
 * producer.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 */
final class GraphBuilder {

  /** The operators of ONNX Runtime itself. */
  static final String MICROSOFT = "com.microsoft";

  static final int FLOAT = DType.F32.onnx();
  static final int UINT8 = 2;
  static final int INT32 = 6;
  static final int INT64 = 7;
  static final int BOOL = 9;

  private static final int IR_VERSION = 10;
  private static final int OPSET = 21;

  private final Proto graph = new Proto();
  private final Set<String> integers = new HashSet<>();
  private final Path root;

  /**
   * A model without nodes.
   *
   * @param root the folder from which files of external values are named
   */
  GraphBuilder(Path root) {
    this.root = root;
  }

  /** A branch of this model: no values of its own from outside. */
  GraphBuilder branch() {
    return new GraphBuilder(root);
  }

  /** An attribute of a node: integer, float, text or graph. */
  record Attribute(String name, Object value) {
    Proto write() {
      Proto proto = new Proto().text(1, name);
      if (value instanceof Float real) {
        return proto.real(2, real).integer(20, 1);
      }
      if (value instanceof String text) {
        return proto.text(4, text).integer(20, 3);
      }
      if (value instanceof GraphBuilder branch) {
        return proto.message(6, branch.graph.text(2, name)).integer(20, 5);
      }
      return proto.integer(3, ((Number) value).longValue()).integer(20, 2);
    }
  }

  static Attribute attribute(String name, Number value) {
    return new Attribute(name, value);
  }

  static Attribute attribute(String name, String value) {
    return new Attribute(name, value);
  }

  /** A branch of an {@code If}; it reads the values of the graph around it. */
  static Attribute attribute(String name, GraphBuilder branch) {
    return new Attribute(name, branch);
  }

  /** A node of any operator; an empty name stands for an absent input or output. */
  void node(
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Attribute... attributes) {
    Proto node = new Proto();
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    node.text(3, outputs.get(0)).text(4, operator);
    for (Attribute attribute : attributes) {
      node.message(5, attribute.write());
    }
    graph.message(1, node.text(7, domain));
  }

  /** A node with one output; returns its name. */
  String one(
      String domain, String operator, String output, List<String> inputs, Attribute... attributes) {
    node(domain, operator, inputs, List.of(output), attributes);
    return output;
  }

  /** Weights that stay in the checkpoint's file, as stored. */
  void external(TensorRef tensor) {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    external(
        tensor.name(), tensor.type().onnx(), tensor.file(), tensor.offset(), tensor.bytes(), shape);
  }

  /** Values that stay in a file, which is named from {@link #root} on. */
  void external(String name, int type, Path file, long offset, long bytes, long... shape) {
    external(name, type, new PackedWeights.Tensor(file, offset, bytes, List.of()), shape);
  }

  /** Values that stay in a file, which has them packed, too. */
  void external(String name, int type, PackedWeights.Tensor tensor, long... shape) {
    Proto proto = new Proto();
    for (long dimension : shape) {
      proto.integer(1, dimension);
    }
    proto.integer(2, type).text(8, name);
    Map<String, String> where = new LinkedHashMap<>();
    where.put("location", ExternalFiles.location(root, tensor.file()));
    where.put("offset", Long.toString(tensor.at()));
    where.put("length", Long.toString(tensor.bytes()));
    for (String packed : tensor.packed()) {
      where.put(PackedWeights.ENTRY + (where.size() - 3), packed);
    }
    where.forEach((key, value) -> proto.message(13, new Proto().text(1, key).text(2, value)));
    graph.message(5, proto.integer(14, 1));
  }

  /** Some 64-bit integers within the model. */
  String integers(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    Proto proto = new Proto().integer(1, values.length).integer(2, INT64);
    graph.message(5, proto.text(8, name).bytes(9, raw.array()));
    return name;
  }

  /** A table of floats within the model. */
  void table(String name, float[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    Proto proto = new Proto();
    for (long dimension : shape) {
      proto.integer(1, dimension);
    }
    graph.message(5, proto.integer(2, FLOAT).text(8, name).bytes(9, raw.array()));
  }

  /**
   * Integers within the model, for operators that take shapes and axes as inputs; made once for
   * each list. Returns their name.
   */
  String integers(long... values) {
    return integers(
        "integers." + Arrays.toString(values), new Proto().integer(1, values.length), values);
  }

  /** An integer without dimensions. */
  String integer(long value) {
    return integers("integer." + value, new Proto(), value);
  }

  private String integers(String name, Proto shaped, long... values) {
    if (integers.add(name)) {
      ByteBuffer raw =
          ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      raw.asLongBuffer().put(values);
      graph.message(5, shaped.integer(2, INT64).text(8, name).bytes(9, raw.array()));
    }
    return name;
  }

  /** The same values in another shape; 0 keeps a dimension, -1 takes what is left. */
  String reshaped(String input, String output, long... shape) {
    return one("", "Reshape", output, List.of(input, integers(shape)));
  }

  /** Parts of the last dimension, of these widths, named {@code input.0}, {@code input.1}, …. */
  List<String> split(String input, long... widths) {
    List<String> parts =
        IntStream.range(0, widths.length).mapToObj(part -> input + "." + part).toList();
    node("", "Split", List.of(input, integers(widths)), parts, attribute("axis", -1));
    return parts;
  }

  /**
   * The sum over a dimension, added up from first to last. ReduceSum takes other orders for one row
   * than for several: a token's sum would depend on its batch.
   */
  String summed(String input, int axis, int count) {
    List<String> parts =
        IntStream.range(0, count).mapToObj(part -> input + ".part." + part).toList();
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    node("", "Split", List.of(input, integers(ones)), parts, attribute("axis", axis));
    return one("", "Sum", input + ".sum", parts);
  }

  /** An input; dimensions are numbers or names. */
  void input(String name, int type, Object... dimensions) {
    graph.message(11, value(name, type, dimensions));
  }

  /** An output; dimensions are numbers or names. */
  void output(String name, int type, Object... dimensions) {
    graph.message(12, value(name, type, dimensions));
  }

  /** An output of a branch, whose type follows from its producer. */
  void yields(String name) {
    graph.message(12, new Proto().text(1, name));
  }

  private static Proto value(String name, int type, Object... dimensions) {
    Proto shape = new Proto();
    for (Object dimension : dimensions) {
      Proto one = new Proto();
      if (dimension instanceof String symbol) {
        one.text(2, symbol);
      } else {
        one.integer(1, ((Number) dimension).longValue());
      }
      shape.message(1, one);
    }
    Proto tensor = new Proto().integer(1, type).message(2, shape);
    return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
  }

  /** The whole model. */
  byte[] model() {
    return new Proto()
        .integer(1, IR_VERSION)
        .text(2, "openledger")
        .message(7, graph.text(2, "decoder"))
        .message(8, new Proto().text(1, "").integer(2, OPSET))
        .message(8, new Proto().text(1, MICROSOFT).integer(2, 1))
        .toBytes();
  }
}
