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
 * attack is worth what the attacker is paid for it. Not covered: changed words, and answers that
 * quote an attacker's text across a junction of two pieces.
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
}
