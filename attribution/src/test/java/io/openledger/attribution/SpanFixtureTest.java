package io.openledger.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.attribution.span.MaximalSpans;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The published truth of 34 queries and 200 counts, exactly. */
class SpanFixtureTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("fixture");

  private static Fixture fixture;

  @TempDir Path directory;

  @BeforeAll
  static void load() throws Exception {
    fixture = Fixture.load();
  }

  private SpanIndex open(IndexForm form) {
    return new SpanAttributionEngine(1 << 20, Runnable::run)
        .open(directory, TOKENIZER, Fixture.VOCABULARY, Runnable::run, form);
  }

  @Test
  void tokenizesLikeTheFixture() {
    assertThat(fixture.documents).hasSize(fixture.truth.documents());
    assertThat(fixture.documents.stream().mapToLong(d -> d.tokens().length).sum())
        .isEqualTo(fixture.truth.tokens());
  }

  @ParameterizedTest
  @EnumSource
  void oneSegmentGivesTheTruth(IndexForm form) {
    try (SpanIndex index = open(form)) {
      index.append(fixture.documents);
      assertThat(index.forms()).containsExactly(Map.entry(form, 1));
      requireTruth(index);
    }
    try (SpanIndex reopened = open(form)) {
      assertThat(reopened.state().refused()).isEmpty();
      requireTruth(reopened);
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalSegmentsRetractionsAndMergesGiveTheTruth(IndexForm form) {
    // a copy of every tenth document under another sequence would double its counts, were it not
    // retracted
    try (SpanIndex index = open(form)) {
      List<Document> copies =
          fixture.documents.stream()
              .filter(d -> d.sequence() % 10 == 0)
              .map(d -> new Document(d.sequence() + 1000, d.tokens()))
              .toList();
      for (int from = 0; from < fixture.documents.size(); from += 18) {
        int to = Math.min(from + 18, fixture.documents.size());
        List<Document> part =
            java.util.stream.Stream.concat(
                    fixture.documents.subList(from, to).stream(),
                    copies.stream()
                        .filter(c -> c.sequence() % 7 == 0)
                        .filter(c -> !index.contains(c.sequence())))
                .toList();
        index.append(part);
      }
      assertThat(index.state().segments()).isGreaterThan(1);
      for (Document copy : copies) {
        assertThat(index.retract(copy.sequence())).isEqualTo(copy.sequence() % 7 == 0);
      }
      assertThat(index.totalTokens()).isEqualTo(fixture.truth.tokens());
      requireTruth(index);
    }
    try (SpanIndex reopened = open(form)) {
      requireTruth(reopened);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sevenSegmentsARetractionAndAMergeGiveTheTruth(IndexForm form) {
    // threads that never run: merging is what the test asks for
    try (SpanIndex index =
        new SpanAttributionEngine(1 << 20, Runnable::run)
            .open(directory, TOKENIZER, Fixture.VOCABULARY, task -> {}, form)) {
      long appended = 0;
      List<Document> part = new ArrayList<>();
      for (Document document : fixture.documents) {
        part.add(document);
        appended += document.tokens().length;
        if (appended * 7 >= fixture.truth.tokens() * (index.state().segments() + 1L)) {
          index.append(part);
          part.clear();
        }
      }
      assertThat(index.forms()).containsExactly(Map.entry(form, 7));
      requireTruth(index);
      Document first = fixture.documents.get(0);
      index.append(List.of(new Document(5000, first.tokens())));
      index.retract(5000);
      Document last = fixture.documents.get(fixture.documents.size() - 1);
      index.append(List.of(new Document(5001, last.tokens())));
      index.retract(5001);
      requireTruth(index);
      index.merge();
      assertThat(index.forms()).containsExactly(Map.entry(form, 1));
      requireTruth(index);
    }
  }

  @Test
  void aChangeConvertsWhatIsLargeBesideIt() {
    try (SpanIndex index = open(IndexForm.FAST)) {
      index.append(fixture.documents);
    }
    try (SpanIndex index = open(IndexForm.COMPACT)) {
      assertThat(index.forms()).containsExactly(Map.entry(IndexForm.FAST, 1));
      index.append(List.of(new Document(5000, new int[] {1, 2, 3})));
      assertThat(index.forms())
          .containsEntry(IndexForm.COMPACT, 1)
          .containsEntry(IndexForm.FAST, 1);
      index.retract(5000);
      requireTruth(index);
    }
  }

  @Test
  void mergingConvertsFromEachFormToTheOther() {
    for (IndexForm form : List.of(IndexForm.FAST, IndexForm.COMPACT, IndexForm.FAST)) {
      try (SpanIndex index = open(form)) {
        if (index.documents().length == 0) {
          index.append(fixture.documents);
        }
        requireTruth(index);
        index.merge();
        assertThat(index.forms()).containsExactly(Map.entry(form, 1));
        requireTruth(index);
      }
    }
  }

  private static void requireTruth(SpanIndex index) {
    for (Fixture.Query query : fixture.truth.queries()) {
      int[] longest = index.longestMatches(query.tokens());
      assertThat(longest).as(query.kind()).containsExactly(query.longest_match());
      assertThat(MaximalSpans.of(longest))
          .containsExactlyElementsOf(
              query.maximal_spans().stream().map(s -> new Stretch(s.start(), s.end())).toList());
      for (Fixture.Span span : query.maximal_spans()) {
        Occurrences found = index.locate(query.tokens(), span.start(), span.end(), 50);
        assertThat(found.occurrences()).isEqualTo(span.occurrences());
        assertThat(found.documentCount()).isEqualTo(span.contribution_count());
        assertThat(Arrays.stream(found.documents()).boxed().toList())
            .isEqualTo(span.contributions().stream().map(fixture.sequences::get).toList());
      }
    }
    for (Fixture.Count count : fixture.truth.counts()) {
      assertThat(index.locate(count.tokens(), 0, count.tokens().length, 0).occurrences())
          .isEqualTo(count.occurrences());
    }
  }
}
