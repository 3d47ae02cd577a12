package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a token costs on disk, from the arithmetic of the layout and on disk. */
class SegmentHeaderTest {

  private static final long FULL = 1L << 26;

  private static SegmentHeader full(long symbols, int documentLength) {
    int documents = (int) (symbols / (documentLength + 1));
    return SegmentHeader.of(1, Hash256.ZERO, 65_535, documents, symbols - documents, 65_535);
  }

  @Test
  void fullSegmentsOfSixteenBitTokensTakeAtMostFivePointThreeBytesAToken() {
    for (int length : new int[] {500, 1000, 6000, 1 << 20}) {
      SegmentHeader header = full(FULL, length);
      assertThat(header.suffixBits()).isEqualTo(26);
      assertThat((double) header.fileLength() / header.tokens()).isLessThan(5.3);
    }
  }

  @Test
  void oneSymbolMoreWouldTakeABitMoreForEachToken() {
    assertThat(full(FULL + 1, 6000).suffixBits()).isEqualTo(27);
    assertThat((double) full(FULL + 1, 6000).fileLength() / FULL).isGreaterThan(5.3);
  }

  /** The same cap at a size that a test can write: documents count for what they add. */
  @Test
  void noSegmentGetsMoreSymbolsThanTheLargest(@TempDir Path directory) {
    int largest = 1 << 13;
    IndexFiles files = new IndexFiles(directory);
    Random random = new Random(1);
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(directory, Hash256.ZERO, 50, largest, Runnable::run)) {
      for (int batch = 0; batch < 40; batch++) {
        List<Document> documents = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
          int[] tokens = random.ints(1 + random.nextInt(40), 0, 50).toArray();
          documents.add(new Document(batch * 40L + i, tokens));
        }
        index.append(documents);
      }
      index.merge();
      long[] all = {0, 0};
      for (String name : list(files)) {
        SegmentHeader header = read(files, name);
        assertThat(header.textLength()).isLessThanOrEqualTo(largest);
        assertThat(header.suffixBits()).isLessThanOrEqualTo(13);
        all[0] += header.textLength();
        all[1]++;
      }
      assertThat(all[0]).isEqualTo(index.totalTokens() + 1600);
      assertThat(all[1]).as("and few of them").isLessThanOrEqualTo(all[0] / (largest / 2) + 1);
      int[] tooLong = new int[largest];
      assertThatThrownBy(() -> index.append(List.of(new Document(9999, tooLong))))
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining("1 to 8191");
    }
  }

  private static List<String> list(IndexFiles files) {
    try {
      return files.ours();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static SegmentHeader read(IndexFiles files, String name) {
    try {
      byte[] bytes = files.read(name, 1 << 24).orElseThrow();
      return SegmentHeader.decode(java.util.Arrays.copyOf(bytes, 256), bytes.length);
    } catch (java.io.IOException | CorruptFile e) {
      throw new IllegalStateException(e);
    }
  }
}
