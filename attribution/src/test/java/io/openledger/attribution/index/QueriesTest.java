package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.SpanQueries.Continuations;
import io.openledger.api.spi.SpanQueries.Found;
import io.openledger.api.spi.SpanQueries.Positions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every question against the plain twin, over histories of appends, retractions and merges. */
class QueriesTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("queries");

  @TempDir Path directory;

  private SegmentedSpanIndex open(int vocabulary) {
    return SegmentedSpanIndex.open(directory, TOKENIZER, vocabulary, 1 << 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void answersLikeTheTwinAfterEveryStep(long seed) {
    Random random = new Random(seed);
    // long documents of few tokens have wide intervals; those of many tokens have narrow ones
    int alphabet = 1 + random.nextInt(seed % 2 == 0 ? 3 : 40);
    int vocabulary = alphabet + random.nextInt(100);
    BruteForceIndex twin = new BruteForceIndex();
    long next = 1;
    int mostSegments = 0;
    try (SegmentedSpanIndex index = open(vocabulary)) {
      for (int step = 0; step < 40; step++) {
        int what = random.nextInt(12);
        if (what < 5) {
          List<Document> documents = new ArrayList<>();
          for (int i = random.nextInt(4); i >= 0; i--) {
            int length = 1 + random.nextInt(random.nextInt(6) == 0 ? 2000 : 20);
            documents.add(new Document(next++, random.ints(length, 0, alphabet).toArray()));
          }
          index.append(documents);
          twin.append(documents);
        } else if (what < 10) {
          long sequence = 1 + random.nextInt((int) next);
          assertThat(index.retract(sequence)).isEqualTo(twin.retract(sequence));
        } else if (what == 10) {
          index.merge();
        } else {
          index.purge();
        }
        mostSegments = Math.max(mostSegments, index.state().segments());
        requireSame(index, twin, random, alphabet);
        long[] excluded = random.longs(random.nextInt(6), 0, next + 1).toArray();
        try (SpanQueries.View view = index.without(excluded)) {
          requireSame(view, twin.without(excluded), random, alphabet);
        }
      }
      assertThat(mostSegments).as("several segments were seen").isGreaterThan(1);
    }
  }

  private static void requireSame(
      SpanQueries index, BruteForceIndex twin, Random random, int alphabet) {
    assertThat(index.documents())
        .containsExactly(twin.active.keySet().stream().mapToLong(s -> s).toArray());
    for (int round = 0; round < 4; round++) {
      int[] query = query(twin, random, alphabet);
      assertThat(index.longestMatches(query)).containsExactly(twin.longestMatches(query));
      int end = random.nextInt(query.length + 1);
      int suffix = twin.longestEnding(query, end);
      assertThat(index.longestEnding(query, end)).isEqualTo(suffix);
      requireSame(
          index.continuations(query, end - suffix, end),
          twin.continuations(query, end - suffix, end));
      int start = random.nextInt(query.length);
      end = start + 1 + random.nextInt(Math.min(4, query.length - start));
      requireSame(index.continuations(query, start, end), twin.continuations(query, start, end));
      assertThat(index.count(query, start, end)).isEqualTo(twin.count(query, start, end));
      requirePositions(index, twin, query, start, end, random.nextInt(40));
      List<List<int[]>> phrases = new ArrayList<>();
      for (int p = random.nextInt(3); p >= 0; p--) {
        List<int[]> readings = new ArrayList<>();
        for (int r = random.nextInt(2); r >= 0; r--) {
          int[] words = query(twin, random, alphabet);
          readings.add(Arrays.copyOf(words, Math.min(words.length, 1 + random.nextInt(4))));
        }
        phrases.add(readings);
      }
      int cap = random.nextInt(6);
      Found here = index.search(phrases, cap);
      Found there = twin.search(phrases, cap);
      assertThat(here.documentCount()).isEqualTo(there.documentCount());
      assertThat(here.documents()).containsExactly(there.documents());
    }
  }

  private static void requireSame(Continuations here, Continuations there) {
    assertThat(here.tokens()).containsExactly(there.tokens());
    assertThat(here.counts()).containsExactly(there.counts());
    assertThat(here.occurrences()).isEqualTo(there.occurrences());
    assertThat(here.ends()).isEqualTo(there.ends());
  }

  private static void requirePositions(
      SpanQueries index, BruteForceIndex twin, int[] query, int start, int end, int cap) {
    Positions all = twin.positions(query, start, end);
    Positions here = index.positions(query, start, end, cap, 7);
    assertThat(here.occurrences()).isEqualTo(all.occurrences());
    assertThat(here.documentCount()).isEqualTo(all.documentCount());
    assertThat(here.sampled()).isEqualTo(all.occurrences() > cap);
    if (!here.sampled()) {
      assertThat(here.sequences()).containsExactly(all.sequences());
      assertThat(here.starts()).containsExactly(all.starts());
      return;
    }
    List<String> listed = pairs(here);
    assertThat(listed).hasSize(cap).doesNotHaveDuplicates();
    if (cap > 0) {
      assertThat(pairs(all)).as("in the same order").containsSubsequence(listed);
    }
    assertThat(pairs(index.positions(query, start, end, cap, 7))).isEqualTo(listed);
  }

  private static List<String> pairs(Positions positions) {
    return IntStream.range(0, positions.starts().length)
        .mapToObj(i -> positions.sequences()[i] + ":" + positions.starts()[i])
        .toList();
  }

  /** Random tokens, some outside of every document, or a piece of a document with an edit. */
  private static int[] query(BruteForceIndex twin, Random random, int alphabet) {
    if (random.nextInt(4) > 0 && !twin.active.isEmpty()) {
      List<int[]> documents = List.copyOf(twin.active.values());
      int[] document = documents.get(random.nextInt(documents.size()));
      int from = random.nextInt(document.length);
      int[] piece =
          Arrays.copyOfRange(
              document, from, from + 1 + random.nextInt(Math.min(20, document.length - from)));
      piece[random.nextInt(piece.length)] = random.nextInt(alphabet);
      return piece;
    }
    return random.ints(1 + random.nextInt(12), -1, alphabet + 200).toArray();
  }

  /**
   * How often each of 40 active occurrences is in 2000 samples, within 4 standard deviations of the
   * binomial distribution. Once with few retracted ones, where numbers are drawn, and once with so
   * many that all are looked at.
   */
  @ParameterizedTest(name = "{0} retracted documents")
  @ValueSource(ints = {3, 400})
  void samplesEveryActiveOccurrenceAlike(int retracted) {
    try (SegmentedSpanIndex index = open(2)) {
      List<Document> documents = new ArrayList<>();
      for (int d = 1; d <= 40 + retracted; d++) {
        documents.add(new Document(d, new int[] {1, 0}));
      }
      index.append(documents.subList(0, 20));
      index.append(documents.subList(20, documents.size()));
      LongStream.rangeClosed(41, 40 + retracted).limit(retracted / 2).forEach(index::retract);
      long[] excluded = LongStream.rangeClosed(41, 40 + retracted).toArray();
      int[] seen = new int[41];
      int cap = retracted == 3 ? 5 : 10;
      try (SpanQueries.View view = index.without(excluded)) {
        for (int seed = 0; seed < 2000; seed++) {
          Positions sample = view.positions(new int[] {1}, 0, 1, cap, seed);
          assertThat(sample.occurrences()).isEqualTo(40);
          assertThat(sample.sampled()).isTrue();
          for (long sequence : sample.sequences()) {
            seen[(int) sequence]++;
          }
        }
      }
      double expected = 2000.0 * cap / 40;
      double deviation = Math.sqrt(2000 * (cap / 40.0) * (1 - cap / 40.0));
      for (int d = 1; d <= 40; d++) {
        assertThat((double) seen[d])
            .as("document %d", d)
            .isBetween(expected - 4 * deviation, expected + 4 * deviation);
      }
    }
  }

  @Test
  void wideIntervalsAreCountedByTokenAndNarrowOnesByOccurrence() {
    Random random = new Random(5);
    BruteForceIndex twin = new BruteForceIndex();
    try (SegmentedSpanIndex index = open(30)) {
      List<Document> documents = new ArrayList<>();
      for (int d = 1; d <= 30; d++) {
        int[] tokens = random.ints(400, 0, 30).map(t -> t < 20 ? 0 : t).toArray();
        documents.add(new Document(d, tokens));
      }
      index.append(documents);
      twin.append(documents);
      index.retract(4);
      twin.retract(4);
      for (int[] context : new int[][] {{}, {0}, {0, 0}, {25}, {25, 26}, {25, 26, 27}}) {
        requireSame(
            index.continuations(context, 0, context.length),
            twin.continuations(context, 0, context.length));
      }
    }
  }

  @Test
  void viewWithoutDocumentsStaysAsItWas() {
    try (SegmentedSpanIndex index = open(4)) {
      index.append(List.of(new Document(1, new int[] {1, 2}), new Document(2, new int[] {1, 3})));
      SpanQueries.View view = index.without(new long[] {2, 99});
      index.retract(1);
      index.append(List.of(new Document(3, new int[] {1})));
      index.purge();
      assertThat(view.documents()).containsExactly(1);
      assertThat(view.count(new int[] {1}, 0, 1)).isEqualTo(1);
      assertThat(view.contains(2)).isFalse();
      view.close();
      view.close();
      assertThatThrownBy(() -> view.unigram(1)).isInstanceOf(IllegalStateException.class);
      assertThat(index.count(new int[] {1}, 0, 1)).isEqualTo(2);
    }
  }

  @Test
  void refusesToCountWithoutMoreThanItMaySortAndStillFindsDocuments() {
    int[] large = new int[(int) RetractedPart.LARGEST_EXCLUDED + 1];
    Arrays.setAll(large, i -> i % 3);
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(directory, TOKENIZER, 4, 4 * RetractedPart.LARGEST_EXCLUDED)) {
      index.append(
          List.of(
              new Document(1, large), new Document(2, new int[] {1, 2}), new Document(3, large)));
      int[] phrase = {1, 2};
      try (SpanQueries.View view = index.without(new long[] {1})) {
        refused(() -> view.count(phrase, 0, 2));
        refused(() -> view.continuations(phrase, 0, 1));
        assertThat(view.search(List.of(List.of(phrase)), 5).documents()).containsExactly(2, 3);
      }
      index.retract(3);
      try (SpanQueries.View view = index.without(new long[] {2})) {
        // what was retracted is no part of the limit
        assertThat(view.count(phrase, 0, 2)).isEqualTo(large.length / 3);
      }
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    try (SegmentedSpanIndex index = open(4)) {
      int[] one = {1};
      refused(() -> index.count(one, 0, 0));
      refused(() -> index.count(one, 0, 2));
      refused(() -> index.continuations(one, 1, 0));
      refused(() -> index.positions(one, 0, 1, -1, 0));
      refused(() -> index.positions(one, 0, 1, SpanQueries.MOST_POSITIONS + 1, 0));
      refused(() -> index.search(List.of(), 1));
      refused(() -> index.search(List.of(List.of()), 1));
      refused(() -> index.search(List.of(List.of(new int[0])), 1));
      refused(() -> index.search(List.of(List.of(one)), -1));
      refused(() -> index.search(java.util.Collections.nCopies(65, List.of(one)), 1));
    }
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}
