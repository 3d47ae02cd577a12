package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Retracted text on the heap is bounded, in files it is as exact, and the files go. */
@Timeout(60)
class RetractedFilesTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("retracted");
  private static final int VOCABULARY = 30;
  private static final int LENGTH = 3000;

  @TempDir Path directory;

  private final BruteForceIndex twin = new BruteForceIndex();

  private SegmentedSpanIndex open(java.util.concurrent.Executor merger) {
    return SegmentedSpanIndex.open(
        new FaultyFiles(directory), TOKENIZER, VOCABULARY, new MergePolicy(1 << 20), merger);
  }

  private void fill(SegmentedSpanIndex index, int documents) {
    List<Document> all = new ArrayList<>();
    for (int s = 1; s <= documents; s++) {
      all.add(new Document(s, new Random(s).ints(LENGTH, 0, VOCABULARY).toArray()));
    }
    index.append(all);
    twin.append(all);
  }

  private void retract(SegmentedSpanIndex index, long sequence) {
    assertThat(index.retract(sequence)).isEqualTo(twin.retract(sequence));
  }

  private List<Path> files() throws IOException {
    try (var all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(".tmp")).sorted().toList();
    }
  }

  private void requireSame(SegmentedSpanIndex index) {
    RandomisedIndexTest.requireSame(index, twin, new Random(1), VOCABULARY, 0);
  }

  @Test
  void movesLargeArraysToFilesInTheBackgroundAndMergesThem() throws IOException {
    Queue<Runnable> tasks = new ArrayDeque<>();
    int documents = 150;
    try (SegmentedSpanIndex index = open(tasks::add)) {
      fill(index, documents);
      int moves = 0;
      for (int s = 1; s <= documents / 2 - 1; s++) {
        retract(index, 2L * s);
        if (!tasks.isEmpty()) {
          int before = files().size();
          tasks.remove().run();
          assertThat(files().size()).isLessThanOrEqualTo(before + 1);
          moves++;
          requireSame(index);
        }
      }
      assertThat(moves).isGreaterThan(3);
      assertThat(files()).as("each more than twice the next").hasSizeBetween(1, 4);
      requireSame(index);
      assertThat(index.purge().held()).isEmpty();
      assertThat(files()).isEmpty();
      requireSame(index);
    }
  }

  @Test
  void filesOfADeadProcessAreRemovedAndAllIsCountedAgain() throws IOException {
    try (SegmentedSpanIndex index = open(Runnable::run)) {
      fill(index, 40);
      for (int s = 1; s <= 15; s++) {
        retract(index, s);
      }
      assertThat(files()).isNotEmpty();
      Path left = Files.copy(files().get(0), directory.resolve("copy"));
      index.close();
      assertThat(files()).as("gone with the last reader").isEmpty();
      Files.move(left, directory.resolve(IndexFiles.segmentName(99) + ".tmp"));
    }
    try (SegmentedSpanIndex again = open(Runnable::run)) {
      assertThat(files()).isEmpty();
      requireSame(again);
    }
  }

  @Test
  void readersKeepTheFilesThatTheyRead() throws IOException {
    try (SegmentedSpanIndex index = open(Runnable::run)) {
      fill(index, 40);
      for (int s = 1; s <= 15; s++) {
        retract(index, s);
      }
      List<Path> before = files();
      assertThat(before).isNotEmpty();
      int[] query = new Random(1).ints(20, 0, VOCABULARY).toArray();
      try (SpanView reader = index.view()) {
        var there = reader.longestMatches(query);
        assertThat(index.purge().held())
            .containsAll(before.stream().map(file -> file.getFileName().toString()).toList());
        assertThat(reader.longestMatches(query)).isEqualTo(there);
      }
      assertThat(files()).isEmpty();
      assertThat(index.purge().held()).isEmpty();
    }
  }

  @Test
  void fullDiskKeepsThemOnTheHeapAndSaysSo() {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(
            files, TOKENIZER, VOCABULARY, new MergePolicy(1 << 20), Runnable::run)) {
      fill(index, 80);
      files.gate(
          name -> {
            if (name.startsWith("seg-")) {
              throw new IOException("No space left on device");
            }
          });
      for (int s = 1; s <= 15; s++) {
        retract(index, s);
      }
      assertThat(index.state().warnings()).singleElement().asString().contains("No space left");
      requireSame(index);
      files.gate(name -> {});
      for (int s = 16; s <= 32; s++) {
        retract(index, s);
      }
      assertThat(index.state().warnings()).isEmpty();
      requireSame(index);
    }
  }

  @Test
  void boundsTheHeapBeforeARetractionReturns() throws Exception {
    long most = 10_000;
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex unused = open(task -> {})) {
      fill(unused, 40);
    }
    IndexOpener.Found found = new IndexOpener(files, TOKENIZER, VOCABULARY).open();
    Commits commits = new Commits(files, found, IndexForm.FAST);
    RetractedFiles retracted = new RetractedFiles(commits, most);
    for (int s = 1; s <= 20; s++) {
      synchronized (commits) {
        SegmentView view = commits.current().segments().get(0);
        commits.commit(List.of(view.without(s)), List.of(), null);
        retracted.bound();
        twin.retract(s);
        SegmentView now = commits.current().segments().get(0);
        assertThat(now.retracted().heapTokens()).isLessThanOrEqualTo(most);
        int[] query = new Random(s).ints(10, 0, VOCABULARY).toArray();
        assertThat(now.longestMatches(query)).containsExactly(twin.longestMatches(query));
      }
    }
    assertThat(files()).hasSizeBetween(1, 4);
    commits.close();
    assertThat(files()).isEmpty();
  }
}
