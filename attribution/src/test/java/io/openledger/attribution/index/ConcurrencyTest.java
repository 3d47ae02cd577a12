package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {

  @TempDir Path directory;

  /** Each change adds two equal documents or takes one away: odd states are never seen half. */
  @Test
  void readersNeverSeeHalfAChangeWhileSegmentsMerge() throws Exception {
    ExecutorService readers = Executors.newFixedThreadPool(3);
    AtomicBoolean done = new AtomicBoolean();
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(directory, Hash256.sha256("threads"), 10, 1 << 20)) {
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
}
