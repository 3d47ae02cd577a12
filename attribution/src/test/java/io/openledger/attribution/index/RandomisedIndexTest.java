package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Occurrences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories against the plain twin; every answer is compared after every step. */
class RandomisedIndexTest {

  static final Hash256 TOKENIZER = Hash256.sha256("random");

  @TempDir Path directory;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void answersLikeTheTwinAfterEveryStep(long seed) throws IOException {
    answersLikeTheTwin(seed, IndexForm.FAST);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void answersLikeTheTwinWhileMergesChangeTheForm(long seed) throws IOException {
    // small appends have the fast form, what is merged of them the compact one
    answersLikeTheTwin(seed, IndexForm.COMPACT);
  }

  private void answersLikeTheTwin(long seed, IndexForm form) throws IOException {
    Random random = new Random(seed);
    int alphabet = 1 + random.nextInt(seed % 2 == 0 ? 3 : 12);
    // beyond 65535 the tokens take 32 bits
    int vocabulary = seed % 3 == 0 ? 70_000 : alphabet;
    int offset = vocabulary - alphabet;
    BruteForceIndex twin = new BruteForceIndex();
    SegmentedSpanIndex index = open(vocabulary, form);
    long next = 1;
    int mostSegments = 0;
    boolean mixed = false;
    for (int step = 0; step < 60; step++) {
      int what = random.nextInt(13);
      if (what < 5) {
        List<Document> documents = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
          int length = 1 + random.nextInt(random.nextInt(6) == 0 ? 1500 : 20);
          int[] tokens = random.ints(length, 0, alphabet).map(t -> t + offset).toArray();
          documents.add(0, new Document(next++, tokens));
        }
        index.append(documents);
        twin.append(documents);
      } else if (what < 9) {
        long sequence = 1 + random.nextInt((int) next);
        assertThat(index.retract(sequence)).isEqualTo(twin.retract(sequence));
      } else if (what < 11) {
        long old = 1 + random.nextInt((int) next);
        int[] tokens =
            random.ints(1 + random.nextInt(40), 0, alphabet).map(t -> t + offset).toArray();
        Document replacement = new Document(next++, tokens);
        boolean there = twin.retract(old);
        if (there) {
          twin.append(List.of(replacement));
        }
        assertThat(index.supersede(old, replacement)).isEqualTo(there);
      } else if (what == 11) {
        assertThat(index.purge().held()).isEmpty();
        assertThat(index.state().retracted()).isZero();
      } else {
        index.close();
        index = open(vocabulary, form);
      }
      mostSegments = Math.max(mostSegments, index.state().segments());
      mixed |= index.forms().size() == 2;
      requireSame(index, twin, random, alphabet, offset);
    }
    assertThat(mixed).as("both forms at once").isEqualTo(form == IndexForm.COMPACT);
    assertThat(mostSegments).as("several segments were seen").isBetween(2, 12);
    index.close();
    // what merges replaced is gone from disk
    try (var files = Files.list(directory)) {
      SegmentedSpanIndex again = open(vocabulary, form);
      assertThat(files.filter(f -> f.toString().endsWith(".olseg")))
          .hasSize(again.state().segments());
      again.close();
    }
  }

  private SegmentedSpanIndex open(int vocabulary, IndexForm form) {
    return SegmentedSpanIndex.open(directory, TOKENIZER, vocabulary, 1 << 20, Runnable::run, form);
  }

  static void requireSame(
      SegmentedSpanIndex index, BruteForceIndex twin, Random random, int alphabet, int offset) {
    assertThat(index.documents())
        .containsExactly(twin.active.keySet().stream().mapToLong(s -> s).toArray());
    assertThat(index.totalTokens()).isEqualTo(twin.totalTokens());
    assertThat(index.state().documents()).isEqualTo(twin.active.size());
    assertThat(index.state().tokens()).isEqualTo(twin.totalTokens());
    for (int t = -1; t <= alphabet; t++) {
      assertThat(index.unigram(t + offset)).isEqualTo(twin.unigram(t + offset));
    }
    for (int round = 0; round < 4; round++) {
      int[] query = query(twin, random, alphabet, offset);
      assertThat(index.longestMatches(query)).containsExactly(twin.longestMatches(query));
      try (SpanView view = index.view()) {
        MatchCursor cursor = view.cursor();
        for (int end = 1; end <= query.length; end++) {
          assertThat(cursor.push(query[end - 1])).isEqualTo(view.longestEnding(query, end));
        }
      }
      int start = random.nextInt(query.length);
      int end = start + 1 + random.nextInt(Math.min(6, query.length - start));
      int cap = random.nextInt(5);
      Occurrences here = index.locate(query, start, end, cap);
      Occurrences there = twin.locate(query, start, end, cap);
      assertThat(here.occurrences()).isEqualTo(there.occurrences());
      assertThat(here.documentCount()).isEqualTo(there.documentCount());
      assertThat(here.documents()).containsExactly(there.documents());
    }
  }

  /** Random tokens, some outside the vocabulary, or a piece of a document with an edit. */
  private static int[] query(BruteForceIndex twin, Random random, int alphabet, int offset) {
    if (random.nextBoolean() && !twin.active.isEmpty()) {
      List<int[]> documents = List.copyOf(twin.active.values());
      int[] document = documents.get(random.nextInt(documents.size()));
      int from = random.nextInt(document.length);
      int[] piece =
          java.util.Arrays.copyOfRange(
              document, from, from + 1 + random.nextInt(Math.min(30, document.length - from)));
      piece[random.nextInt(piece.length)] = offset + random.nextInt(alphabet);
      return piece;
    }
    return random.ints(1 + random.nextInt(30), -1, alphabet + 1).map(t -> t + offset).toArray();
  }
}
