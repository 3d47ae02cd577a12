package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed bits and the wavelet matrix over them, compared with plain arrays. */
class WaveletMatrixTest {

  @TempDir Path directory;

  private MappedBytes map(byte[] bytes) throws Exception {
    Path file = Files.createTempFile(directory, "bits", "");
    Files.write(file, bytes);
    // pieces of 64 bytes, so that values lie across their borders
    return MappedBytes.map(file, 6);
  }

  @Test
  void bitsOfEveryDensityAndSize() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try {
      int[] sizes = {0, 1, 62, 63, 64, 126, 127, 2015, 2016, 2017, 4032, 9_999};
      for (int size : sizes) {
        for (double density : new double[] {0, 0.01, 0.3, 0.5, 0.9, 1}) {
          BitSet plain = new BitSet();
          for (int i = 0; i < size; i++) {
            plain.set(i, random.nextDouble() < density);
          }
          long[] words = Arrays.copyOf(plain.toLongArray(), (size + 63) / 64);
          requireSame(CompressedBits.of(words, size), plain, size);
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private void requireSame(byte[] encoded, BitSet plain, int size) throws Exception {
    try (MappedBytes bytes = map(encoded)) {
      CompressedBits bits = new CompressedBits(bytes, 0, size);
      assertThat(bits.length()).isEqualTo(encoded.length);
      assertThat(bits.ones()).isEqualTo(plain.cardinality());
      long rank = 0;
      for (int i = 0; i < size; i++) {
        assertThat(bits.rank(i)).isEqualTo(rank);
        assertThat(bits.get(i)).isEqualTo(plain.get(i));
        rank += plain.get(i) ? 1 : 0;
      }
      assertThat(bits.rank(size)).isEqualTo(rank);
    }
  }

  @Test
  void symbolsOfEveryWidth() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try {
      for (int bits : new int[] {1, 2, 7, 16, 23}) {
        int size = 1 + random.nextInt(3_000);
        int[] symbols = random.ints(size, 0, 1 << bits).toArray();
        // a few symbols often, as words are
        Arrays.setAll(symbols, i -> random.nextInt(3) == 0 ? symbols[i] : symbols[i % 3]);
        byte[] encoded = WaveletMatrix.of(symbols, bits);
        try (MappedBytes bytes = map(encoded)) {
          WaveletMatrix matrix = new WaveletMatrix(bytes, 0, size, bits);
          assertThat(matrix.length()).isEqualTo(encoded.length);
          for (int i = 0; i < size; i++) {
            assertThat(matrix.get(i)).isEqualTo(symbols[i]);
          }
          for (int q = 0; q < 200; q++) {
            int symbol = q % 2 == 0 ? symbols[random.nextInt(size)] : random.nextInt(1 << bits);
            int to = random.nextInt(size + 1);
            int from = random.nextInt(to + 1);
            assertThat(matrix.ranks(symbol, from, to))
                .isEqualTo(new Ranks(count(symbols, symbol, from), count(symbols, symbol, to)));
          }
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static long count(int[] symbols, int symbol, int before) {
    return Arrays.stream(symbols, 0, before).filter(s -> s == symbol).count();
  }
}
