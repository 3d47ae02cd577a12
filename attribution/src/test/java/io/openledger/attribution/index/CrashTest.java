package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Failing disks and dying processes: what was acknowledged is kept, what was not is whole or
 * absent.
 */
class CrashTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("crash");
  private static final int VOCABULARY = 50;

  @TempDir Path directory;

  static int[] tokens(long sequence) {
    return new Random(sequence).ints(5 + sequence % 40, 0, VOCABULARY).toArray();
  }

  private static List<Document> documents(long from, int count) {
    List<Document> documents = new ArrayList<>();
    for (long s = from; s < from + count; s++) {
      documents.add(new Document(s, tokens(s)));
    }
    return documents;
  }

  private static SegmentedSpanIndex open(Path where) {
    return open(where, IndexForm.FAST);
  }

  private static SegmentedSpanIndex open(Path where, IndexForm form) {
    return SegmentedSpanIndex.open(where, TOKENIZER, VOCABULARY, 1 << 20, Runnable::run, form);
  }

  private static SegmentedSpanIndex open(FaultyFiles files) {
    return open(files, IndexForm.FAST);
  }

  private static SegmentedSpanIndex open(FaultyFiles files, IndexForm form) {
    MergePolicy policy = new MergePolicy(1 << 20);
    return SegmentedSpanIndex.open(files, TOKENIZER, VOCABULARY, policy, Runnable::run, form);
  }

  /** A history of appends, retractions, supersessions, merges and purges. */
  private interface Step {
    void run(SegmentedSpanIndex index, BruteForceIndex twin);
  }

  private static List<Step> history() {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      long first = 1 + 3L * i;
      steps.add(
          (index, twin) -> {
            index.append(documents(first, 3));
            twin.append(documents(first, 3));
          });
      long gone = first + i % 3;
      steps.add(
          (index, twin) -> {
            index.retract(gone);
            twin.retract(gone);
          });
      long old = first + (i + 1) % 3;
      Document replacement = new Document(100 + i, tokens(100 + i));
      steps.add(
          (index, twin) -> {
            index.supersede(old, replacement);
            twin.retract(old);
            twin.append(List.of(replacement));
          });
      if (i % 2 == 1) {
        steps.add((index, twin) -> index.purge());
      }
    }
    return steps;
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatWasAcknowledgedWhereverTheProcessDies(IndexForm form) throws Exception {
    int cases = 0;
    for (int step = 0; step < history().size(); step++) {
      for (int write = 0; ; write++) {
        for (boolean torn : new boolean[] {false, true}) {
          Path where = directory.resolve(step + "-" + write + "-" + torn);
          if (!diesAt(form, step, write, torn, where)) {
            write = -2;
            break;
          }
          cases++;
        }
        if (write < 0) {
          break;
        }
      }
    }
    assertThat(cases).as("places to die").isGreaterThan(100);
  }

  /** False when the step has fewer writes. */
  private boolean diesAt(IndexForm form, int step, int write, boolean torn, Path where)
      throws Exception {
    FaultyFiles files = new FaultyFiles(where);
    BruteForceIndex before = new BruteForceIndex();
    BruteForceIndex after = new BruteForceIndex();
    try (SegmentedSpanIndex index = open(files, form)) {
      for (int i = 0; i < step; i++) {
        history().get(i).run(index, before);
      }
      after.active.putAll(before.active);
      files.fail(write, true, torn);
      boolean acknowledged = true;
      try {
        history().get(step).run(index, after);
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO);
        acknowledged = false;
        // the twin of a failed step: as it would be, had the commit reached the disk
        try (SegmentedSpanIndex other =
            open(where.resolveSibling("x" + where.getFileName()), form)) {
          history().get(step).run(other, after);
        }
      }
      if (files.steps() <= write) {
        return false;
      }
      if (acknowledged) {
        before.active.clear();
        before.active.putAll(after.active);
      }
    }
    try (SegmentedSpanIndex reopened = open(where, form)) {
      assertThat(reopened.state().refused()).isEmpty();
      long[] found = reopened.documents();
      long[] old = before.active.keySet().stream().mapToLong(s -> s).toArray();
      long[] now = after.active.keySet().stream().mapToLong(s -> s).toArray();
      assertThat(java.util.Arrays.equals(found, old) || java.util.Arrays.equals(found, now))
          .as("step %d, write %d: %s", step, write, java.util.Arrays.toString(found))
          .isTrue();
      BruteForceIndex twin = java.util.Arrays.equals(found, now) ? after : before;
      RandomisedIndexTest.requireSame(reopened, twin, new Random(write), VOCABULARY, 0);
      try (var left = Files.list(where)) {
        assertThat(left.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".tmp")))
            .as("orphans")
            .isEmpty();
      }
      reopened.append(documents(1000, 2));
      assertThat(reopened.contains(1001)).isTrue();
    }
    return true;
  }

  @Test
  void fullDiskIsToldAndThePreviousStateGoesOn() {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index = open(files)) {
      index.append(documents(1, 3));
      for (int write = 0; write < 6; write++) {
        long sequence = 10 + write;
        files.fail(write, false, true);
        assertThatThrownBy(() -> index.append(documents(sequence, 1)))
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO);
                  assertThat(e).hasMessageContaining("No space left on device");
                });
        assertThat(index.documents()).containsExactly(1, 2, 3);
        assertThat(index.longestMatches(tokens(2))[0]).isEqualTo(tokens(2).length);
      }
      files.fail(Integer.MAX_VALUE, false, false);
      index.append(documents(10, 1));
      assertThat(index.documents()).containsExactly(1, 2, 3, 10);
    }
    try (SegmentedSpanIndex reopened = open(directory)) {
      assertThat(reopened.documents()).containsExactly(1, 2, 3, 10);
    }
  }

  @Test
  void failedMergeLosesNothing() {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index = open(files)) {
      for (int i = 1; i <= 3; i++) {
        index.append(documents(i, 1));
      }
      // an append takes 6 steps; the 7th is the first write of the merge
      files.fail(6, true, true);
      index.append(documents(4, 1));
      assertThat(index.state().segments()).isEqualTo(4);
      files.fail(Integer.MAX_VALUE, false, false);
      index.append(documents(5, 1));
      assertThat(index.state().segments()).isEqualTo(1);
      assertThat(index.documents()).containsExactly(1, 2, 3, 4, 5);
    }
  }

  @Test
  void unwritableDirectoryIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    assertThatThrownBy(() -> open(file.resolve("index")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO));
  }

  @Test
  void killedProcessLeavesWhatItAcknowledged() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 5; round++) {
      Path out = directory.resolveSibling("acknowledged-" + round);
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Appender.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(out.toFile())
              .start();
      long enough = 20 + random.nextInt(200);
      while (child.isAlive() && Files.size(out) < enough) {
        Thread.sleep(1);
      }
      // SIGKILL, in the middle of whatever the child does by now
      child.destroyForcibly();
      child.waitFor();
      List<String> lines = Files.readString(out).lines().toList();
      long acknowledged = Long.parseLong(lines.get(lines.size() - 1).strip());
      assertThat(acknowledged).isPositive();
      try (SegmentedSpanIndex index = open(directory);
          SpanView view = index.view()) {
        assertThat(index.state().refused()).isEmpty();
        for (long s = 1; s <= acknowledged; s++) {
          if (s % 3 != 0) {
            assertThat(view.tokens(s)).as("document %d", s).contains(tokens(s));
          } else if (s < acknowledged) {
            assertThat(view.contains(s)).as("document %d is retracted", s).isFalse();
          }
        }
        long last = view.documents()[view.documents().length - 1];
        assertThat(last).isBetween(acknowledged - 1, acknowledged + 1);
      }
    }
  }

  /** Appends one document after the other, retracts every third, prints what is durable. */
  static final class Appender {
    public static void main(String[] args) {
      try (SegmentedSpanIndex index =
          SegmentedSpanIndex.open(
              Path.of(args[0]), TOKENIZER, VOCABULARY, 1 << 20, new OwnThread())) {
        long[] there = index.documents();
        long next = there.length == 0 ? 1 : there[there.length - 1] + 1;
        for (long s = 3; s < next - 1; s += 3) {
          index.retract(s);
        }
        for (long s = next; s < next + 100_000; s++) {
          index.append(documents(s, 1));
          if (s > 3 && (s - 1) % 3 == 0) {
            index.retract(s - 1);
          }
          System.out.print(s + "\n");
        }
      }
    }
  }
}
