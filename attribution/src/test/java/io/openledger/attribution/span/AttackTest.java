package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine.CreditRequest;
import io.openledger.api.spi.AttributionEngine.Ownership;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody gains who contributes another's text again. An answer quotes the honest author; the
 * attack is worth what the attacker is paid for it. What no rule about verbatim matches can see is
 * measured in the last tests: pieces and runs too short to be evidence for anybody.
 */
class AttackTest {

  private static final DatanetId NET = new DatanetId("net");
  private static final int VOCABULARY = 3000;
  // basis points, as in the default policy
  private static final int NEAR_DUPLICATE = 6000;
  private static final int FEE = 1_000_000;

  @TempDir Path directory;

  private final SpanAttributionEngine engine = new SpanAttributionEngine();
  private final Random random = new Random(7);
  private final int[] honest = random.ints(600, 0, VOCABULARY).toArray();
  private final int[] common = random.ints(2400, 0, VOCABULARY).toArray();
  private final Map<ContributionId, Ownership> owners = new HashMap<>();
  private SpanIndex index;

  @BeforeEach
  void open() {
    index = engine.open(directory, Hash256.sha256("attacks"), VOCABULARY);
    contribute("library", common);
    contribute("author", honest);
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
  }

  @AfterEach
  void close() {
    index.close();
  }

  /** As the runtime does: a near-duplicate's credit goes to the earlier contribution's owner. */
  private boolean contribute(String account, int[] tokens) {
    ContributionId id = new ContributionId(NET, owners.size() + 1L);
    OptionalLong earlier = engine.nearDuplicateOf(tokens, index, NEAR_DUPLICATE);
    Ownership own =
        new Ownership(
            id, List.of(ContributorShare.sole(new ContributorId(account), Optional.empty())));
    owners.put(
        id, earlier.isPresent() ? owners.get(new ContributionId(NET, earlier.getAsLong())) : own);
    index.append(List.of(new Document(id.sequence(), tokens)));
    return earlier.isPresent();
  }

  /** What each account is paid for an answer, in millionths of the contributors' part. */
  private TreeMap<String, Long> paid(int[] answer) {
    int[] starts = IntStream.range(0, answer.length).map(i -> 2 * i).toArray();
    int[] ends = IntStream.range(0, answer.length).map(i -> 2 * i + 2).toArray();
    List<SpanMatch> spans =
        engine.trace(
            new TokenizedText(answer, starts, ends), Map.of(NET, index), SpanThresholds.standard());
    TreeMap<String, Long> paid = new TreeMap<>();
    engine
        .credit(
            new CreditRequest(
                Wei.of(FEE),
                new FeeSplit(Map.of(FeeRole.CONTRIBUTORS, 10_000)),
                Map.of(FeeRole.TREASURY, new AccountId(AccountId.Kind.PROTOCOL, "treasury")),
                spans,
                owners))
        .forEach(
            c -> paid.merge(c.account().name(), c.amount().value().longValueExact(), Long::sum));
    return paid;
  }

  private TreeMap<String, Long> paidForQuotesOfTheAuthor() {
    TreeMap<String, Long> paid = new TreeMap<>();
    for (int start = 0; start + 100 <= honest.length; start += 50) {
      paid(Arrays.copyOfRange(honest, start, start + 100))
          .forEach((k, v) -> paid.merge(k, v, Long::sum));
    }
    return paid;
  }

  @Test
  void theSameTextUnderASecondAccountGainsNothing() {
    assertThat(contribute("thief", honest)).isTrue();
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
  }

  @Test
  void splittingInAHundredPartsGainsNothing() {
    for (int part = 0; part < 100; part++) {
      assertThat(contribute("thief" + part, Arrays.copyOfRange(honest, 6 * part, 6 * part + 6)))
          .isTrue();
    }
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
  }

  @Test
  void reorderedSentencesGainNothingEvenWhereTheReorderedTextIsQuoted() {
    List<int[]> sentences = new ArrayList<>();
    for (int start = 0; start < honest.length; start += 20) {
      sentences.add(Arrays.copyOfRange(honest, start, start + 20));
    }
    Collections.shuffle(sentences, random);
    int[] reordered = sentences.stream().flatMapToInt(Arrays::stream).toArray();
    assertThat(contribute("thief", reordered)).isTrue();
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
    assertThat(paid(reordered)).containsOnlyKeys("author");
  }

  @Test
  void paddingWithCommonTextIsNoNearDuplicateYetGainsNothingFromQuotesOfTheAuthor() {
    int[] padded = Arrays.copyOf(common, common.length / 2 + honest.length);
    System.arraycopy(honest, 0, padded, common.length / 2, honest.length);
    int[] fresh = random.ints(600, 0, VOCABULARY).toArray();
    System.arraycopy(fresh, 0, padded, 0, fresh.length);
    assertThat(contribute("thief", padded)).isFalse();
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
    // what the thief wrote is the thief's
    assertThat(paid(fresh)).containsOnlyKeys("thief");
  }

