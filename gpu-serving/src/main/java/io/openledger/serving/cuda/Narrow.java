package io.openledger.serving.cuda;

import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;

/**
 * Writes 32-bit floats in the type that a graph computes in; ties are rounded to even. {@link
 * ScatterKernel} does the same on a GPU.
 */
final class Narrow {

  private Narrow() {}

  /** In the buffer's order. */
  static void put(ByteBuffer target, DType type, float... values) {
    for (float value : values) {
      switch (type) {
        case F32 -> target.putFloat(value);
        case F16 -> target.putShort(half(value));
        case BF16 -> target.putShort(brain(value));
      }
    }
  }

  /** Binary32 to binary16 (the JDK has this from 20 on); too large becomes infinite. */
  static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    // 65520 is the first value that is rounded away from the largest half.
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Subnormal: a multiple of 2⁻²⁴. The sum is exact but for the rounding that is wanted.
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(0.5f));
    }
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }

  /** Binary32 to its upper half. */
  static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
