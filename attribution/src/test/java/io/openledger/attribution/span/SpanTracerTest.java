package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanCredit;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
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
              // of each datanet as many as are listed
              assertThat(s.contributions()).containsExactly(id("a", 5), id("a", 7), id("b", 1));
              assertThat(s.contributionCount()).isEqualTo(3);
              // and of each the earliest, for an engine knows no times
              assertThat(s.credits())
                  .containsExactly(
                      new SpanCredit(s.creditedMillibits(), List.of(id("a", 5), id("b", 1))));
            });
    assertThat(engine.trace(text(1, 2, 3), indexes, new SpanThresholds(1, 0, 1)))
        .singleElement()
        .satisfies(s -> assertThat(s.contributions()).containsExactly(id("a", 5), id("b", 1)));
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
  void wholeWordsCutAMatchDownAndAWordThatIsNotWholeIsNone() {
    datanet("a").append(List.of(document(1, 1, 2, 3, 4, 5, 6)));
    SpanThresholds whole = new SpanThresholds(1, 0, 9, true, SpanThresholds.ALL_SPANS);
    // words: 0 2 | 3 4 | 5 | 6 9
    TokenizedText plain = text(0, 2, 3, 4, 5, 6, 9);
    boolean[] continues = {false, true, false, true, false, false, true};
    TokenizedText text = new TokenizedText(plain.tokens(), plain.starts(), plain.ends(), continues);
    assertThat(engine.trace(text, indexes, ALL))
        .singleElement()
        .satisfies(s -> assertThat(List.of(s.start(), s.end())).containsExactly(2, 12));
    assertThat(engine.trace(text, indexes, whole))
        .singleElement()
        .satisfies(s -> assertThat(List.of(s.start(), s.end())).containsExactly(4, 10));
    // the match of 3 and 4 is the middle of a word
    TokenizedText word =
        new TokenizedText(
            new int[] {9, 3, 4, 9},
            new int[] {0, 2, 4, 6},
            new int[] {2, 4, 6, 8},
            new boolean[] {false, true, true, true});
    assertThat(engine.trace(word, indexes, whole)).isEmpty();
  }

  @Test
  void aTokenIsTheEarliestContributionsThatHoldsEnoughAroundIt() {
    datanet("a")
        .append(
            List.of(
                document(1, 1, 2, 3, 4),
                document(2, 5, 6, 7, 8),
                // glued from both, and a word of its own
                document(3, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
    SpanThresholds thresholds = new SpanThresholds(3, 0, 9);
    // every token occurs twice but the last
    assertThat(engine.trace(text(1, 2, 3, 4, 5, 6, 7, 8, 9), indexes, thresholds))
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.contributions()).containsExactly(id("a", 3));
              assertThat(s.credits())
                  .containsExactly(
                      new SpanCredit(id("a", 1), 4 * bits(2, 17)),
                      new SpanCredit(id("a", 2), 4 * bits(2, 17)),
                      new SpanCredit(id("a", 3), bits(1, 17)));
            });
    // two tokens of the first would be no evidence by themselves
    assertThat(engine.trace(text(3, 4, 5, 6, 7), indexes, thresholds))
        .singleElement()
        .satisfies(
            s ->
                assertThat(s.credits())
                    .containsExactly(
                        new SpanCredit(id("a", 2), 3 * bits(2, 17)),
                        new SpanCredit(id("a", 3), 2 * bits(2, 17))));
  }

  /** Three words that many texts have are evidence where nothing longer is, but nobody's own. */
  @Test
  void aPhraseWithLessThanTwiceTheInformationIsWhosTheMatchIs() {
    datanet("a")
        .append(List.of(document(1, 9, 3, 4, 5, 9), document(2, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11)));
    // 3 to 5 carry 8.7 bits, 1 to 8 carry more
    assertThat(engine.trace(text(1, 2, 3, 4, 5, 6, 7, 8), indexes, new SpanThresholds(3, 8000, 9)))
        .singleElement()
        .satisfies(
            s ->
                assertThat(s.credits())
                    .containsExactly(new SpanCredit(id("a", 2), s.creditedMillibits())));
    // where there is nothing but the phrase, it is the first one's
    assertThat(engine.trace(text(3, 4, 5), indexes, new SpanThresholds(3, 8000, 9)))
        .singleElement()
        .satisfies(
            s ->
                assertThat(s.credits())
                    .containsExactly(new SpanCredit(id("a", 1), s.creditedMillibits())));
    // and with half the minimum it is the first one's own
    assertThat(engine.trace(text(1, 2, 3, 4, 5, 6, 7, 8), indexes, new SpanThresholds(3, 4000, 9)))
        .singleElement()
        .satisfies(s -> assertThat(s.credits().get(0).contribution()).isEqualTo(id("a", 1)));
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
    int divided = 0;
    for (int round = 0; round < 600; round++) {
      TokenizedText text = words(random, text(random.ints(1 + random.nextInt(40), 0, 5).toArray()));
      SpanThresholds thresholds =
          new SpanThresholds(
              1 + random.nextInt(4),
              random.nextInt(9000),
              1 + random.nextInt(5),
              random.nextBoolean(),
              SpanThresholds.ALL_SPANS);
      assertThat(engine.trace(text, indexes, thresholds))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(plain(text, twins, thresholds));
      divided +=
          (int)
              engine.trace(text, indexes, thresholds).stream()
                  .filter(s -> s.credits().size() > 1)
                  .count();
    }
    assertThat(divided).as("spans with several owners").isGreaterThan(100);
  }

  /** Two tokens in five go on with a word. */
  private static TokenizedText words(Random random, TokenizedText text) {
    boolean[] continues = new boolean[text.length()];
    for (int i = 1; i < continues.length; i++) {
      continues[i] = random.nextInt(5) < 2;
    }
    return new TokenizedText(text.tokens(), text.starts(), text.ends(), continues);
  }

  /** The definition of {@code SpanMatch}, over all pairs (start, end). */
  private static List<SpanMatch> plain(
      TokenizedText text, List<BruteForceIndex> twins, SpanThresholds thresholds) {
    int[] tokens = text.tokens();
    int n = tokens.length;
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
    // every stretch that occurs and begins and ends where it may, and those that suffice
    List<int[]> occurring = new ArrayList<>();
    List<int[]> sufficient = new ArrayList<>();
    for (int start = 0; start < n; start++) {
      for (int end = start + 1; end <= n; end++) {
        boolean cutsAWord =
            thresholds.wholeWords()
                && (start > 0 && text.continues()[start] || end < n && text.continues()[end]);
        if (!cutsAWord && count(twins, tokens, start, end) > 0) {
          int[] stretch = {start, end};
          occurring.add(stretch);
          if (end - start >= thresholds.minimumTokens()
              && sum(worth, stretch) >= thresholds.minimumMillibits()) {
            sufficient.add(stretch);
          }
        }
      }
    }
    List<int[]> own =
        sufficient.stream()
            .filter(k -> sum(worth, k) >= 2 * thresholds.minimumMillibits())
            .toList();
    List<int[]> kept = new ArrayList<>(sufficient);
    kept.removeIf(
        k ->
            occurring.stream().anyMatch(o -> o != k && o[0] <= k[0] && k[1] <= o[1])
                || text.ends()[k[1] - 1] <= text.starts()[k[0]]);
    List<SpanMatch> spans = new ArrayList<>();
    String[] names = {"x", "y", "z"};
    for (int[] span : kept) {
      TreeMap<List<ContributionId>, Long> credits =
          new TreeMap<>(Comparator.comparing(Object::toString));
      for (int t = span[0]; t < span[1]; t++) {
        int at = t;
        int[] best =
            kept.stream()
                .filter(k -> k[0] <= at && at < k[1])
                .reduce((a, b) -> b[1] - b[0] > a[1] - a[0] ? b : a)
                .orElseThrow();
        if (best == span && worth[t] > 0) {
          List<ContributionId> earliest = new ArrayList<>();
          for (int i = 0; i < names.length; i++) {
            BruteForceIndex twin = twins.get(i);
            // who holds twice the information around the token, or the match if nobody does
            List<int[]> around = own.stream().filter(k -> k[0] <= at && at < k[1]).toList();
            OptionalLong first =
                (around.isEmpty() ? List.of(span) : around)
                    .stream()
                        .flatMapToLong(
                            k -> Arrays.stream(twin.locate(tokens, k[0], k[1], 1).documents()))
                        .min();
            if (first.isPresent()) {
              earliest.add(id(names[i], first.getAsLong()));
            }
          }
          credits.merge(earliest, worth[t], Long::sum);
        }
      }
      List<ContributionId> sources = new ArrayList<>();
      long documents = 0;
      for (int i = 0; i < names.length; i++) {
        var there = twins.get(i).locate(tokens, span[0], span[1], thresholds.listedContributions());
        documents += there.documentCount();
        for (long s : there.documents()) {
          sources.add(id(names[i], s));
        }
      }
      spans.add(
          new SpanMatch(
              text.starts()[span[0]],
              text.ends()[span[1] - 1],
              span[1] - span[0],
              sum(worth, span),
              credits.values().stream().mapToLong(c -> c).sum(),
              count(twins, tokens, span[0], span[1]),
              documents,
              sources,
              credits.entrySet().stream()
                  .map(e -> new SpanCredit(e.getValue(), e.getKey()))
                  .sorted(byContributions())
                  .toList()));
    }
    return spans;
  }

  private static Comparator<SpanCredit> byContributions() {
    return (a, b) -> {
      for (int i = 0; i < Math.min(a.earliest().size(), b.earliest().size()); i++) {
        int order = a.earliest().get(i).compareTo(b.earliest().get(i));
        if (order != 0) {
          return order;
        }
      }
      return a.earliest().size() - b.earliest().size();
    };
  }

  private static long sum(long[] worth, int[] stretch) {
    return IntStream.range(stretch[0], stretch[1]).mapToLong(t -> worth[t]).sum();
  }

  private static long count(List<BruteForceIndex> twins, int[] tokens, int start, int end) {
    return twins.stream().mapToLong(w -> w.locate(tokens, start, end, 0).occurrences()).sum();
  }

  @Test
  void theOrderInWhichContributionsReachTheIndexDoesNotMatter() {
    Random random = new Random(21);
    List<Document> documents = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      documents.add(document(i, random.ints(1 + random.nextInt(40), 0, 4).toArray()));
    }
    datanet("a").append(documents);
    Map<DatanetId, SpanIndex> once = Map.copyOf(indexes);
    List<Document> shuffled = new ArrayList<>(documents);
    Collections.shuffle(shuffled, random);
    SpanIndex other = engine.open(directory.resolve("shuffled"), TOKENIZER, 50);
    indexes.put(new DatanetId("b"), other);
    shuffled.forEach(one -> other.append(List.of(one)));
    Map<DatanetId, SpanIndex> oneByOne = Map.of(new DatanetId("a"), other);
    int divided = 0;
    for (int round = 0; round < 200; round++) {
      TokenizedText text = text(random.ints(30, 0, 4).toArray());
      SpanThresholds thresholds = new SpanThresholds(1 + random.nextInt(5), 0, 10);
      List<SpanMatch> found = engine.trace(text, once, thresholds);
      assertThat(engine.trace(text, oneByOne, thresholds)).isEqualTo(found);
      divided += (int) found.stream().filter(s -> s.credits().size() > 1).count();
    }
    assertThat(divided).isGreaterThan(50);
  }

  /** A token's owner never changes because of what is contributed later, whatever that is. */
  @Test
  void whatIsContributedLaterTakesNothingAway() {
    long seed = 33;
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      SpanIndex index = datanet("n" + round);
      Map<DatanetId, SpanIndex> only = Map.of(new DatanetId("n" + round), index);
      // every token equally often, so that information is the same before and after
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < 160; i++) {
        all.add(i % 4);
      }
      Collections.shuffle(all, random);
      int[] early = all.stream().mapToInt(t -> t).toArray();
      for (int i = 0; i < 8; i++) {
        index.append(List.of(document(i + 1, Arrays.copyOfRange(early, 20 * i, 20 * i + 20))));
      }
      int[] text = random.ints(40, 0, 4).toArray();
      System.arraycopy(early, random.nextInt(120), text, 10, 20);
      SpanThresholds thresholds = new SpanThresholds(3 + random.nextInt(3), 0, 10);
      Map<Long, Long> before = owned(text, only, thresholds);
      // the later one repeats the text itself, and fills up to as many of each token
      List<Integer> late = new ArrayList<>();
      int[] rest = {40, 40, 40, 40};
      for (int token : text) {
        late.add(token);
        rest[token]--;
      }
      for (int token = 0; token < 4; token++) {
        for (; rest[token] > 0; rest[token]--) {
          late.add(token);
        }
      }
      index.append(List.of(document(99, late.stream().mapToInt(t -> t).toArray())));
      Map<Long, Long> after = owned(text, only, thresholds);
      after.remove(99L);
      assertThat(after).as("seed %d, round %d", seed, round).isEqualTo(before);
    }
  }

  private Map<Long, Long> owned(
      int[] text, Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds) {
    Map<Long, Long> owned = new TreeMap<>();
    for (SpanMatch span : engine.trace(text(text), datanets, thresholds)) {
      span.credits()
          .forEach(c -> owned.merge(c.contribution().sequence(), c.millibits(), Long::sum));
    }
    return owned;
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
