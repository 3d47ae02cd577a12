package io.openledger.api.datanet;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.SpanQueries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchTypesTest {

  private static final DatanetId CLAUSES = new DatanetId("clauses");

  @Test
  void searchAsksEveryDatanetToAttributeUnlessSaid() {
    DatanetSearch search = DatanetSearch.of("one", "two");
    assertThat(search.phrases()).containsExactly("one", "two");
    assertThat(search.scope()).isEqualTo(new DatanetScope(Set.of(), Purpose.ATTRIBUTE));
    DatanetScope training = DatanetScope.of(CLAUSES).to(Purpose.TRAIN);
    assertThat(search.in(training).scope().datanets()).containsExactly(CLAUSES);
    assertThat(search.in(training).scope().purpose()).isEqualTo(Purpose.TRAIN);
    assertThat(search.in(training).limit()).isEqualTo(search.limit());
  }

  @Test
  void searchRefusesWhatIsOverItsLimits() {
    refuses("0", "1 to 16", DatanetSearch::of);
    refuses("17", "1 to 16", () -> search(Collections.nCopies(17, "x"), 1));
    refuses("blank", "1 to 2000", () -> search(List.of("x", "\n "), 1));
    refuses("2001 characters", "1 to 2000", () -> search(List.of("x".repeat(2001)), 1));
    refuses("-1", "0 to 100", () -> search(List.of("x"), -1));
    refuses("101", "0 to 100", () -> search(List.of("x"), 101));
    assertThat(search(Collections.nCopies(16, "x".repeat(2000)), 0).phrases()).hasSize(16);
  }

  private static DatanetSearch search(List<String> phrases, int limit) {
    return new DatanetSearch(phrases, DatanetScope.all(), limit);
  }

  @Test
  void phraseThatIsRefusedIsNotRepeated() {
    String secret = "secret ".repeat(300);
    assertThat(refuses("2100", "2000", () -> search(List.of(secret), 1)).getMessage())
        .doesNotContain("secret");
  }

  @Test
  void likelihoodAddsTheInformationOfWhatWasSeen() {
    TextLikelihood likelihood =
        new TextLikelihood(
            List.of(
                new TextLikelihood.Token(0, 1, 0, 8, 2),
                new TextLikelihood.Token(1, 2, 1, 2, 0),
                new TextLikelihood.Token(2, 3, 0, 8, 1),
                new TextLikelihood.Token(3, 4, 0, 0, 0)),
            List.of());
    assertThat(likelihood.bits()).isEqualTo(2 + 3);
    assertThat(likelihood.unseen()).isEqualTo(2);
    assertThat(likelihood.tokens())
        .extracting(TextLikelihood.Token::probability)
        .containsExactly(0.25, 0.0, 0.125, 0.0);
  }

  @Test
  void resultsKeepWhatTheyWereGiven() {
    List<SearchResult.Place> places = new ArrayList<>(List.of(new SearchResult.Place(0, 1, 2)));
    SearchResult.Hit hit = new SearchResult.Hit(new ContributionId(CLAUSES, 1), "t", places, 1);
    places.clear();
    assertThat(hit.places()).hasSize(1);
  }

  @Test
  void listsOfTheIndexAreOfOneLength() {
    refuses(
        "2 documents and 1 offsets",
        "as many",
        () -> new SpanQueries.Positions(2, 1, false, new long[2], new int[1]));
    refuses(
        "1/2 entries",
        "as many",
        () -> new SpanQueries.Continuations(2, 0, new int[1], new long[2]));
  }
}
