package io.openledger.serving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The file for other programs. */
class GgufTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "0, 0000",
    "1, 3c00",
    "-2, c000",
    "65504, 7bff",
    "65520, 7c00",
    "1e-7, 0002",
    "6.1035156e-5, 0400",
    "0.1, 2e66",
    "1.0009765625, 3c01",
    "1.00048828125, 3c00",
    "1.00146484375, 3c02"
  })
  void roundsToHalfPrecisionToTheNearestEven(float value, String bits) {
    assertThat(String.format("%04x", Gguf.half(value))).isEqualTo(bits);
  }

  @ParameterizedTest
  @EnumSource(Gguf.Format.class)
  void hasAsManyBytesAsItsTensorsNeed(Gguf.Format format) throws Exception {
    Shape tiny = Shape.named("tiny");
    MadeModel.write(folder, tiny, 1, 1 << 30);
    Path file = folder.resolve("x.gguf");
    long[] told = new long[1];
    Gguf.write(folder, file, format, bytes -> told[0] += bytes);
    long vectors = (2L * tiny.layers() + 1) * tiny.hidden();
    long matrices = tiny.storedBytes() / 2 - vectors;
    assertThat(told[0]).isEqualTo(4 * vectors + format.bytes(matrices));
    ByteBuffer head = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(head.getInt(0)).isEqualTo(0x46554747);
    assertThat(head.getInt(4)).isEqualTo(3);
    assertThat(head.getLong(8)).isEqualTo(tiny.tensors().size());
    assertThat(Files.size(file)).isGreaterThan(told[0]);
  }

  @Test
  void splitsLargeWeightsOverFilesThatOpenAsOne() throws Exception {
    Shape tiny = Shape.named("tiny");
    MadeModel.write(folder, tiny, 1, 100_000);
    assertThat(folder.resolve("model.safetensors.index.json")).exists();
    assertThat(folder.resolve("model.safetensors")).doesNotExist();
    assertThat(io.openledger.serving.model.Checkpoint.open(folder).weightBytes())
        .isEqualTo(tiny.storedBytes());
  }
}
