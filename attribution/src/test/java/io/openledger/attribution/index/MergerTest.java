package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Purge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Merges stopped in the middle, cancelled, failing, late. */
@Timeout(60)
class MergerTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("merger");
  private static final int VOCABULARY = 50;

  @TempDir Path directory;

  private final BruteForceIndex twin = new BruteForceIndex();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    released.countDown();
  }

  private SegmentedSpanIndex open(FaultyFiles files, long largest, Executor merger) {
    return SegmentedSpanIndex.open(files, TOKENIZER, VOCABULARY, new MergePolicy(largest), merger);
  }

  private static Document document(long sequence, int length) {
    return new Document(sequence, new Random(sequence).ints(length, 0, VOCABULARY).toArray());
  }

  private void append(SegmentedSpanIndex index, long sequence) {
    Document document = document(sequence, 5 + (int) (sequence % 40));
    index.append(List.of(document));
    twin.append(List.of(document));
  }

  private void retract(SegmentedSpanIndex index, long sequence) {
    assertThat(index.retract(sequence)).isEqualTo(twin.retract(sequence));
  }

  private void requireSame(SegmentedSpanIndex index) {
    RandomisedIndexTest.requireSame(index, twin, new Random(1), VOCABULARY, 0);
  }

  /** A gate that stops the writing of one segment until it is released. */
  private FaultyFiles.Gate stopAt(long id) {
    return name -> {
      if (name.equals(IndexFiles.segmentName(id) + ".tmp")) {
        reached.countDown();
        try {
          assertThat(released.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    };
  }

  private static <T> Future<T> inBackground(java.util.concurrent.Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private List<String> files() throws IOException {
    try (var all = Files.list(directory)) {
      return all.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void carriesOverWhatIsRetractedWhileItMerges() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index = open(files, 1 << 20, new OwnThread())) {
      append(index, 1);
      retract(index, 1);
      await(() -> index.state().segments() == 0);
      // 1 was appended, 2 the merge that left nothing; 3 to 6 are appended, 7 merges them
      files.gate(stopAt(7));
      for (long s = 1; s <= 4; s++) {
        append(index, s);
      }
      assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
      retract(index, 1);
      Document replacement = document(6, 30);
      assertThat(index.supersede(3, replacement)).isTrue();
      twin.retract(3);
      twin.append(List.of(replacement));
      // the same sequence again, in a segment that the merge does not know
      append(index, 1);
      assertThat(index.state().segments()).as("nothing is merged yet").isEqualTo(6);
      requireSame(index);
      released.countDown();
      await(() -> index.state().segments() < 5);
      requireSame(index);
      assertThat(index.state().retracted()).as("1 and 3, from the merged segment").isEqualTo(2);
    }
    try (SegmentedSpanIndex again = open(new FaultyFiles(directory), 1 << 20, Runnable::run)) {
      requireSame(again);
      assertThat(again.purge().held()).isEmpty();
      requireSame(again);
    }
  }

  @Test
  void purgeWaitsForTheMergeAndAlsoTakesWhatIsRetractedMeanwhile() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    try (SegmentedSpanIndex index = open(files, 1 << 20, new OwnThread())) {
      files.gate(stopAt(5));
      for (long s = 1; s <= 4; s++) {
        append(index, s);
      }
      assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
      retract(index, 2);
      Future<Purge> purge = inBackground(index::purge);
      assertThatThrownBy(() -> purge.get(100, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      retract(index, 3);
      released.countDown();
      assertThat(purge.get(30, TimeUnit.SECONDS).held()).isEmpty();
      assertThat(index.state().retracted()).isZero();
      requireSame(index);
    }
  }

  @Test
  void closeGivesTheMergeUpAndLeavesNoFileOfIt() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    SegmentedSpanIndex index = open(files, 1 << 20, new OwnThread());
    files.gate(stopAt(5));
    for (long s = 1; s <= 4; s++) {
      append(index, s);
    }
    assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
    retract(index, 4);
    Future<Boolean> closed =
        inBackground(
            () -> {
              index.close();
              return true;
            });
    assertThatThrownBy(() -> closed.get(100, TimeUnit.MILLISECONDS))
        .as("waits for the merge")
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    released.countDown();
    assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(files())
        .containsExactly(
            "lock",
            "manifest",
            IndexFiles.segmentName(1),
            IndexFiles.segmentName(2),
            IndexFiles.segmentName(3),
            IndexFiles.segmentName(4));
    assertThatThrownBy(index::merge).isInstanceOf(OpenLedgerException.class);
    await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(MergerTest::merges));
    try (SegmentedSpanIndex again = open(new FaultyFiles(directory), 1 << 20, Runnable::run)) {
      assertThat(again.state().segments()).isEqualTo(4);
      requireSame(again);
      again.merge();
      assertThat(again.state().segments()).isEqualTo(1);
      requireSame(again);
    }
  }

  @Test
  void closeEndsARunningSort() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    AtomicInteger written = new AtomicInteger();
    files.gate(
        name -> {
          if (name.equals(IndexFiles.segmentName(5) + ".tmp")) {
            written.incrementAndGet();
          }
        });
    SegmentedSpanIndex index = open(files, 1 << 23, new OwnThread());
    for (long s = 1; s <= 4; s++) {
      index.append(List.of(document(s, 1 << 20)));
    }
    await(() -> Thread.getAllStackTraces().entrySet().stream().anyMatch(MergerTest::sorts));
    index.close();
    assertThat(written).as("else what it sorted is written before it gives up").hasValue(0);
    try (SegmentedSpanIndex again = open(new FaultyFiles(directory), 1 << 23, task -> {})) {
      assertThat(again.state().segments()).isEqualTo(4);
      assertThat(again.state().warnings()).isEmpty();
    }
  }

  private static boolean sorts(Map.Entry<Thread, StackTraceElement[]> thread) {
    return thread.getKey().getName().equals(OwnThread.NAME)
        && Arrays.stream(thread.getValue())
            .anyMatch(frame -> frame.getClassName().equals(TwoStageSort.class.getName()));
  }

  private static boolean merges(Thread thread) {
    return thread.getName().equals(OwnThread.NAME) && thread.isAlive();
  }

  @Test
  void failuresAreToldLoseNothingAndAreTriedLessAndLessOften() {
    List<Throwable> failures =
        List.of(
            new IOException("disk full"),
            new OutOfMemoryError("heap full"),
            new IllegalStateException("broken"));
    for (Throwable failure : failures) {
      twin.active.clear();
      FaultyFiles files = new FaultyFiles(directory.resolve(failure.getClass().getName()));
      List<Integer> tries = new ArrayList<>();
      try (SegmentedSpanIndex index = open(files, 1 << 20, Runnable::run)) {
        for (int s = 1; s <= 20; s++) {
          int change = s - 3;
          AtomicInteger segments = new AtomicInteger();
          // the first segment that a change writes is its own, a second is a merge's
          files.gate(
              name -> {
                if (name.startsWith("seg-") && segments.incrementAndGet() > 1) {
                  tries.add(change);
                  MergerTest.<IOException>raise(failure);
                }
              });
          append(index, s);
        }
        assertThat(tries).as("changes after which it was tried").containsExactly(1, 2, 4, 8, 16);
        assertThat(index.state().segments()).isEqualTo(20);
        assertThat(index.state().warnings())
            .singleElement()
            .asString()
            .contains(failure.getMessage(), "16 changes");
        requireSame(index);
        files.gate(name -> {});
        for (int s = 21; s <= 35; s++) {
          append(index, s);
        }
        assertThat(index.state().segments()).as("after change 32").isLessThan(10);
        assertThat(index.state().warnings()).as("gone when it went well").isEmpty();
        requireSame(index);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void appendsNeverExceedTheBoundThoughNobodyMerges() {
    Queue<Runnable> never = new ArrayDeque<>();
    MergePolicy policy = new MergePolicy(2048);
    try (SegmentedSpanIndex index = open(new FaultyFiles(directory), 2048, never::add)) {
      int most = 0;
      long least = Long.MAX_VALUE;
      for (long s = 1; s <= 120; s++) {
        // documents around half of the largest segment are the ones that fit together worst
        Document document = document(s, s % 3 == 0 ? 1030 : 10);
        index.append(List.of(document));
        twin.append(List.of(document));
        var state = index.state();
        long bound = policy.bound(state.tokens() + state.documents());
        assertThat((long) state.segments()).isLessThanOrEqualTo(bound);
        most = Math.max(most, state.segments());
        least = Math.min(least, bound - state.segments());
      }
      assertThat(least).as("the bound was reached").isZero();
      assertThat(most).as("and nothing merged before").isGreaterThan(MergePolicy.SLACK);
      assertThat(never).as("one task at a time").hasSize(1);
      requireSame(index);
      never.remove().run();
      assertThat((long) index.state().segments())
          .isLessThanOrEqualTo(policy.bound(index.totalTokens() + 120) - MergePolicy.SLACK);
      requireSame(index);
    }
  }

  @Test
  void refusesToGrowBeyondTheBoundWhenMergesFail() {
    FaultyFiles files = new FaultyFiles(directory);
    MergePolicy policy = new MergePolicy(1 << 20);
    try (SegmentedSpanIndex index = open(files, 1 << 20, task -> {})) {
      long bound = policy.bound(0);
      for (long s = 1; s <= bound; s++) {
        append(index, s);
      }
      assertThat((long) index.state().segments()).isEqualTo(bound);
      files.fail(0, false, false);
      assertThatThrownBy(() -> append(index, bound + 1))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO))
          .hasMessageContaining("No space left on device");
      assertThat(index.state().warnings()).hasSize(1);
      requireSame(index);
      append(index, bound + 1);
      assertThat((long) index.state().segments()).isLessThan(bound);
      requireSame(index);
    }
  }

  @Test
  void rejectedTasksAreToldAndTriedAgain() {
    Executor rejects =
        task -> {
          throw new java.util.concurrent.RejectedExecutionException("shut down");
        };
    try (SegmentedSpanIndex index = open(new FaultyFiles(directory), 1 << 20, rejects)) {
      for (long s = 1; s <= 5; s++) {
        append(index, s);
      }
      assertThat(index.state().warnings()).singleElement().asString().contains("shut down");
      index.merge();
      assertThat(index.state().segments()).isEqualTo(1);
      assertThat(index.state().warnings()).isEmpty();
      requireSame(index);
    }
  }

  @Test
  void mergesIntoAsFewSegmentsAsTheLargestSizeAllows() throws IOException {
    try (SegmentedSpanIndex index = open(new FaultyFiles(directory), 1024, task -> {})) {
      // 10 documents of 300 tokens: 3 fit; of the last segment one is retracted
      for (long s = 1; s <= 10; s++) {
        Document document = document(s, 300);
        index.append(List.of(document));
        twin.append(List.of(document));
      }
      retract(index, 10);
      index.merge();
      assertThat(index.state().segments()).isEqualTo(3);
      assertThat(index.state().retracted()).isZero();
      assertThat(files()).hasSize(2 + 3);
      requireSame(index);
      List<String> before = files();
      index.merge();
      assertThat(files()).as("nothing left to do").isEqualTo(before);
    }
  }

  /**
   * What the directory takes whenever a file is about to be written, merges and purges included.
   */
  @Test
  void neverTakesMoreThanTheLargestSegmentBesideWhatIsCommitted() {
    int largest = 4096;
    FaultyFiles files = new FaultyFiles(directory);
    long segment = SegmentHeader.of(1, TOKENIZER, VOCABULARY, 1, largest - 1, 50).fileLength();
    try (SegmentedSpanIndex index = open(files, largest, Runnable::run)) {
      long[] most = {0};
      Random random = new Random(5);
      for (long s = 1; s <= 300; s++) {
        append(index, s);
        if (s % 2 == 0) {
          retract(index, 1 + random.nextInt((int) s));
        }
        // as large as now: before a change nothing is under way
        long committed = index.state().bytes();
        files.gate(name -> most[0] = Math.max(most[0], bytes() - committed));
        if (s % 40 == 0) {
          index.purge();
        } else if (s % 40 == 20) {
          index.merge();
        }
        files.gate(name -> most[0] = Math.max(most[0], bytes() - index.state().bytes()));
      }
      requireSame(index);
      assertThat(most[0]).as("a merge's result lies beside what it replaces").isPositive();
      assertThat(most[0]).isLessThanOrEqualTo(segment + 2 * bytesOf(Manifest.FILE));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private long bytes() throws IOException {
    long bytes = 0;
    for (String name : files()) {
      bytes += bytesOf(name);
    }
    return bytes;
  }

  private long bytesOf(String name) throws IOException {
    return Files.size(directory.resolve(name));
  }

  /** A disk without room for a merge: changes go on while they fit, and merges when there is. */
  @Test
  void fullDiskStopsMergesAndNothingElse() {
    FaultyFiles files = new FaultyFiles(directory);
    MergePolicy policy = new MergePolicy(1 << 20);
    try (SegmentedSpanIndex index = open(files, 1 << 20, Runnable::run)) {
      long bound = policy.bound(0);
      for (long s = 1; index.state().segments() < bound; s++) {
        AtomicInteger segments = new AtomicInteger();
        files.gate(
            name -> {
              if (name.startsWith("seg-") && segments.incrementAndGet() > 1) {
                throw new IOException("No space left on device");
              }
            });
        append(index, s);
        if (s % 5 == 0) {
          retract(index, s - 3);
        }
      }
      assertThat((long) index.state().segments()).isEqualTo(bound);
      assertThat(index.state().warnings()).singleElement().asString().contains("No space left");
      requireSame(index);
      files.gate(
          name -> {
            if (name.startsWith("seg-")) {
              throw new IOException("No space left on device");
            }
          });
      assertThatThrownBy(() -> index.append(List.of(document(1000, 10))))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO));
      retract(index, 1);
      requireSame(index);
    }
    try (SegmentedSpanIndex again = open(new FaultyFiles(directory), 1 << 20, Runnable::run)) {
      requireSame(again);
      append(again, 2000);
      assertThat(again.state().segments()).as("merged, now that there is room").isLessThan(10);
      assertThat(again.state().warnings()).isEmpty();
      requireSame(again);
    }
  }
}
