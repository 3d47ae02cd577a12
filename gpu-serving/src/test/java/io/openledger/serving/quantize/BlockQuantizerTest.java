package io.openledger.serving.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.serving.Fixtures;
import io.openledger.serving.TensorFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BlockQuantizerTest {

  private record Quantized(ByteBuffer codes, ByteBuffer scales) {}

  private static Quantized quantize(BlockFormat format, float[] values, int out, int in) {
    ByteBuffer codes = ByteBuffer.allocate((int) format.codes(out, in));
    ByteBuffer scales =
        ByteBuffer.allocate((int) format.scales(out, in) * 4).order(ByteOrder.LITTLE_ENDIAN);
    BlockQuantizer.quantize(format, values, out, in, codes, scales);
    assertThat(codes.hasRemaining()).isFalse();
    assertThat(scales.hasRemaining()).isFalse();
    return new Quantized(codes.flip(), scales.flip());
  }

  private static float[] normal(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * 0.03f;
    }
    return values;
  }

  private static double lost(BlockFormat format, float[] values, int out, int in) {
    Quantized quantized = quantize(format, values, out, in);
    float[] back = Dequantized.weights(format, out, in, quantized.codes(), quantized.scales());
    double error = 0;
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      error += Math.pow(values[i] - back[i], 2);
      squares += Math.pow(values[i], 2);
    }
    return error / squares;
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.0.self_attn.q_proj.weight, 64, 64",
    "model.layers.2.mlp.down_proj.weight, 64, 160"
  })
  void reproducesTheReferenceOfNormalQuantiles(String name, int out, int in) throws Exception {
    Path file = Fixtures.require("fixtures/training/nf4-sample.safetensors");
    TensorFile sample = TensorFile.read(file);
    byte[] expected = sample.bytes(name + ".codes");
    Quantized quantized = quantize(BlockFormat.NF4, sample.floats(name), out, in);
    float[] scales = new float[quantized.scales().remaining() / 4];
    quantized.scales().asFloatBuffer().get(scales);
    assertThat(scales).containsExactly(sample.floats(name + ".absmax"));
    for (int i = 0; i < expected.length; i++) {
      assertThat(quantized.codes().get(i / 2) >> (1 - i % 2) * 4 & 15).isEqualTo(expected[i]);
    }
  }

  /** Shares of the squares that are lost, of normally distributed weights. */
  @ParameterizedTest
  @CsvSource({"INT8, 0.00005", "INT4, 0.0070", "NF4, 0.0090"})
  void losesLittle(BlockFormat format, double most) {
    double lost = lost(format, normal(64 * 896, 5), 64, 896);
    System.out.println(format + " loses " + lost);
    assertThat(lost).isBetween(most / 3, most);
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  void keepsRowsOfAnyLengthApart(BlockFormat format) {
    for (int in : new int[] {1, 31, 32, 33, 48, 63, 65, 100}) {
      int out = format.wholeRows(in);
      float[] first = normal(out * in, in);
      float[] second = normal(out * in, in + 1);
      float[] both = new float[2 * out * in];
      System.arraycopy(first, 0, both, 0, first.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      Quantized alone = quantize(format, second, out, in);
      Quantized whole = quantize(format, both, 2 * out, in);
      assertThat(whole.codes().slice(alone.codes().limit(), alone.codes().limit()))
          .as("%d inputs", in)
          .isEqualTo(alone.codes());
      assertThat(whole.scales().slice(alone.scales().limit(), alone.scales().limit()))
          .isEqualTo(alone.scales());
    }
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  void keepsZerosAndSingleLargeWeights(BlockFormat format) {
    float[] values = new float[128];
    values[70] = -3;
    Quantized quantized = quantize(format, values, 1, 128);
    assertThat(Dequantized.weights(format, 1, 128, quantized.codes(), quantized.scales()))
        .containsExactly(values);
  }

  @Test
  void choosesABetterStepThanTheLargestMagnitudeAlone() {
    float[] values = normal(64 * 896, 6);
    double error = 0;
    double squares = 0;
    for (int block = 0; block < values.length; block += 32) {
      float largest = 0;
      for (int i = block; i < block + 32; i++) {
        largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
      }
      for (int i = block; i < block + 32; i++) {
        float scale = largest / -8;
        long code = Math.max(-8, Math.min(7, Math.round(values[i] / scale)));
        error += Math.pow(values[i] - code * scale, 2);
        squares += Math.pow(values[i], 2);
      }
    }
    System.out.println("largest magnitude alone loses " + error / squares);
    assertThat(lost(BlockFormat.INT4, values, 64, 896)).isLessThan(0.95 * error / squares);
  }
}
