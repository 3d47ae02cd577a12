package io.openledger.serving.graph;

import io.openledger.serving.model.DType;
import io.openledger.serving.model.TensorRef;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

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
  static final int INT32 = 6;
  static final int INT64 = 7;
  static final int BOOL = 9;

  private static final int IR_VERSION = 10;
  private static final int OPSET = 21;

  private final Proto graph = new Proto();

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
    Proto proto = new Proto();
    tensor.shape().forEach(dimension -> proto.integer(1, dimension));
    proto.integer(2, tensor.type().onnx()).text(8, tensor.name());
    Map<String, String> where =
        Map.of(
            "location", String.valueOf(tensor.file().getFileName()),
            "offset", Long.toString(tensor.offset()),
            "length", Long.toString(tensor.bytes()));
    where.forEach((key, value) -> proto.message(13, new Proto().text(1, key).text(2, value)));
    graph.message(5, proto.integer(14, 1));
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