  /** Every fifth token is another one. */
  private int[] changed() {
    int[] changed = honest.clone();
    for (int i = 4; i < changed.length; i += 5) {
      changed[i] = random.nextInt(VOCABULARY);
    }
    return changed;
  }

  @Test
  void changingEveryFifthWordIsANearDuplicateAndGainsNothingEvenWhereTheChangedTextIsQuoted() {
    int[] changed = changed();
    assertThat(contribute("thief", changed)).isTrue();
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
    assertThat(paid(changed)).containsOnlyKeys("author");
  }

  @Test
  void changedWordsAmongOwnTextGainNothingFromQuotesOfTheAuthor() {
    assertThat(contribute("thief", join(random.ints(1400, 0, VOCABULARY).toArray(), changed())))
        .isFalse();
    assertThat(paidForQuotesOfTheAuthor()).containsOnlyKeys("author");
  }

  /**
   * The limit of verbatim evidence: where every fifth word of a stretch is another one, no six
   * words in a row are anybody else's. Who hides such a stretch in enough text of his own to be no
   * near-duplicate is paid for quotes of his own version, and for nothing else.
   */
  @Test
  void changedWordsAmongOwnTextAreTheirWritersWhereHisVersionIsQuoted() {
    int[] changed = changed();
    contribute("thief", join(random.ints(1400, 0, VOCABULARY).toArray(), changed));
    assertThat(paid(changed)).containsOnlyKeys("thief");
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  /** Pieces of twelve authors' texts, of some lengths, one after the other. */
  private int[][] mosaic(int least, int most, int pieces) {
    int[][] authors = new int[12][];
    for (int a = 0; a < authors.length; a++) {
      authors[a] = random.ints(400, 0, VOCABULARY).toArray();
      assertThat(contribute("author" + a, authors[a])).isFalse();
    }
    int[][] glued = new int[pieces][];
    for (int i = 0; i < pieces; i++) {
      int[] author = authors[i % authors.length];
      int length = least + random.nextInt(most - least + 1);
      int from = random.nextInt(author.length - length);
      glued[i] = Arrays.copyOfRange(author, from, from + length);
    }
    return glued;
  }

  @Test
  void gluingPiecesOfOthersTogetherGainsNothingWhereTheMixIsQuoted() {
    int[][] pieces = mosaic(12, 60, 120);
    int[] mosaic = join(pieces);
    assertThat(contribute("thief", mosaic)).as("repeats no one text nearly whole").isFalse();
    assertThat(paid(mosaic)).doesNotContainKey("thief");
    // each is one match, and it is the thief's alone
    int quotes = 0;
    for (int from = 0; from < pieces.length; from++) {
      for (int to = from + 2; to <= Math.min(pieces.length, from + 6); to++) {
        assertThat(paid(join(Arrays.copyOfRange(pieces, from, to)))).doesNotContainKey("thief");
        quotes++;
      }
    }
    assertThat(quotes).isGreaterThan(500);
  }

  /**
   * Quotes that begin and end anywhere in the mix: what is left of a piece at their ends may be too
   * little to be anybody's own, and then goes to whose the whole match is.
   */
  @Test
  void quotesOfAMixGainItsGluerOnlyTheScrapsAtTheirEnds() {
    int[] mosaic = join(mosaic(12, 60, 120));
    contribute("thief", mosaic);
    for (int length : new int[] {100, 400}) {
      TreeMap<String, Long> paid = new TreeMap<>();
      int quotes = 0;
      for (int start = 0; start + length <= mosaic.length; start += 7, quotes++) {
        paid(Arrays.copyOfRange(mosaic, start, start + length))
            .forEach((who, what) -> paid.merge(who, what, Long::sum));
      }
      long together = paid.values().stream().mapToLong(Long::longValue).sum();
      assertThat(together).isEqualTo((long) quotes * FEE);
      double gain = 100.0 * paid.getOrDefault("thief", 0L) / together;
      System.out.printf(
          "%d quotes of %d tokens of a mosaic of 12 to 60: gain %.2f %%%n", quotes, length, gain);
      // on average less than a token at each end
      assertThat(gain).isLessThan(200.0 / length);
    }
  }

  @Test
  void ownWordsBetweenOthersPiecesAreAllThatAMosaicIsPaidFor() {
    int[] others = join(mosaic(20, 40, 24));
    int[] own = random.ints(others.length / 4, 0, VOCABULARY).toArray();
    int[] mixed = join(Arrays.copyOf(others, others.length / 2), own);
    mixed = join(mixed, Arrays.copyOfRange(others, others.length / 2, others.length));
    contribute("thief", mixed);
    TreeMap<String, Long> paid = paid(mixed);
    // a fifth of the tokens, all about equally rare
    assertThat((double) paid.get("thief") / FEE).isBetween(0.18, 0.22);
  }

  /** The other limit: five words are no evidence for anybody, however many fives are glued. */
  @Test
  void piecesTooShortToBeEvidenceAreTheirGluers() {
    int[] mosaic = join(mosaic(5, 5, 120));
    contribute("thief", mosaic);
    assertThat(paid(mosaic).get("thief")).isGreaterThan(FEE * 9L / 10);
  }
}
