package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are torn, truncated, tampered with or missing; indexes that are held or not ours. */
class DamageTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("damage");

  @TempDir Path directory;
  private Path first;
  private Path second;

  private SegmentedSpanIndex open() {
    return SegmentedSpanIndex.open(directory, TOKENIZER, 100, 1 << 20);
  }

  @BeforeEach
  void twoSegments() throws IOException {
    try (SegmentedSpanIndex index = open()) {
      index.append(
          List.of(new Document(1, new int[] {1, 2, 3}), new Document(2, new int[] {4, 5, 6})));
      index.append(
          List.of(new Document(3, new int[] {1, 2, 9}), new Document(4, new int[] {7, 8})));
      index.retract(2);
    }
    first = directory.resolve(IndexFiles.segmentName(1));
    second = directory.resolve(IndexFiles.segmentName(2));
    assertThat(first).exists();
    assertThat(second).exists();
  }

  private void requireFirstIsMissing(String reason) {
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused())
          .singleElement()
          .asString()
          .contains(first.getFileName().toString(), reason, "1 documents to rebuild");
      assertThat(index.missing()).containsExactly(1);
      assertThat(index.documents()).containsExactly(3, 4);
      assertThat(index.longestMatches(new int[] {1, 2, 3})).containsExactly(2, 1, 0);
    }
  }

  @Test
  void refusesEveryFlippedByte() throws IOException {
    byte[] good = Files.readAllBytes(first);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(first, bad);
      requireFirstIsMissing("");
    }
    Files.write(first, good);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused()).isEmpty();
      assertThat(index.documents()).containsExactly(1, 3, 4);
    }
  }

  @Test
  void refusesEveryFlippedByteOfTheCompactForm() throws IOException {
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(
            directory, TOKENIZER, 100, 1 << 20, Runnable::run, IndexForm.COMPACT)) {
      index.merge();
      assertThat(index.forms()).containsExactly(java.util.Map.entry(IndexForm.COMPACT, 1));
    }
    Path merged;
    try (var files = Files.list(directory)) {
      merged = files.filter(f -> f.toString().endsWith(".olseg")).findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(merged);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(merged, bad);
      try (SegmentedSpanIndex index = open()) {
        assertThat(index.state().refused())
            .singleElement()
            .asString()
            .contains(merged.getFileName().toString(), "3 documents to rebuild");
        assertThat(index.documents()).isEmpty();
      }
    }
    for (int length = 0; length < good.length; length += 7) {
      Files.write(merged, Arrays.copyOf(good, length));
      try (SegmentedSpanIndex index = open()) {
        assertThat(index.state().refused()).singleElement().asString().contains("bytes");
      }
    }
    Files.write(merged, good);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.documents()).containsExactly(1, 3, 4);
    }
  }

  @Test
  void hostileHeadersOfTheCompactFormAreRefusedNotBelieved() throws Exception {
    List<Document> documents = List.of(new Document(1, new int[] {1, 2, 3, 1, 2}));
    var out = new java.io.ByteArrayOutputStream();
    SegmentFile.sort(IndexForm.COMPACT, 1, TOKENIZER, 100, documents, fraction -> {}).write(out);
    byte[] good = out.toByteArray();
    byte[] header = Arrays.copyOf(good, SegmentHeader.BYTES);
    assertThat(CompactHeader.decode(header, good.length).tokens()).isEqualTo(5);
    Random random = new Random(5);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = header.clone();
      for (int i = 0; i < 3; i++) {
        bad[72 + random.nextInt(SegmentHeader.BYTES - 72)] = (byte) random.nextInt();
      }
      try {
        // what is believed fits the length of the file
        assertThat(CompactHeader.decode(bad, good.length).fileLength()).isEqualTo(good.length);
      } catch (CorruptFile e) {
        refused++;
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] good = Files.readAllBytes(first);
    for (int length = 0; length < good.length; length += 7) {
      Files.write(first, Arrays.copyOf(good, length));
      requireFirstIsMissing(length + " bytes");
    }
    Files.write(first, Arrays.copyOf(good, good.length + 1));
    requireFirstIsMissing("bytes, expected");
  }

  @Test
  void refusesASegmentThatWasExchanged() throws IOException {
    Files.copy(second, first, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    requireFirstIsMissing("");
  }

  @Test
  void missingSegmentIsReportedUntilItIsRebuilt() throws IOException {
    byte[] good = Files.readAllBytes(first);
    Files.delete(first);
    requireFirstIsMissing("missing");
    try (SegmentedSpanIndex index = open()) {
      index.append(List.of(new Document(1, new int[] {1, 2, 3})));
      assertThat(index.state().refused()).isEmpty();
    }
    // the old file comes back from a backup: it must bring back neither 2 nor a second 1
    Files.write(first, good);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused()).isEmpty();
      assertThat(index.documents()).containsExactly(1, 3, 4);
      assertThat(index.locate(new int[] {1, 2, 3}, 0, 3, 5).occurrences()).isEqualTo(1);
    }
  }

  @Test
  void retractionOfAMissingDocumentHoldsWhenItsFileComesBack() throws IOException {
    byte[] good = Files.readAllBytes(second);
    Files.delete(second);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.retract(3)).isFalse();
      assertThat(index.missing()).containsExactly(4);
    }
    Files.write(second, good);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.documents()).containsExactly(1, 4);
    }
  }

  @Test
  void damagedManifestIsReportedAndSegmentsAreKeptUntilTheFirstChange() throws IOException {
    Path manifest = directory.resolve(Manifest.FILE);
    byte[] good = Files.readAllBytes(manifest);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      Files.write(manifest, bad);
      try (SegmentedSpanIndex index = open()) {
        assertThat(index.state().refused()).singleElement().asString().startsWith("manifest: ");
        assertThat(index.documents()).isEmpty();
      }
    }
    Files.delete(manifest);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused()).singleElement().asString().contains("manifest: missing");
    }
    assertThat(first).exists();
    Files.write(manifest, good);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.documents()).containsExactly(1, 3, 4);
    }
    Files.write(manifest, Arrays.copyOf(good, 50));
    try (SegmentedSpanIndex index = open()) {
      index.append(List.of(new Document(1, new int[] {1, 2, 3})));
    }
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused()).isEmpty();
      assertThat(index.documents()).containsExactly(1);
    }
    assertThat(first).doesNotExist();
  }

  @Test
  void hostileManifestsAreRefusedNotBelieved() throws IOException {
    Path manifest = directory.resolve(Manifest.FILE);
    byte[] good = Files.readAllBytes(manifest);
    Random random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i < 3; i++) {
        bad[72 + random.nextInt(bad.length - 104)] = (byte) random.nextInt();
      }
      // a digest that fits: what follows must be validated by itself
      java.security.MessageDigest sha256 = Digests.sha256();
      sha256.update(bad, 0, bad.length - 32);
      System.arraycopy(sha256.digest(), 0, bad, bad.length - 32, 32);
      try {
        Manifest.decode(bad);
      } catch (CorruptFile e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void refusesAnotherTokenizer() {
    assertThatThrownBy(
            () -> SegmentedSpanIndex.open(directory, Hash256.sha256("other"), 100, 1 << 20))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INDEX_MISMATCH));
    assertThatThrownBy(() -> SegmentedSpanIndex.open(directory, TOKENIZER, 101, 1 << 20))
        .hasMessageContaining("101");
    // and lets go of the directory
    open().close();
  }

  @Test
  void refusesASecondOpener() {
    try (SegmentedSpanIndex index = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO);
                assertThat(e).hasMessageContaining("is open in this process");
              });
      assertThat(index.contains(1)).isTrue();
    }
    open().close();
  }

  @Test
  void removesOrphansAndNothingElse() throws IOException {
    Path orphan = Files.write(directory.resolve(IndexFiles.segmentName(77)), new byte[10]);
    Path temporary = Files.write(directory.resolve("manifest.tmp"), new byte[10]);
    Path foreign = Files.write(directory.resolve("notes.tmp"), new byte[10]);
    open().close();
    assertThat(orphan).doesNotExist();
    assertThat(temporary).doesNotExist();
    assertThat(foreign).exists();
  }

  @Test
  void refusesBadDocumentsAndKeepsAllOut() {
    try (SegmentedSpanIndex index = open()) {
      for (Document bad :
          List.of(
              new Document(0, new int[] {1}),
              new Document(1L << 31, new int[] {1}),
              new Document(3, new int[] {1}),
              new Document(10, new int[] {}),
              new Document(10, new int[] {100}),
              new Document(10, new int[] {-1}),
              new Document(20, new int[] {1}))) {
        assertThatThrownBy(() -> index.append(List.of(new Document(20, new int[] {5}), bad)))
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
      }
      assertThat(index.documents()).containsExactly(1, 3, 4);
    }
  }

  @Test
  void closedIndexSaysSoAndUnmapsItsFilesWhenTheLastReaderIsDone() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.exists(maps), "only Linux lists the mappings of a process");
    SegmentedSpanIndex index = open();
    SpanView reader = index.view();
    index.close();
    index.close();
    assertThatThrownBy(index::documents).hasMessageContaining("is closed");
    assertThat(reader.documents()).containsExactly(1, 3, 4);
    assertThat(Files.readString(maps)).contains(first.toString());
    reader.close();
    reader.close();
    assertThat(Files.readString(maps)).doesNotContain(first.toString(), second.toString());
  }

  @Test
  void mapsFilesInPiecesWithTheSameBytes() throws IOException {
    byte[] good = Files.readAllBytes(first);
    try (MappedBytes whole = MappedBytes.map(first);
        MappedBytes pieces = MappedBytes.map(first, 4)) {
      assertThat(pieces.bytes(0, good.length)).isEqualTo(good);
      for (int i = 0; i + 8 <= good.length; i++) {
        assertThat(pieces.getLong(i)).isEqualTo(whole.getLong(i));
        assertThat(pieces.getInt(i)).isEqualTo(whole.getInt(i));
        assertThat(pieces.getUnsignedShort(i)).isEqualTo(whole.getUnsignedShort(i));
      }
      java.security.MessageDigest digest = Digests.sha256();
      pieces.digest(digest, good.length);
      assertThat(digest.digest()).isEqualTo(Digests.sha256().digest(good));
    }
  }

  @Test
  void swappedSegmentsAreBothRefused() throws IOException {
    byte[] one = Files.readAllBytes(first);
    Files.write(first, Files.readAllBytes(second));
    Files.write(second, one);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused()).hasSize(2);
      assertThat(index.missing()).containsExactly(1, 3, 4);
      assertThat(index.documents()).isEmpty();
    }
  }

  /** An older manifest is a committed state: what it names and is gone is reported. */
  @Test
  void olderManifestOpensAsFarAsItsSegmentsAreThere() throws IOException {
    Path manifest = directory.resolve(Manifest.FILE);
    byte[] older = Files.readAllBytes(manifest);
    try (SegmentedSpanIndex index = open()) {
      index.append(List.of(new Document(5, new int[] {9, 9, 9})));
      assertThat(index.erase(3).complete()).isTrue();
    }
    assertThat(second).doesNotExist();
    Files.write(manifest, older);
    try (SegmentedSpanIndex index = open()) {
      assertThat(index.state().refused())
          .singleElement()
          .asString()
          .contains(second.getFileName().toString(), "missing", "2 documents to rebuild");
      assertThat(index.documents()).as("erased text does not come back").containsExactly(1);
    }
  }

  @Test
  void anotherIndexsSegmentIsRefusedThoughItIsWhole() throws IOException {
    Path other = Files.createDirectories(directory.resolve("other"));
    try (SegmentedSpanIndex index = SegmentedSpanIndex.open(other, TOKENIZER, 100, 1 << 20)) {
      index.append(
          List.of(new Document(1, new int[] {1, 2, 3}), new Document(2, new int[] {4, 5, 7})));
    }
    Files.write(first, Files.readAllBytes(other.resolve(IndexFiles.segmentName(1))));
    requireFirstIsMissing("SHA-256");
  }
}
