package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a segment answers, compared with looking everywhere. */
class SegmentContractTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("contract");

  @TempDir Path directory;

  private Segment segment(IndexForm form, int vocabulary, List<int[]> texts) throws Exception {
    List<Document> documents = new ArrayList<>();
    for (int[] text : texts) {
      documents.add(new Document(documents.size() + 1, text));
    }
    SegmentContent writer =
        SegmentFile.sort(form, 1, TOKENIZER, vocabulary, documents, fraction -> {});
    Path file = directory.resolve("segment-" + System.identityHashCode(writer));
    Hash256 digest;
    try (OutputStream out = Files.newOutputStream(file)) {
      digest = writer.write(out);
    }
    return SegmentFile.open(file, 1, TOKENIZER, vocabulary, digest);
  }

  private void requireSame(IndexForm form, int vocabulary, List<int[]> texts, List<int[]> queries)
      throws Exception {
    BruteForceIndex plain = new BruteForceIndex();
    for (int i = 0; i < texts.size(); i++) {
      plain.active.put(i + 1L, texts.get(i));
    }
    try (Segment segment = segment(form, vocabulary, texts)) {
      for (int i = 0; i < texts.size(); i++) {
        assertThat(segment.tokens(i)).containsExactly(texts.get(i));
        assertThat(segment.length(i)).isEqualTo(texts.get(i).length);
      }
      for (int[] query : queries) {
        int[] longest = plain.longestMatches(query);
        assertThat(segment.longestMatches(query)).containsExactly(longest);
        for (int end = 0; end <= query.length; end++) {
          int start = 0;
          while (start < end && start + longest[start] < end) {
            start++;
          }
          assertThat(segment.longestEnding(query, end)).isEqualTo(end - start);
          if (start < end) {
            requireOccurrences(segment, plain, query, start, end);
          }
        }
      }
    }
  }

  private static void requireOccurrences(
      Segment segment, BruteForceIndex plain, int[] query, int start, int end) {
    var expected = plain.locate(query, start, end, Integer.MAX_VALUE);
    assertThat(segment.count(query, start, end)).isEqualTo(expected.occurrences());
    Ranks ranks = segment.ranks(query, start, end);
    BitSet documents = new BitSet();
    List<Occurrence> seen = new ArrayList<>();
    int[] phrase = Arrays.copyOfRange(query, start, end);
    for (long rank = ranks.from(); rank < ranks.to(); rank++) {
      Occurrence one = segment.occurrence(rank);
      int[] text = plain.active.get(one.document() + 1L);
      assertThat(Arrays.copyOfRange(text, one.end() - phrase.length, one.end()))
          .containsExactly(phrase);
      documents.set(one.document());
      seen.add(one);
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize((int) expected.occurrences());
    BitSet found = new BitSet();
    segment.documentsWith(query, start, end, found, segment.documents());
    assertThat(found).isEqualTo(documents);
    BitSet without = new BitSet();
    for (int next = documents.nextSetBit(0); ; next = documents.nextSetBit(next + 1)) {
      assertThat(segment.earliest(ranks, without)).isEqualTo(next);
      if (next < 0) {
        break;
      }
      without.set(next);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersLikeLookingEverywhere(IndexForm form) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try {
      for (int round = 0; round < 60; round++) {
        int vocabulary = 1 + random.nextInt(round % 2 == 0 ? 4 : 70_000);
        List<int[]> texts = new ArrayList<>();
        for (int d = 1 + random.nextInt(8); d > 0; d--) {
          texts.add(random.ints(1 + random.nextInt(60), 0, vocabulary).toArray());
        }
        List<int[]> queries = new ArrayList<>();
        queries.add(new int[0]);
        for (int q = 0; q < 5; q++) {
          int[] query = random.ints(random.nextInt(30), 0, vocabulary).toArray();
          int[] text = texts.get(random.nextInt(texts.size()));
          int copied = Math.min(query.length, random.nextInt(text.length + 1));
          System.arraycopy(text, text.length - copied, query, 0, copied);
          queries.add(query);
          queries.add(text);
        }
        requireSame(form, vocabulary, texts, queries);
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersOnRepetitiveTexts(IndexForm form) throws Exception {
    int[] equal = new int[200];
    int[] fibonacci = new int[150];
    StringBuilder word = new StringBuilder("0");
    for (String before = "1"; word.length() < fibonacci.length; ) {
      String now = word.toString();
      word.append(before);
      before = now;
    }
    Arrays.setAll(fibonacci, i -> word.charAt(i) - '0');
    List<int[]> texts = List.of(equal, fibonacci, new int[] {1}, new int[] {0});
    requireSame(
        form,
        2,
        texts,
        List.of(new int[210], Arrays.copyOf(fibonacci, 90), new int[] {1, 1, 0, 1, 1, 1, 0, 0}));
  }

  @Test
  void hostileRepetitionTakesFewSearches() {
    int[] searches = {0};
    int[] longest =
        MatchEnds.longestMatches(
            100_000,
            (end, most) -> {
              searches[0]++;
              return Math.min(end, most);
            });
    assertThat(longest[0]).isEqualTo(100_000);
    assertThat(longest[99_999]).isEqualTo(1);
    assertThat(searches[0]).isEqualTo(1);
  }
}
