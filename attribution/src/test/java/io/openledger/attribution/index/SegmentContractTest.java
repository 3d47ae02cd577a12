package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
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
import org.junit.jupiter.params.provider.ValueSource;

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
        if (segment instanceof CompactSegment compact) {
          // as if every query repeated itself so much that its own repeats are used
          assertThat(new MatchStarts(query, compact::bucket, compact::extend, -1).longestMatches())
              .containsExactly(longest);
        }
        SegmentCursor cursor = segment.cursor();
        for (int end = 0; end <= query.length; end++) {
          int start = 0;
          while (start < end && start + longest[start] < end) {
            start++;
          }
          assertThat(segment.longestEnding(query, end)).isEqualTo(end - start);
          if (end > 0) {
            assertThat(cursor.push(query[end - 1])).isEqualTo(end - start);
            assertThat(cursor.count())
                .isEqualTo(start == end ? 0 : segment.count(query, start, end));
          }
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

  @ParameterizedTest(name = "vocabulary {0}")
  @ValueSource(ints = {1, 2, 300, 65_535, 65_536, 70_000})
  void formsAgreeOnEveryRank(int vocabulary) throws Exception {
    Random random = new Random(vocabulary);
    List<int[]> texts = new ArrayList<>();
    for (int d = 0; d < 60; d++) {
      int length = d % 4 == 0 ? 1 : 1 + random.nextInt(400);
      // few tokens often, as words are, and the first and the last of the vocabulary
      int[] text =
          random
              .ints(length, 0, 40)
              .map(i -> i == 0 ? vocabulary - 1 : (int) Math.pow(vocabulary, i / 40.0) - 1)
              .toArray();
      if (d % 3 == 0 && d > 0) {
        int[] source = texts.get(random.nextInt(d));
        System.arraycopy(source, 0, text, 0, Math.min(source.length, length));
      }
      texts.add(text);
    }
    try (Segment fast = segment(IndexForm.FAST, vocabulary, texts);
        Segment compact = segment(IndexForm.COMPACT, vocabulary, texts)) {
      assertThat(compact.documents()).isEqualTo(fast.documents());
      assertThat(compact.totalTokens()).isEqualTo(fast.totalTokens());
      long same = 0;
      for (long rank = 0; rank < fast.totalTokens(); rank++) {
        same += compact.occurrence(rank).equals(fast.occurrence(rank)) ? 1 : 0;
      }
      assertThat(same).isEqualTo(fast.totalTokens());
      for (int token = 0; token < vocabulary; token += 1 + vocabulary / 500) {
        assertThat(compact.unigram(token)).isEqualTo(fast.unigram(token));
      }
      for (int d = 0; d < texts.size(); d++) {
        assertThat(compact.sequence(d)).isEqualTo(fast.sequence(d));
        assertThat(compact.tokens(d)).containsExactly(texts.get(d));
        int[] text = texts.get(d);
        requireSameAnswers(fast, compact, text);
        int[] mixed = Arrays.copyOf(text, text.length + 20);
        int[] other = texts.get((d + 7) % texts.size());
        System.arraycopy(other, 0, mixed, text.length, Math.min(20, other.length));
        requireSameAnswers(fast, compact, mixed);
      }
    }
  }

  private static void requireSameAnswers(Segment fast, Segment compact, int[] query) {
    assertThat(compact.longestMatches(query)).containsExactly(fast.longestMatches(query));
    for (int end = 1; end <= query.length; end += 1 + query.length / 8) {
      assertThat(compact.longestEnding(query, end)).isEqualTo(fast.longestEnding(query, end));
      for (int start = Math.max(0, end - 7); start < end; start += 3) {
        long count = fast.count(query, start, end);
        assertThat(compact.count(query, start, end)).isEqualTo(count);
        if (count > 0) {
          assertThat(compact.ranks(query, start, end)).isEqualTo(fast.ranks(query, start, end));
        }
        BitSet expected = new BitSet();
        fast.documentsWith(query, start, end, expected, fast.documents());
        BitSet found = new BitSet();
        compact.documentsWith(query, start, end, found, compact.documents());
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest(name = "period {0}")
  @ValueSource(ints = {1, 2, 7, 60})
  void queriesThatRepeatLongerThanTheTextTakeFewSteps(int period) throws Exception {
    int[] query = new int[4000];
    Arrays.setAll(query, i -> i % period);
    List<int[]> texts = List.of(Arrays.copyOf(query, 1500), new int[] {3, 2, 1});
    try (Segment fast = segment(IndexForm.FAST, 100, texts);
        Segment compact = segment(IndexForm.COMPACT, 100, texts)) {
      CompactSegment segment = (CompactSegment) compact;
      MatchStarts starts = new MatchStarts(query, segment::bucket, segment::extend);
      assertThat(starts.longestMatches()).containsExactly(fast.longestMatches(query));
      assertThat(starts.steps()).isLessThan(30L * query.length + 10L * period * 1500);
    }
  }

  @Test
  void wideIntervalsAreListedAndNotWalked() throws Exception {
    // every document holds the same phrase, then something of its own
    Random random = new Random(9);
    List<int[]> texts = new ArrayList<>();
    for (int d = 0; d < 3000; d++) {
      int[] text = random.ints(30, 10, 1000).toArray();
      for (int i = 0; i < 8; i++) {
        text[i + d % 5] = i;
      }
      texts.add(text);
    }
    try (Segment fast = segment(IndexForm.FAST, 1000, texts);
        Segment compact = segment(IndexForm.COMPACT, 1000, texts)) {
      int[] phrase = {0, 1, 2, 3, 4, 5, 6, 7};
      assertThat(compact.count(phrase, 0, 8)).isEqualTo(3000);
      requireSameAnswers(fast, compact, phrase);
      CompactSegment segment = (CompactSegment) compact;
      assertThat(segment.walked(segment.ranks(phrase, 0, 8))).isLessThan(4096 / 4);
    }
  }

  @Test
  void bytesOfTheCompactFormArePinned() throws Exception {
    List<Document> documents = new ArrayList<>();
    for (int d = 0; d < 40; d++) {
      int first = d;
      int[] text = new int[1 + d * 7 % 90];
      Arrays.setAll(text, i -> (i * i + first * (i % 5)) % 300);
      documents.add(new Document(1 + d + d / 10, text));
    }
    var out = new java.io.ByteArrayOutputStream();
    SegmentFile.sort(IndexForm.COMPACT, 7, TOKENIZER, 300, documents, fraction -> {}).write(out);
    // a change of these bytes is a change of the format: it needs another version
    assertThat(Hash256.of(Digests.sha256().digest(out.toByteArray())).hex())
        .isEqualTo("e4c0ae13e1883507787d1630721786aa693a236432897a696fd3285dcd7eeda4");
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

  /** The text is one word, longer than the document's run of it: every end has another match. */
  @Test
  void repetitionThatWouldTakeHoursIsRefusedSoon() {
    int run = 20_000;
    assertThatThrownBy(
            () ->
                MatchEnds.longestMatches(
                    1 << 20, (end, most) -> Math.min(Math.min(end, most), run)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining("repeats itself");
  }
}
