package io.openledger.serving.quantize;

import java.nio.ByteBuffer;

/**
 * Quantises whole rows of a linear map. Plain loops over floats in a fixed order: the same weights
 * give the same bytes everywhere.
 */
final class BlockQuantizer {

  /** Quantiles of the normal distribution (bitsandbytes, {@code create_normal_map}). */
  private static final float[] NF4 = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f
  };

  /**
   * What the largest magnitude of a block of INT4 becomes, to be tried. Of normally distributed
   * weights the best of these loses 0.0066 of the squares; −8 alone loses 0.0073, and smallest and
   * largest with a zero point 0.0065 (0.0061 when searched like this, for one more input of the
   * operator and half a byte a block).
   */
  private static final float[] STEPS = {-8f, -7.5f, -8.5f, -7f};

  private BlockQuantizer() {}

  /**
   * Quantises.
   *
   * @param values {@code [rows, in]}, finite
   * @param codes receives {@link BlockFormat#codes}
   * @param scales receives {@link BlockFormat#scales} floats
   */
  static void quantize(
      BlockFormat format, float[] values, int rows, int in, ByteBuffer codes, ByteBuffer scales) {
    if (format == BlockFormat.NF4) {
      for (int from = 0; from < rows * in; from += format.block()) {
        nf4(values, from, Math.min(rows * in, from + format.block()), codes, scales);
      }
      return;
    }
    byte[] block = new byte[format.block()];
    for (int row = 0; row < rows; row++) {
      for (int from = row * in; from < (row + 1) * in; from += format.block()) {
        int to = Math.min((row + 1) * in, from + format.block());
        if (format == BlockFormat.INT8) {
          int8(values, from, to, block, scales);
          codes.put(block);
        } else {
          int4(values, from, to, block, scales);
          for (int i = 0; i < block.length; i += 2) {
            codes.put((byte) (block[i] | block[i + 1] << 4));
          }
        }
      }
    }
  }

  private static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      if (Math.abs(values[i]) > Math.abs(largest)) {
        largest = values[i];
      }
    }
    return largest;
  }

  private static void int8(float[] values, int from, int to, byte[] codes, ByteBuffer scales) {
    float scale = Math.abs(largest(values, from, to)) / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int i = 0; i < codes.length; i++) {
      int code = from + i < to ? Math.round(values[from + i] * inverse) : 0;
      codes[i] = (byte) (128 + Math.max(-127, Math.min(127, code)));
    }
    scales.putFloat(scale);
  }

  /** The step of the least squared error, each with the scale that is best for its codes. */
  private static void int4(float[] values, int from, int to, byte[] codes, ByteBuffer scales) {
    float largest = largest(values, from, to);
    float best = 0;
    float explained = 0;
    float inverse = 0;
    for (float step : STEPS) {
      float tried = largest == 0 ? 0 : step / largest;
      float product = 0;
      float squares = 0;
      for (int i = from; i < to; i++) {
        int code = nibble(values[i] * tried);
        product += values[i] * code;
        squares += code * code;
      }
      if (squares > 0 && product * (product / squares) > explained) {
        explained = product * (product / squares);
        best = product / squares;
        inverse = tried;
      }
    }
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (8 + (from + i < to ? nibble(values[from + i] * inverse) : 0));
    }
    scales.putFloat(best);
  }

  private static int nibble(float value) {
    return Math.max(-8, Math.min(7, (int) Math.floor(value + 0.5f)));
  }

  private static void nf4(float[] values, int from, int to, ByteBuffer codes, ByteBuffer scales) {
    float scale = Math.abs(largest(values, from, to));
    for (int i = from; i < to; i += 2) {
      int first = quantile(values[i], scale);
      int second = i + 1 < to ? quantile(values[i + 1], scale) : 0;
      codes.put((byte) (first << 4 | second));
    }
    scales.putFloat(scale);
  }

  /** The nearest quantile; of two equally near ones the lower, as bitsandbytes decides. */
  private static int quantile(float value, float scale) {
    float wanted = scale == 0 ? 0 : value / scale;
    int low = 0;
    int high = 15;
    while (low < high) {
      int middle = (low + high) / 2;
      if (wanted > (NF4[middle] + NF4[middle + 1]) / 2) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
