package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Tensors over direct buffers: ONNX Runtime reads and writes the very memory that Java sees. */
final class Tensors {

  private Tensors() {}

  /** Zeros. */
  static FloatBuffer floats(long elements) {
    return direct(elements * Float.BYTES).asFloatBuffer();
  }

  static OnnxTensor of(OrtEnvironment environment, FloatBuffer data, long... shape)
      throws OrtException {
    return OnnxTensor.createTensor(environment, data, shape);
  }

  static OnnxTensor of(OrtEnvironment environment, long[] data, long... shape) throws OrtException {
    LongBuffer buffer = direct((long) data.length * Long.BYTES).asLongBuffer();
    return OnnxTensor.createTensor(environment, buffer.put(data).flip(), shape);
  }

  static OnnxTensor of(OrtEnvironment environment, int[] data, long... shape) throws OrtException {
    IntBuffer buffer = direct((long) data.length * Integer.BYTES).asIntBuffer();
    return OnnxTensor.createTensor(environment, buffer.put(data).flip(), shape);
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
