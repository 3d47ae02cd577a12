package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.attribution.index.BruteForceIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as the runtime finds it, against spans worked out from the definition. */
class SpanTracerTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("spans");
  private static final SpanThresholds ALL = new SpanThresholds(1, 0, 1000);

  @TempDir Path directory;

  private final AttributionEngine engine =
      ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow();
  private final Map<DatanetId, SpanIndex> indexes = new LinkedHashMap<>();

  @AfterEach
  void close() {
    indexes.values().forEach(SpanIndex::close);
  }

  private SpanIndex datanet(String name) {
    SpanIndex index = engine.open(directory.resolve(name), TOKENIZER, 50);
    indexes.put(new DatanetId(name), index);
    return index;
  }

  private static Document document(long sequence, int... tokens) {
    return new Document(sequence, tokens);
  }

  /** Every token is two characters. */
  private static TokenizedText text(int... tokens) {
    return new TokenizedText(
        tokens,
        IntStream.range(0, tokens.length).map(i -> 2 * i).toArray(),
        IntStream.range(0, tokens.length).map(i -> 2 * i + 2).toArray());
  }

  private static ContributionId id(String net, long sequence) {
    return new ContributionId(new DatanetId(net), sequence);
  }

  @Test
  void serviceLoaderFindsTheEngine() {
    assertThat(engine).isInstanceOf(SpanAttributionEngine.class);
  }

  @Test
  void takesTheLongestMatchOfAllDatanetsAndCountsItOverAll() {
    datanet("b").append(List.of(document(1, 1, 2, 3, 4), document(2, 9, 1, 2)));
    datanet("a").append(List.of(document(7, 1, 2, 3), document(5, 8, 1, 2, 3)));
    List<SpanMatch> found = engine.trace(text(1, 2, 3, 4), indexes, ALL);
    assertThat(found)
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.contributions()).containsExactly(id("b", 1));
              assertThat(s.start()).isZero();
              assertThat(s.end()).isEqualTo(8);
            });
    assertThat(engine.trace(text(1, 2, 3), indexes, ALL))
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.contributions()).containsExactly(id("a", 5), id("a", 7), id("b", 1));
              assertThat(s.contributionCount()).isEqualTo(3);
            });
    assertThat(engine.trace(text(1, 2, 3), indexes, new SpanThresholds(1, 0, 2)))
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.contributions()).containsExactly(id("a", 5), id("a", 7));
              assertThat(s.contributionCount()).isEqualTo(3);
            });
  }

  @Test
  void informationIsThatOfTheDatanetsTogether() {
    datanet("a").append(List.of(document(1, 1, 2)));
    datanet("b").append(List.of(document(1, 1, 1, 3, 3, 3, 4)));
    // 1 is 3 of 8, 2 is 1 of 8
    assertThat(engine.trace(text(1, 2), indexes, ALL))
        .singleElement()
        .satisfies(s -> assertThat(s.millibits()).isEqualTo(1415 + 3000));
    assertThat(1000 * Math.log(8 / 3.0) / Math.log(2)).isCloseTo(1415, within(0.5));
    assertThat(engine.trace(text(1, 2), indexes, new SpanThresholds(2, 4415, 5))).hasSize(1);
    assertThat(engine.trace(text(1, 2), indexes, new SpanThresholds(2, 4416, 5))).isEmpty();
    assertThat(engine.trace(text(1, 2), indexes, new SpanThresholds(3, 0, 5))).isEmpty();
  }

  @Test
  void overlappingTokensCountOnceForTheLongestThenTheEarlier() {
    datanet("a")
        .append(List.of(document(1, 1, 2, 3), document(2, 2, 3, 4, 5), document(3, 4, 5, 6, 7)));
    List<SpanMatch> found = engine.trace(text(1, 2, 3, 4, 5, 6, 7), indexes, ALL);
    assertThat(found.stream().map(SpanMatch::tokens)).containsExactly(3, 4, 4);
    long one = bits(1, 11);
    long two = bits(2, 11);
    assertThat(found.stream().map(SpanMatch::creditedMillibits))
        .containsExactly(one, 4 * two, 2 * one);
    assertThat(found.get(0).millibits()).isEqualTo(one + 2 * two);
  }

  private static long bits(int count, int total) {
    return Math.round(1000 * Math.log((double) total / count) / Math.log(2));
  }

  @Test
  void skipsMatchesThatHoldNoCharacter() {
    datanet("a").append(List.of(document(1, 1, 2)));
    TokenizedText empty = new TokenizedText(new int[] {1, 2}, new int[] {3, 3}, new int[] {3, 3});
    assertThat(engine.trace(empty, indexes, ALL)).isEmpty();
    assertThat(engine.trace(text(), indexes, ALL)).isEmpty();
    assertThat(engine.trace(text(1, 2), Map.of(), ALL)).isEmpty();
  }

  @Test
  void retractedContributionsAreNoEvidence() {
    SpanIndex index = datanet("a");
    index.append(List.of(document(1, 1, 2, 3, 4), document(2, 2, 3)));
    index.retract(1);
    assertThat(engine.trace(text(1, 2, 3, 4), indexes, ALL))
        .singleElement()
        .satisfies(s -> assertThat(s.contributions()).containsExactly(id("a", 2)));
  }

  @Test
  void equalsTheDefinitionOnRandomDatanets() {
    long seed = 99;
    Random random = new Random(seed);
    List<BruteForceIndex> twins = new ArrayList<>();
    for (String name : List.of("x", "y", "z")) {
      BruteForceIndex twin = new BruteForceIndex();
      SpanIndex index = datanet(name);
      for (int part = 0; part < 3; part++) {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          documents.add(
              document(1 + part * 4 + i, random.ints(1 + random.nextInt(30), 0, 4).toArray()));
        }
        index.append(documents);
        twin.append(documents);
      }
      index.retract(3);
      twin.retract(3);
      twins.add(twin);
    }
    for (int round = 0; round < 500; round++) {
      TokenizedText text = text(random.ints(1 + random.nextInt(40), 0, 5).toArray());
      SpanThresholds thresholds =
          new SpanThresholds(1 + random.nextInt(4), random.nextInt(9000), 1 + random.nextInt(5));
      assertThat(engine.trace(text, indexes, thresholds))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(plain(text, twins, thresholds));
    }
  }

  /** The definition of {@code SpanMatch}, position by position, over all pairs (start, end). */
  private static List<SpanMatch> plain(
      TokenizedText text, List<BruteForceIndex> twins, SpanThresholds thresholds) {
    int[] tokens = text.tokens();
    int n = tokens.length;
    List<int[]> kept = new ArrayList<>();
    for (int start = 0; start < n; start++) {
      for (int end = n; end > start; end--) {
        if (count(twins, tokens, start, end) > 0) {
          int[] span = {start, end};
          boolean inside = kept.stream().anyMatch(k -> k[0] <= span[0] && k[1] >= span[1]);
          if (!inside) {
            kept.add(span);
          }
          break;
        }
      }
    }
    long total = twins.stream().mapToLong(BruteForceIndex::totalTokens).sum();
    long[] worth = new long[n];
    for (int t = 0; t < n; t++) {
      int token = tokens[t];
      long often = twins.stream().mapToLong(w -> w.unigram(token)).sum();
      worth[t] =
          often == 0
              ? 0
              : Math.round(1000 * StrictMath.log((double) total / often) / StrictMath.log(2));
    }
    kept.removeIf(
        k ->
            k[1] - k[0] < thresholds.minimumTokens()
                || IntStream.range(k[0], k[1]).mapToLong(t -> worth[t]).sum()
                    < thresholds.minimumMillibits());
    List<SpanMatch> spans = new ArrayList<>();
    for (int[] span : kept) {
      long credited = 0;
      for (int t = span[0]; t < span[1]; t++) {
        int at = t;
        int[] best =
            kept.stream()
                .filter(k -> k[0] <= at && at < k[1])
                .reduce((a, b) -> b[1] - b[0] > a[1] - a[0] ? b : a)
                .orElseThrow();
        credited += best == span ? worth[t] : 0;
      }
      List<ContributionId> sources = new ArrayList<>();
      String[] names = {"x", "y", "z"};
      for (int i = 0; i < names.length; i++) {
        for (long s : twins.get(i).locate(tokens, span[0], span[1], 99).documents()) {
          sources.add(id(names[i], s));
        }
      }
      spans.add(
          new SpanMatch(
              2 * span[0],
              2 * span[1],
              span[1] - span[0],
              IntStream.range(span[0], span[1]).mapToLong(t -> worth[t]).sum(),
              credited,
              count(twins, tokens, span[0], span[1]),
              sources.size(),
              sources.subList(0, Math.min(sources.size(), thresholds.listedContributions()))));
    }
    return spans;
  }

  private static long count(List<BruteForceIndex> twins, int[] tokens, int start, int end) {
    return twins.stream().mapToLong(w -> w.locate(tokens, start, end, 0).occurrences()).sum();
  }

  @Test
  void findsTheEarliestDocumentThatIsRepeatedNearlyWhole() {
    SpanIndex index = datanet("a");
    index.append(
        List.of(
            document(9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            document(4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20),
            document(2, 1, 2, 3, 30, 4, 5, 6, 31, 7, 8, 9, 10)));
    int[] text = {1, 2, 3, 4, 5, 6, 7, 8, 9, 40};
    // 9 of 10 tokens repeat 4 and 9; of 2 no four in a row but 7 8 9 10, which the text lacks
    assertThat(engine.nearDuplicateOf(text, index, 9000)).isEqualTo(OptionalLong.of(4));
    assertThat(engine.nearDuplicateOf(text, index, 9001)).isEmpty();
    index.retract(4);
    assertThat(engine.nearDuplicateOf(text, index, 9000)).isEqualTo(OptionalLong.of(9));
    assertThat(engine.nearDuplicateOf(new int[] {1, 2, 3}, index, 1)).isEmpty();
    assertThatThrownBy(() -> engine.nearDuplicateOf(text, index, 0))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void nearDuplicatesEqualTheDefinitionOnRandomTexts() {
    long seed = 5;
    Random random = new Random(seed);
    SpanIndex index = datanet("a");
    List<Document> documents = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      documents.add(document(i, random.ints(40, 0, 3).toArray()));
    }
    index.append(documents);
    for (int round = 0; round < 300; round++) {
      int[] text = random.ints(1 + random.nextInt(30), 0, 3).toArray();
      int basisPoints = 1 + random.nextInt(10_000);
      assertThat(engine.nearDuplicateOf(text, index, basisPoints))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(plainNearDuplicate(text, documents, basisPoints));
    }
  }

  private static OptionalLong plainNearDuplicate(
      int[] text, List<Document> documents, int basisPoints) {
    for (Document document : documents) {
      BruteForceIndex alone = new BruteForceIndex();
      alone.append(List.of(document));
      java.util.BitSet covered = new java.util.BitSet();
      for (int i = 0; i + 4 <= text.length; i++) {
        if (alone.locate(text, i, i + 4, 0).occurrences() > 0) {
          covered.set(i, i + 4);
        }
      }
      if (covered.cardinality() * 10_000L >= (long) basisPoints * text.length) {
        return OptionalLong.of(document.sequence());
      }
    }
    return OptionalLong.empty();
  }
}
