package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrencyTest {

  @TempDir Path directory;

  /** Each change adds two equal documents or takes one away: odd states are never seen half. */
  @Test
  void readersNeverSeeHalfAChangeWhileSegmentsMerge() throws Exception {
    ExecutorService readers = Executors.newFixedThreadPool(3);
    AtomicBoolean done = new AtomicBoolean();
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(
            directory, Hash256.sha256("threads"), 10, 1 << 20, new OwnThread())) {
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        counts.add(readers.submit(() -> read(index, done)));
      }
      for (int i = 0; i < 150; i++) {
        index.append(
            List.of(
                new Document(2L * i + 1, new int[] {1, 2, 3}),
                new Document(2L * i + 2, new int[] {1, 2, 3})));
        if (i % 3 == 2) {
          index.retract(2L * i + 1);
          index.retract(2L * i + 2);
        }
      }
      done.set(true);
      for (Future<Long> count : counts) {
        assertThat(count.get(30, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(index.locate(new int[] {1, 2, 3}, 0, 3, 0).occurrences()).isEqualTo(200);
    } finally {
      done.set(true);
      readers.shutdownNow();
    }
  }

  private static long read(SegmentedSpanIndex index, AtomicBoolean done) {
    long reads = 0;
    do {
      try (SpanView view = index.view()) {
        long all = view.totalTokens();
        long documents = view.documents().length;
        var found = view.locate(new int[] {1, 2, 3}, 0, 3, 5);
        assertThat(all).isEqualTo(3 * documents);
        assertThat(found.occurrences()).isEqualTo(documents);
        assertThat(found.documentCount()).isEqualTo(documents);
        int most = documents == 0 ? 0 : 3;
        assertThat(view.longestMatches(new int[] {1, 2, 3})[0]).isEqualTo(most);
        reads++;
      }
    } while (!done.get());
    return reads;
  }

  /** What a question gives after a change. */
  private record Truth(long documents, long tokens, long occurrences) {
    static Truth of(BruteForceIndex twin) {
      return new Truth(
          twin.active.size(), twin.totalTokens(), twin.locate(PAIR, 0, 2, 0).occurrences());
    }
  }

  private static final int[] PAIR = {1, 2};
  private static final int CHANGES = 250;

  /** Every view is the state after one of the changes that were under way while it was taken. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void viewsAreExactWhileAllGoesOn(long seed) throws Exception {
    Truth[] truths = new Truth[CHANGES + 1];
    AtomicInteger started = new AtomicInteger();
    AtomicInteger finished = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    BruteForceIndex twin = new BruteForceIndex();
    truths[0] = Truth.of(twin);
    ExecutorService others = Executors.newFixedThreadPool(3);
    // small segments, so that all size classes and the largest size take part
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(directory, Hash256.sha256("all"), 4, 2048, new OwnThread())) {
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(others.submit(() -> compare(index, truths, started, finished, done)));
      }
      running.add(others.submit(() -> purgeAndMerge(index, done)));
      Random random = new Random(seed);
      for (int change = 1; change <= CHANGES; change++) {
        Runnable next = change(index, twin, random, change);
        truths[change] = Truth.of(twin);
        started.set(change);
        next.run();
        finished.set(change);
        if (change % 50 == 0) {
          RandomisedIndexTest.requireSame(index, twin, random, 4, 0);
        }
      }
      done.set(true);
      for (Future<Long> one : running) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(index.state().warnings()).isEmpty();
      index.purge();
      RandomisedIndexTest.requireSame(index, twin, random, 4, 0);
    } finally {
      done.set(true);
      others.shutdownNow();
    }
    try (SegmentedSpanIndex again =
        SegmentedSpanIndex.open(directory, Hash256.sha256("all"), 4, 2048)) {
      RandomisedIndexTest.requireSame(again, twin, new Random(seed), 4, 0);
      assertThat(again.purge().held()).isEmpty();
    }
  }

  /** Changes the twin now and the index when run. */
  private static Runnable change(
      SegmentedSpanIndex index, BruteForceIndex twin, Random random, long sequence) {
    int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 1500 : 40);
    Document document = new Document(sequence, random.ints(length, 0, 4).toArray());
    long old = 1 + random.nextInt((int) sequence);
    int what = random.nextInt(4);
    if (what < 2) {
      twin.append(List.of(document));
      return () -> index.append(List.of(document));
    }
    boolean there = twin.retract(old);
    if (what == 2) {
      return () -> assertThat(index.retract(old)).isEqualTo(there);
    }
    if (there) {
      twin.append(List.of(document));
    }
    return () -> assertThat(index.supersede(old, document)).isEqualTo(there);
  }

  private static long compare(
      SegmentedSpanIndex index,
      Truth[] truths,
      AtomicInteger started,
      AtomicInteger finished,
      AtomicBoolean done) {
    long reads = 0;
    do {
      int first = finished.get();
      try (SpanView view = index.view()) {
        int last = started.get();
        Truth seen =
            new Truth(
                view.documents().length,
                view.totalTokens(),
                view.locate(PAIR, 0, 2, 0).occurrences());
        assertThat(seen).isIn((Object[]) Arrays.copyOfRange(truths, first, last + 1));
      }
      reads++;
    } while (!done.get());
    return reads;
  }

  private static long purgeAndMerge(SegmentedSpanIndex index, AtomicBoolean done)
      throws InterruptedException {
    long rounds = 0;
    do {
      if (rounds++ % 2 == 0) {
        index.purge();
      } else {
        index.merge();
      }
      // leaves the background merges something to do
      Thread.sleep(20);
    } while (!done.get());
    return rounds;
  }
}
