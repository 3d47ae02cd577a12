package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.spi.EvidenceStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who was first, over several datanets. */
class EarliestFirstTest {

  // acceptance by minutes; a:1 and b:1 at the same moment
  private static final Map<String, Integer> MINUTES =
      Map.of("a:1", 5, "a:2", 9, "b:1", 5, "b:2", 6, "c:7", 1);

  private final List<Collection<ContributionId>> asked = new ArrayList<>();

  private Map<ContributionId, Instant> acceptedAt(Collection<ContributionId> ids) {
    asked.add(List.copyOf(ids));
    return ids.stream()
        .filter(id -> MINUTES.containsKey(id.toString()))
        .collect(
            Collectors.toMap(
                id -> id, id -> Instant.EPOCH.plusSeconds(60L * MINUTES.get(id.toString()))));
  }

  private static List<ContributionId> ids(String... names) {
    return List.of(names).stream().map(ContributionId::parse).toList();
  }

  private static SpanMatch span(List<ContributionId> listed, SpanCredit... credits) {
    long credited = List.of(credits).stream().mapToLong(SpanCredit::millibits).sum();
    return new SpanMatch(0, 9, 3, 99, credited, 9, 9, listed, List.of(credits));
  }

  @Test
  void creditsTheFirstAcceptedOfTheEarliestOfEachDatanet() {
    SpanMatch raw =
        span(
            ids("a:1", "a:2", "b:1", "b:2", "z:1"),
            new SpanCredit(10, ids("a:2", "b:2")),
            new SpanCredit(20, ids("a:1", "b:1", "c:7")),
            new SpanCredit(5, ids("b:2")),
            new SpanCredit(4, ids("a:1", "b:1")));
    SpanMatch ordered = new EarliestFirst(this::acceptedAt, 3).of(List.of(raw)).get(0);
    // ties to the smaller id; what the store does not know comes last
    assertThat(ordered.contributions()).isEqualTo(ids("a:1", "b:1", "b:2"));
    assertThat(ordered.credits())
        .containsExactly(
            new SpanCredit(ContributionId.parse("a:1"), 4),
            new SpanCredit(ContributionId.parse("b:2"), 15),
            new SpanCredit(ContributionId.parse("c:7"), 20));
    assertThat(ordered.contributionCount()).isEqualTo(9);
  }

  @Test
  void findsTheEarliestHoweverManyDatanetsHaveTheWords() {
    // 1200 datanets, of which the last one by name was first
    List<ContributionId> earliest =
        IntStream.range(1000, 2200).mapToObj(n -> ContributionId.parse("n" + n + ":1")).toList();
    EarliestFirst order =
        new EarliestFirst(
            ids ->
                ids.stream()
                    .collect(
                        Collectors.toMap(
                            id -> id,
                            id ->
                                Instant.EPOCH.plusSeconds(
                                    id.datanet().value().equals("n2199") ? 1 : 2))),
            10);
    SpanMatch raw =
        new SpanMatch(0, 9, 3, 99, 7, 1200, 1200, earliest, List.of(new SpanCredit(7, earliest)));
    SpanMatch ordered = order.of(List.of(raw)).get(0);
    assertThat(ordered.mostCredited()).hasToString("n2199:1");
    assertThat(ordered.contributions()).hasSize(10).startsWith(ordered.mostCredited());
  }

  @Test
  void asksOnceForAllAndNeverAgain() {
    EarliestFirst order = new EarliestFirst(this::acceptedAt, 3);
    SpanMatch one = span(ids("a:1"), new SpanCredit(1, ids("a:1", "b:1")));
    SpanMatch two = span(ids("a:2"), new SpanCredit(1, ids("a:2")));
    order.of(List.of(one, two));
    order.of(List.of(one));
    order.of(List.of());
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0)).containsExactlyInAnyOrderElementsOf(ids("a:1", "b:1", "a:2"));
  }

  @Test
  void aStreamIsPutInTheSameOrderAsAWholeText() {
    SpanMatch raw = span(ids("a:2", "b:2"), new SpanCredit(1, ids("a:2", "b:2")));
    EvidenceStream engine =
        new EvidenceStream() {
          @Override
          public List<SpanMatch> push(int token, int start, int end, boolean continues) {
            return List.of(raw);
          }

          @Override
          public List<SpanMatch> finish() {
            return List.of(raw, raw);
          }

          @Override
          public void close() {}
        };
    EarliestFirst order = new EarliestFirst(this::acceptedAt, 1);
    try (EvidenceStream stream = new EarliestFirstStream(engine, order)) {
      SpanMatch whole = order.of(List.of(raw)).get(0);
      assertThat(whole.mostCredited()).hasToString("b:2");
      assertThat(stream.push(1, 0, 1)).containsExactly(whole);
      assertThat(stream.finish()).containsExactly(whole, whole);
    }
  }
}
