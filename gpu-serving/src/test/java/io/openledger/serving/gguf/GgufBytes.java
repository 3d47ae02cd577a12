package io.openledger.serving.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes GGUF files for tests, valid or not. */
final class GgufBytes {

  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int pairCount;
  private int tensorCount;
  private int version = 3;

  GgufBytes version(int stated) {
    version = stated;
    return this;
  }

  GgufBytes text(String key, String value) {
    key(key, 8);
    string(pairs, value);
    return this;
  }

  GgufBytes integer(String key, long value) {
    key(key, 4);
    pairs.writeBytes(number(4, value));
    return this;
  }

  GgufBytes real(String key, float value) {
    key(key, 6);
    pairs.writeBytes(number(4, Float.floatToRawIntBits(value)));
    return this;
  }

  /** A list of texts, as a tokenizer's. */
  GgufBytes texts(String key, List<String> values) {
    key(key, 9);
    pairs.writeBytes(number(4, 8));
    pairs.writeBytes(number(8, values.size()));
    values.forEach(value -> string(pairs, value));
    return this;
  }

  /** A list with any header. */
  GgufBytes list(String key, int type, long count) {
    key(key, 9);
    pairs.writeBytes(number(4, type));
    pairs.writeBytes(number(8, count));
    return this;
  }

  /** A tensor with a row-major shape, behind the last one. */
  GgufBytes tensor(String name, int type, long[] shape, byte[] content) {
    while (data.size() % ALIGNMENT != 0) {
      data.write(0);
    }
    return tensor(name, type, shape, data.size(), content);
  }

  /** A tensor that says it lies anywhere. */
  GgufBytes tensor(String name, int type, long[] shape, long offset, byte[] content) {
    tensorCount++;
    string(infos, name);
    infos.writeBytes(number(4, shape.length));
    for (int i = shape.length - 1; i >= 0; i--) {
      infos.writeBytes(number(8, shape[i]));
    }
    infos.writeBytes(number(4, type));
    infos.writeBytes(number(8, offset));
    data.writeBytes(content);
    return this;
  }

  byte[] bytes() {
    return bytes(tensorCount, pairCount);
  }

  byte[] bytes(long tensors, long keys) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(number(4, version));
    all.writeBytes(number(8, tensors));
    all.writeBytes(number(8, keys));
    all.writeBytes(pairs.toByteArray());
    all.writeBytes(infos.toByteArray());
    while (all.size() % ALIGNMENT != 0) {
      all.write(0);
    }
    all.writeBytes(data.toByteArray());
    return all.toByteArray();
  }

  private void key(String key, int type) {
    pairCount++;
    string(pairs, key);
    pairs.writeBytes(number(4, type));
  }

  private static void string(ByteArrayOutputStream out, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(number(8, bytes.length));
    out.writeBytes(bytes);
  }

  static byte[] number(int width, long value) {
    byte[] result = new byte[width];
    for (int i = 0; i < width; i++) {
      result[i] = (byte) (value >> 8 * i);
    }
    return result;
  }

  static byte[] floats(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
