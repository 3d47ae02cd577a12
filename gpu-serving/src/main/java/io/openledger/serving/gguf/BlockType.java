package io.openledger.serving.gguf;

import io.openledger.serving.model.TensorData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * How elements of a tensor are stored: in blocks of a scale and small integers, or each for itself.
 * Every value is a product of a binary16 and integers of at most 14 bits together: exact in 32
 * bits.
 */
enum BlockType {
  /** IEEE 754 binary32. */
  F32(0, 1, 4),
  /** IEEE 754 binary16. */
  F16(1, 1, 2),
  /** The upper half of a binary32. */
  BF16(30, 1, 2),
  /** A scale; 32 halves of bytes less 8, the lower ones first. */
  Q4_0(2, 32, 18),
  /** A scale; 32 bytes. */
  Q8_0(8, 32, 34),
  /** 256 times 6 bits less 32, a scale of 8 bits for each 16, one scale for all. */
  Q6_K(14, 256, 210);

  private final int code;
  private final int elements;
  private final int bytes;

  BlockType(int code, int elements, int bytes) {
    this.code = code;
    this.elements = elements;
    this.bytes = bytes;
  }

  static Optional<BlockType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** Elements of a block. */
  int elements() {
    return elements;
  }

  /** Bytes of a block. */
  int bytes() {
    return bytes;
  }

  /** Whether elements stand each for itself, as safetensors keep them too. */
  boolean plain() {
    return elements == 1;
  }

  /**
   * Reads whole blocks.
   *
   * @param from little-endian, read from its position to its limit
   * @param into as many values as the blocks have
   */
  void read(ByteBuffer from, float[] into) {
    for (int at = 0; from.hasRemaining(); at += elements) {
      switch (this) {
        case F32 -> into[at] = from.getFloat();
        case F16 -> into[at] = TensorData.half(from.getShort());
        case BF16 -> into[at] = Float.intBitsToFloat(from.getShort() << 16);
        case Q4_0 -> halves(from, into, at);
        case Q8_0 -> bytes(from, into, at);
        case Q6_K -> sixes(from, into, at);
      }
    }
  }

  private static void halves(ByteBuffer from, float[] into, int at) {
    float scale = TensorData.half(from.getShort());
    for (int i = 0; i < 16; i++) {
      int both = from.get() & 0xff;
      into[at + i] = scale * ((both & 0xf) - 8);
      into[at + 16 + i] = scale * ((both >> 4) - 8);
    }
  }

  private static void bytes(ByteBuffer from, float[] into, int at) {
    float scale = TensorData.half(from.getShort());
    for (int i = 0; i < 32; i++) {
      into[at + i] = scale * from.get();
    }
  }

  /** 128 bytes of lower halves, 64 of upper quarters, 16 scales, the scale of all. */
  private static void sixes(ByteBuffer from, float[] into, int at) {
    int start = from.position();
    float all = TensorData.half(from.getShort(start + 208));
    for (int i = 0; i < 256; i++) {
      int part = i / 128;
      int within = i % 128;
      int low = from.get(start + 64 * part + within % 64) >> (within < 64 ? 0 : 4) & 0xf;
      int high = from.get(start + 128 + 32 * part + within % 32) >> 2 * (within / 32) & 3;
      into[at + i] = all * from.get(start + 192 + i / 16) * ((low | high << 4) - 32);
    }
    from.position(start + 210);
  }
}
