package io.openledger.serving.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;

/** Reads tensors into 32-bit floats; exact for every {@link DType}. */
public final class TensorData {

  private static final int PIECE = 1 << 12;

  private TensorData() {}

  /**
   * All elements of a tensor, row-major. For tensors of adapters and of tests: at most 2³¹ bytes.
   *
   * @throws IOException also when the file became shorter
   */
  public static float[] read(TensorRef tensor) throws IOException {
    return read(tensor, 0, Math.toIntExact(tensor.elements()));
  }

  /**
   * Some elements of a tensor, row-major.
   *
   * @param first counted from the tensor's first
   * @param count at most 2³¹ bytes of them
   * @throws IOException also when the file became shorter
   */
  public static float[] read(TensorRef tensor, long first, int count) throws IOException {
    int width = tensor.type().bytes();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, width));
    long start = tensor.offset() + first * width;
    try (FileChannel channel = FileChannel.open(tensor.file())) {
      FileBytes.fill(channel, bytes, start);
    }
    return floats(bytes.flip().order(ByteOrder.LITTLE_ENDIAN), tensor.type());
  }

  /**
   * All elements of a tensor of a file that was read already.
   *
   * @param content the whole file
   */
  public static float[] read(TensorRef tensor, byte[] content) {
    int from = Math.toIntExact(tensor.offset());
    return floats(
        ByteBuffer.wrap(content, from, Math.toIntExact(tensor.bytes()))
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN),
        tensor.type());
  }

  /**
   * So many bytes in 32 bits.
   *
   * @param bytes little-endian, whole elements
   */
  public static float[] widened(ByteBuffer bytes, DType type) {
    return floats(bytes.order(ByteOrder.LITTLE_ENDIAN), type);
  }

  private static float[] floats(ByteBuffer bytes, DType type) {
    float[] values = new float[bytes.remaining() / type.bytes()];
    if (type == DType.F32) {
      FloatBuffer source = bytes.asFloatBuffer();
      source.get(values);
      return values;
    }
    // In pieces that stay in the cache: a view is slow to ask for one element.
    ShortBuffer source = bytes.asShortBuffer();
    short[] piece = new short[Math.min(values.length, PIECE)];
    for (int from = 0; from < values.length; from += piece.length) {
      int count = Math.min(piece.length, values.length - from);
      source.get(piece, 0, count);
      if (type == DType.BF16) {
        for (int i = 0; i < count; i++) {
          values[from + i] = Float.intBitsToFloat(piece[i] << 16);
        }
      } else {
        for (int i = 0; i < count; i++) {
          values[from + i] = half(piece[i]);
        }
      }
    }
    return values;
  }

  /** IEEE 754 binary16 to binary32 (the JDK has this from 20 on). */
  public static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      // Subnormal: fraction · 2⁻²⁴, exact in a float.
      return (sign == 0 ? 1 : -1) * fraction * 0x1p-24f;
    }
    int rebiased = exponent == 31 ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | rebiased << 23 | fraction << 13);
  }
}
