package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Erasure;
import io.openledger.api.spi.SpanIndex.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Erasing is retracting, purging that and nothing else, and looking whether it is so. */
class EraseTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("erase");

  @TempDir Path directory;

  private SegmentedSpanIndex open(int vocabulary) {
    // nobody merges, so that each append stays a segment
    return SegmentedSpanIndex.open(directory, TOKENIZER, vocabulary, 1 << 20, task -> {});
  }

  private static int[] tokens(long sequence, int vocabulary) {
    return new Random(sequence).ints(300, 0, vocabulary).toArray();
  }

  private static Document document(long sequence, int vocabulary) {
    return new Document(sequence, tokens(sequence, vocabulary));
  }

  private static int[] reversed(int[] tokens) {
    return IntStream.range(0, tokens.length).map(i -> tokens[tokens.length - 1 - i]).toArray();
  }

  /** What the search that erasure uses finds of a document now: the search itself is tested. */
  private boolean standsInAnyFile(int[] tokens, int vocabulary) throws IOException {
    StretchSearch search = new StretchSearch(vocabulary);
    for (int i = 0; i + 8 <= tokens.length; i++) {
      int[] stretch = Arrays.copyOfRange(tokens, i, i + 8);
      search.add(stretch);
      search.add(reversed(stretch));
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (search.in(file).found()) {
          return true;
        }
      }
    }
    return false;
  }

  @ParameterizedTest(name = "vocabulary {0}")
  @ValueSource(ints = {60_000, 70_000})
  void rewritesWhatHoldsTheDocumentsAndNothingElse(int vocabulary) throws IOException {
    try (SegmentedSpanIndex index = open(vocabulary)) {
      for (long s = 1; s <= 9; s += 3) {
        index.append(
            List.of(
                document(s, vocabulary), document(s + 1, vocabulary), document(s + 2, vocabulary)));
      }
      index.retract(9);
      assertThat(standsInAnyFile(tokens(2, vocabulary), vocabulary)).isTrue();
      Erasure erasure = index.erase(5, 2, 77);
      assertThat(erasure.erased()).containsExactly(2L, 5L);
      assertThat(erasure.purge().removed())
          .extracting(StoredFile::name)
          .containsExactly(IndexFiles.segmentName(1), IndexFiles.segmentName(2));
      assertThat(erasure.purge().written()).hasSize(2);
      assertThat(erasure.stretches()).isEqualTo(2 * (300 / 8));
      assertThat(erasure.complete()).isTrue();
      assertThat(erasure.searched()).hasSize(5);
      for (StoredFile file : erasure.searched()) {
        byte[] bytes = Files.readAllBytes(directory.resolve(file.name()));
        assertThat(Digests.sha256().digest(bytes)).isEqualTo(file.digest().toBytes());
      }
      assertThat(standsInAnyFile(tokens(2, vocabulary), vocabulary)).isFalse();
      assertThat(standsInAnyFile(tokens(5, vocabulary), vocabulary)).isFalse();
      assertThat(standsInAnyFile(tokens(9, vocabulary), vocabulary))
          .as("retracted, and nobody asked to erase it")
          .isTrue();
      assertThat(index.documents()).containsExactly(1, 3, 4, 6, 7, 8);
      assertThat(index.erase(2).erased()).as("gone already").isEmpty();
      assertThat(index.erase(9).erased()).as("retracted before").containsExactly(9L);
      assertThat(standsInAnyFile(tokens(9, vocabulary), vocabulary)).isFalse();
    }
    try (SegmentedSpanIndex again = open(vocabulary)) {
      assertThat(again.documents()).containsExactly(1, 3, 4, 6, 7, 8);
      assertThat(again.state().retracted()).isZero();
    }
  }

  @Test
  void takesAnEarlierVersionOfTheSameTextAlong() throws IOException {
    try (SegmentedSpanIndex index = open(60_000)) {
      index.append(List.of(new Document(1, tokens(1, 60_000)), document(2, 60_000)));
      int[] corrected = tokens(1, 60_000);
      corrected[100]++;
      index.supersede(1, new Document(3, corrected));
      Erasure erasure = index.erase(3);
      assertThat(erasure.complete()).isTrue();
      assertThat(erasure.purge().removed()).hasSize(2);
      assertThat(standsInAnyFile(corrected, 60_000)).isFalse();
      assertThat(index.documents()).containsExactly(2);
    }
  }

  /** Documents lie reversed: who says the words backwards has them on disk as they were. */
  @Test
  void isNotMisledByWhoSaysItBackwards() {
    try (SegmentedSpanIndex index = open(60_000)) {
      index.append(List.of(document(1, 60_000), new Document(2, reversed(tokens(1, 60_000)))));
      Erasure erasure = index.erase(1);
      assertThat(erasure.stretches()).isEqualTo(300 / 8);
      assertThat(erasure.complete()).isTrue();
      assertThat(index.documents()).containsExactly(2);
    }
  }

  @Test
  void doesNotLookForWhatOthersSayToo() {
    try (SegmentedSpanIndex index = open(60_000)) {
      index.append(List.of(document(1, 60_000)));
      index.append(List.of(new Document(2, tokens(1, 60_000))));
      Erasure erasure = index.erase(1);
      assertThat(erasure.stretches()).isZero();
      assertThat(erasure.complete()).isTrue();
      assertThat(index.documents()).containsExactly(2);
    }
  }

  @Test
  void namesWhatAReaderHoldsAndFindsTheTextThere() {
    try (SegmentedSpanIndex index = open(60_000)) {
      index.append(List.of(document(1, 60_000)));
      try (SpanView reader = index.view()) {
        Erasure erasure = index.erase(1);
        assertThat(erasure.complete()).isFalse();
        assertThat(erasure.purge().held()).containsExactly(IndexFiles.segmentName(1));
        assertThat(erasure.found()).containsExactly(IndexFiles.segmentName(1));
        assertThat(reader.contains(1)).isTrue();
      }
      assertThat(index.erase(1).complete()).isTrue();
    }
  }

  @Test
  void findsTheTextInFilesThatAreNotTheIndexs() throws IOException {
    try (SegmentedSpanIndex index = open(60_000)) {
      index.append(List.of(document(1, 60_000), document(2, 60_000)));
      Files.copy(directory.resolve(IndexFiles.segmentName(1)), directory.resolve("copy"));
      Erasure erasure = index.erase(1);
      assertThat(erasure.found()).containsExactly("copy");
      assertThat(erasure.complete()).isFalse();
    }
  }

  @Test
  void failureLeavesThemRetractedAndIsRepeated() {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(files, TOKENIZER, 60_000, new MergePolicy(1 << 20), task -> {})) {
      index.append(List.of(document(1, 60_000), document(2, 60_000)));
      // 3 steps commit the retraction, the 4th writes the segment
      files.fail(3, false, false);
      assertThatThrownBy(() -> index.erase(1))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO));
      assertThat(index.documents()).containsExactly(2);
      assertThat(index.erase(1).complete()).isTrue();
    }
  }

  @Test
  void findsEveryStretchAtEveryByteAcrossBuffers() throws IOException {
    byte[] noise = new byte[(1 << 21) + 100];
    Random random = new Random(7);
    random.nextBytes(noise);
    int[] stretch = {9, 8, 70_000, 6, 5};
    for (int vocabulary : new int[] {70_001, 65_535}) {
      int[] tokens = stretch.clone();
      tokens[2] = vocabulary - 1;
      StretchSearch search = new StretchSearch(vocabulary);
      search.add(tokens);
      search.add(reversed(tokens));
      Path file = directory.resolve("file");
      Files.write(file, noise);
      assertThat(search.in(file).found()).isFalse();
      int width = vocabulary > 65_535 ? 4 : 2;
      for (int at :
          new int[] {0, 1, (1 << 20) - 7, (1 << 20) - 1, 1 << 20, noise.length - 5 * width}) {
        for (boolean back : new boolean[] {false, true}) {
          byte[] bytes = noise.clone();
          for (int i = 0; i < 5; i++) {
            int symbol = tokens[back ? 4 - i : i] + 1;
            for (int b = 0; b < width; b++) {
              bytes[at + i * width + b] = (byte) (symbol >>> 8 * b);
            }
          }
          Files.write(file, bytes);
          StretchSearch.Result result = search.in(file);
          assertThat(result.found()).as("at %d", at).isTrue();
          assertThat(result.digest().toBytes()).isEqualTo(Digests.sha256().digest(bytes));
        }
      }
    }
  }
}
