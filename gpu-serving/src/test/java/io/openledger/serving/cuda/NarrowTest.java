package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rounding to 16 bits, against the value that a wider type gives. */
class NarrowTest {

  /** The value of a half, by its definition. */
  private static double value(int bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double magnitude =
        exponent == 0
            ? fraction * 0x1p-24
            : exponent == 31
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : (1024 + fraction) * Math.pow(2, exponent - 25);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void keepsEveryHalf() {
    for (int bits = 0; bits < 65536; bits++) {
      double value = value(bits);
      if (!Double.isNaN(value)) {
        assertThat(Narrow.half((float) value) & 0xffff).as("%x", bits).isEqualTo(bits);
      }
    }
    assertThat(value(Narrow.half(Float.NaN) & 0xffff)).isNaN();
  }

  @Test
  void roundsToTheNearestHalfAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = value(bits);
      double high = value(bits + 1);
      float middle = (float) ((low + high) / 2);
      assertThat(Narrow.half(middle)).as("%x", bits).isEqualTo((short) (bits + (bits & 1)));
      assertThat(Narrow.half(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Narrow.half(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(Narrow.half(-Math.nextUp(middle))).isEqualTo((short) (bits + 1 | 0x8000));
    }
    assertThat(Narrow.half(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(Narrow.half(65520)).isEqualTo((short) 0x7c00);
    assertThat(Narrow.half(1e30f)).isEqualTo((short) 0x7c00);
  }

  @Test
  void roundsToTheNearestBrainFloatAndTiesToEven() {
    long seed = 20261125;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isNaN(value)) {
        assertThat(Float.intBitsToFloat(Narrow.brain(value) << 16)).isNaN();
        continue;
      }
      int bits = Float.floatToRawIntBits(value);
      int low = bits >>> 16;
      int rest = bits & 0xffff;
      int expected = rest > 0x8000 || rest == 0x8000 && (low & 1) == 1 ? low + 1 : low;
      assertThat(Narrow.brain(value)).as("seed %d, %x", seed, bits).isEqualTo((short) expected);
    }
  }

  @Test
  void writesWhatTheFileFormatHas() {
    ByteBuffer bytes = ByteBuffer.allocate(10);
    Narrow.put(bytes, DType.F32, 1.5f);
    Narrow.put(bytes, DType.F16, 1.5f, -2);
    Narrow.put(bytes, DType.BF16, 1.5f);
    bytes.flip();
    assertThat(bytes.getFloat()).isEqualTo(1.5f);
    assertThat(bytes.getShort()).isEqualTo((short) 0x3e00);
    assertThat(bytes.getShort()).isEqualTo((short) 0xc000);
    assertThat(bytes.getShort()).isEqualTo((short) 0x3fc0);
    assertThat(bytes.remaining()).isZero();
  }
}
