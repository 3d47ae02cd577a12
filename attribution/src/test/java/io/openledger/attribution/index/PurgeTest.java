package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Purge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Erasure, checked on the bytes of every file of the directory. */
class PurgeTest {

  @TempDir Path directory;

  private SegmentedSpanIndex open(int vocabulary, IndexForm form) {
    return SegmentedSpanIndex.open(
        directory, Hash256.sha256("purge"), vocabulary, 1 << 20, Runnable::run, form);
  }

  private static int[] tokens(long sequence, int vocabulary) {
    return new Random(sequence).ints(30, 0, vocabulary).toArray();
  }

  /** The files that hold six tokens of a document in a row, forwards or as segments lay them. */
  private List<String> holders(int[] tokens, int vocabulary) throws IOException {
    String forwards = pattern(tokens, vocabulary, 0, 1);
    String backwards = pattern(tokens, vocabulary, 5, -1);
    List<String> found = new ArrayList<>();
    try (var all = Files.list(directory)) {
      for (Path file : all.sorted().toList()) {
        // one char a byte, so that a substring search is a byte search
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (bytes.contains(forwards) || bytes.contains(backwards)) {
          found.add(file.getFileName().toString());
        }
      }
    }
    return found;
  }

  private static String pattern(int[] tokens, int vocabulary, int first, int step) {
    ByteBuffer pattern = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      int symbol = tokens[first + step * i] + 1;
      if (vocabulary < 65536) {
        pattern.putShort((short) symbol);
      } else {
        pattern.putInt(symbol);
      }
    }
    return new String(pattern.array(), 0, pattern.position(), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest(name = "vocabulary {0}, {1}")
  @CsvSource({"60000,FAST", "70000,FAST", "60000,COMPACT", "70000,COMPACT"})
  void retractedBytesAreInNoFileAfterwards(int vocabulary, IndexForm form) throws IOException {
    try (SegmentedSpanIndex index = open(vocabulary, form)) {
      for (long s = 1; s <= 7; s += 6) {
        index.append(
            List.of(
                new Document(s, tokens(s, vocabulary)),
                new Document(s + 1, tokens(s + 1, vocabulary)),
                new Document(s + 2, tokens(s + 2, vocabulary))));
      }
      index.retract(2);
      assertThat(index.supersede(7, new Document(10, tokens(10, vocabulary)))).isTrue();
      List<String> before = new ArrayList<>(holders(tokens(2, vocabulary), vocabulary));
      before.addAll(holders(tokens(7, vocabulary), vocabulary));
      assertThat(before).as("what the scan finds before").isNotEmpty();
      Purge purge = index.purge();
      assertThat(purge.held()).isEmpty();
      assertThat(purge.removed()).extracting(f -> f.name()).containsAll(before);
      assertThat(holders(tokens(2, vocabulary), vocabulary)).isEmpty();
      assertThat(holders(tokens(7, vocabulary), vocabulary)).isEmpty();
      // the last document is still as it was appended, in the fast form
      assertThat(holders(tokens(10, vocabulary), vocabulary)).hasSize(1);
      for (long s : new long[] {1, 3, 8, 9, 10}) {
        assertThat(index.locate(tokens(s, vocabulary), 0, 30, 2).documents()).containsExactly(s);
      }
      for (long s : new long[] {2, 7}) {
        assertThat(index.longestMatches(tokens(s, vocabulary))).as("retracted").doesNotContain(30);
      }
      assertThat(index.documents()).containsExactly(1, 3, 8, 9, 10);
      assertThat(index.state().retracted()).isZero();
      for (var file : purge.written()) {
        byte[] bytes = Files.readAllBytes(directory.resolve(file.name()));
        assertThat(java.util.Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length))
            .isEqualTo(file.digest().toBytes());
      }
      assertThat(index.purge().removed()).as("nothing is left to purge").isEmpty();
    }
  }

  @Test
  void namesTheFileThatAReaderStillHolds() throws IOException {
    try (SegmentedSpanIndex index = open(60_000, IndexForm.FAST)) {
      index.append(List.of(new Document(1, tokens(1, 60_000))));
      String file = holders(tokens(1, 60_000), 60_000).get(0);
      try (SpanView reader = index.view()) {
        index.retract(1);
        Purge purge = index.purge();
        assertThat(purge.written()).isEmpty();
        assertThat(purge.held()).containsExactly(file);
        assertThat(reader.tokens(1)).contains(tokens(1, 60_000));
      }
      assertThat(holders(tokens(1, 60_000), 60_000)).isEmpty();
      assertThat(index.purge().held()).isEmpty();
    }
  }
}
