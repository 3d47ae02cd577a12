package io.openledger.api.attribution;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.datanet.ContributionId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private static final ContributionId FIRST = ContributionId.parse("clauses:1");
  private static final ContributionId SECOND = ContributionId.parse("clauses:2");

  @Test
  void aSpanIsAStretchThatIsNotEmpty() {
    assertThat(span(0, 1, 1, 5, 5, 1, 1).contributions()).containsExactly(FIRST);
    refuses("span is -1 to 1", "not empty", () -> span(-1, 1, 1, 5, 5, 1, 1));
    refuses("span is 1 to 1", "not empty", () -> span(1, 1, 1, 5, 5, 1, 1));
    refuses("of 0 tokens", "not empty", () -> span(0, 1, 0, 5, 5, 1, 1));
  }

  @Test
  void noMoreInformationIsCreditedThanASpanHas() {
    refuses("credited information is 6", "0 to 5", () -> span(0, 1, 1, 5, 6, 1, 1));
    refuses("credited information is -1", "0 to 5", () -> span(0, 1, 1, 5, -1, 1, 1));
  }

  @Test
  void aSpansSourcesAreCountedAtLeastAsOftenAsListed() {
    refuses("1 listed of 0", "no more than there are", () -> span(0, 1, 1, 5, 5, 1, 0));
    refuses("of 2 with 1 occurrences", "no more", () -> span(0, 1, 1, 5, 5, 1, 2));
    refuses("0 listed of 1", "at least one", () -> new SpanMatch(0, 1, 1, 5, 5, 1, 1, List.of()));
  }

  @Test
  void aSpansCreditsAreTogetherWhatIsCredited() {
    assertThat(span(0, 1, 1, 5, 3, 1, 1).credits()).containsExactly(new SpanCredit(FIRST, 3));
    assertThat(span(0, 1, 1, 5, 0, 1, 1).credits()).isEmpty();
    SpanMatch shared =
        span(0, 1, 1, 5, 5, 1, 1)
            .withSources(
                List.of(FIRST), List.of(new SpanCredit(FIRST, 2), new SpanCredit(SECOND, 3)));
    assertThat(shared.mostCredited()).isEqualTo(SECOND);
    assertThat(span(0, 1, 1, 5, 0, 1, 1).mostCredited()).isEqualTo(FIRST);
    refuses(
        "credits of a span is 4 millibits",
        "5, all",
        () -> shared.withSources(List.of(FIRST), List.of(new SpanCredit(SECOND, 4))));
    refuses("credited information is 0", "1 millibit", () -> new SpanCredit(FIRST, 0));
    refuses("nobody", "at least one", () -> new SpanCredit(1, List.of()));
  }

  @Test
  void whatIsNotListedIsCountedAndCreditedAllTheSame() {
    SpanMatch first = span(0, 10, 10, 50, 40, 1, 1);
    SpanMatch large = span(5, 20, 15, 90, 90, 1, 1);
    SpanMatch equal = span(30, 40, 10, 50, 50, 1, 1);
    SpanMatch small =
        span(50, 56, 6, 9, 9, 1, 1)
            .withSources(
                List.of(FIRST), List.of(new SpanCredit(FIRST, 4), new SpanCredit(SECOND, 5)));
    InfluenceEstimate other = new InfluenceEstimate(SECOND, 1, "datainf");
    TextAttribution all =
        new TextAttribution(List.of(first, large, equal, small, other), List.of(), 40, 37);
    assertThat(all.listing(SpanThresholds.ALL_SPANS)).isSameAs(all);
    // 500 basis points of 40 tokens are 2 spans; of equals the earlier one
    TextAttribution two = all.listing(500);
    assertThat(two.evidence()).containsExactly(first, large, other);
    assertThat(two.unlisted())
        .isEqualTo(
            new TextAttribution.Unlisted(
                2, List.of(new SpanCredit(FIRST, 54), new SpanCredit(SECOND, 5))));
    assertThat(two.coveredTokens()).isEqualTo(37);
    // rounded up
    assertThat(all.listing(501).spans()).containsExactly(first, large, equal);
    assertThat(all.listing(1).spans()).containsExactly(large);
    assertThat(two.listing(1).unlisted().spans()).isEqualTo(3);
    assertThat(two.listing(1).unlisted().credits().stream().mapToLong(SpanCredit::millibits).sum())
        .isEqualTo(99);
    refuses(
        "unlisted spans is 0",
        "above 0",
        () -> new TextAttribution.Unlisted(0, List.of(new SpanCredit(FIRST, 1))));
  }

  @Test
  void estimatesAreFinite() {
    assertThat(new InfluenceEstimate(FIRST, -0.5, "datainf").nats()).isEqualTo(-0.5);
    refuses("NaN", "finite", () -> new InfluenceEstimate(FIRST, Double.NaN, "datainf"));
    refuses("estimator is ''", "a-z", () -> new InfluenceEstimate(FIRST, 0, ""));
    refuses("Infinity", "finite", () -> new RetrievedPassage(FIRST, 0, 1, 1 / 0.0));
    refuses("passage is 2 to 1", "not empty", () -> new RetrievedPassage(FIRST, 2, 1, 0));
    refuses("passage is -1 to 1", "not empty", () -> new RetrievedPassage(FIRST, -1, 1, 0));
  }

  @Test
  void spansAreToldFromOtherEvidence() {
    SpanMatch span = span(0, 1, 1, 5, 5, 1, 1);
    TextAttribution all =
        new TextAttribution(
            List.of(span, new InfluenceEstimate(SECOND, 1, "datainf")), List.of(), 4, 1);
    assertThat(all.spans()).containsExactly(span);
    refuses("covered tokens is 5", "0 to 4", () -> new TextAttribution(List.of(), List.of(), 4, 5));
  }

  @Test
  void whatIsSettledIsAboveZero() {
    ChainAddress address = new ChainAddress("0x" + "0".repeat(40));
    assertThat(new Total(address, Wei.of(1)).cumulative()).isEqualTo(Wei.of(1));
    refuses("zero", "above zero", () -> new Total(address, Wei.ZERO));
  }

  private static SpanMatch span(
      int start, int end, int tokens, long bits, long credited, long occurrences, long count) {
    return new SpanMatch(start, end, tokens, bits, credited, occurrences, count, List.of(FIRST));
  }
}
