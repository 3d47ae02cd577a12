package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.NextTokens.Candidate;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.SearchResult.Hit;
import io.openledger.api.datanet.SearchResult.Place;
import io.openledger.api.datanet.TextLikelihood;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What questions about the content of datanets answer, whatever the engine. A token is a word. */
abstract class SearchContract {

  private static final DatanetId NOTES = new DatanetId("notes");
  private static final Caller OTHER = Caller.application("other");

  @TempDir Path data;
  private TestDatabase database;
  private TestServer server;

  abstract AttributionEngine engine();

  @BeforeEach
  void start() {
    database = TestDatabase.h2();
    server = TestServer.launch(database, data, engine(), new ScriptedServing(), Map.of());
    TestServer.await(
        "the model is loaded", () -> !server.server().models(TestServer.APP).list().isEmpty());
    server.createClauses();
    datanets().create(new DatanetDraft(NOTES, "Notes", "", Visibility.PUBLIC));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private DatanetRepository datanets() {
    return server.datanets();
  }

  private Contribution contribute(DatanetId datanet, String text, Purpose... purposes) {
    return datanets()
        .contribute(
            datanet,
            draft("ann", text)
                .purposes(purposes.length == 0 ? Set.of(Purpose.values()) : Set.of(purposes))
                .build());
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private static List<ContributionId> found(SearchResult result) {
    return result.hits().stream().map(Hit::contribution).toList();
  }

  @Test
  void findsContributionsThatHoldEveryPhraseAndShowsWhere() {
    Contribution one = contribute(CLAUSES, "a sealed  offer binds, an open offer lapses offer");
    contribute(CLAUSES, "an open offer binds nobody");
    Contribution three = contribute(NOTES, "see: an open offer lapses at noon; a sealed  offer no");
    SearchResult result =
        datanets().search(DatanetSearch.of("sealed offer", "an open offer lapses"));
    assertThat(found(result)).containsExactly(one.id(), three.id());
    assertThat(result.contributionCount()).isEqualTo(2);
    assertThat(result.phrases()).containsExactly(new PhraseCount(2, 2), new PhraseCount(2, 2));
    assertThat(result.datanets())
        .extracting(DatanetSnapshot::datanet, DatanetSnapshot::version)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(CLAUSES, 2L),
            org.assertj.core.groups.Tuple.tuple(NOTES, 1L));
    Hit hit = result.hits().get(0);
    assertThat(hit.title()).isEqualTo("by ann");
    assertThat(hit.placeCount()).isEqualTo(2);
    String text = datanets().text(one.id()).orElseThrow();
    assertThat(hit.places())
        .extracting(Place::phrase, p -> text.substring(p.start(), p.end()))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, "sealed  offer"),
            org.assertj.core.groups.Tuple.tuple(1, "an open offer lapses"));
  }

  @Test
  void countsAllAndListsAsManyAsAreAskedFor() {
    for (int i = 0; i < 5; i++) {
      contribute(i % 2 == 0 ? CLAUSES : NOTES, "number " + i + " is a number");
    }
    DatanetSearch three = new DatanetSearch(List.of("number"), DatanetScope.all(), 3);
    SearchResult result = datanets().search(three);
    assertThat(result.contributionCount()).isEqualTo(5);
    assertThat(result.hits()).hasSize(3);
    assertThat(result.phrases()).containsExactly(new PhraseCount(10, 5));
    DatanetSearch none = new DatanetSearch(List.of("number"), DatanetScope.of(NOTES), 0);
    assertThat(datanets().search(none).hits()).isEmpty();
    assertThat(datanets().count("number", DatanetScope.of(NOTES))).isEqualTo(new PhraseCount(4, 2));
    assertThat(datanets().count("nothing like it", DatanetScope.all()))
        .isEqualTo(new PhraseCount(0, 0));
  }

  @Test
  void listsNoMorePlacesThanItMayAndCountsThem() {
    contribute(CLAUSES, "again ".repeat(250) + "end");
    Hit hit = datanets().search(DatanetSearch.of("again")).hits().get(0);
    assertThat(hit.places()).hasSize(DatanetSearch.MOST_PLACES);
    assertThat(hit.placeCount()).isEqualTo(250);
  }

  @Test
  void findsWhatHasCommittedAndNothingThatWasRetracted() throws Exception {
    Contribution one = contribute(CLAUSES, "alpha beta gamma");
    database.inTransaction(
        () -> {
          contribute(CLAUSES, "alpha beta delta");
          assertThat(datanets().count("alpha beta", DatanetScope.all()).contributions())
              .isEqualTo(1);
        });
    assertThat(datanets().count("alpha beta", DatanetScope.all())).isEqualTo(new PhraseCount(2, 2));
    datanets().retract(one.id(), "wrong");
    assertThat(datanets().count("alpha beta", DatanetScope.all())).isEqualTo(new PhraseCount(1, 1));
    NextTokens next = datanets().next("alpha beta", DatanetScope.all(), 10);
    assertThat(next.tokens()).extracting(Candidate::text).containsExactly("delta");
  }

  @Test
  void asksOnlyWhatTheCallerMayReadAndUseForThePurpose() {
    contribute(CLAUSES, "private words here");
    contribute(NOTES, "public words here");
    DatanetRepository other = server.server().datanets(OTHER);
    assertThat(other.search(DatanetSearch.of("words here")).datanets())
        .extracting(DatanetSnapshot::datanet)
        .containsExactly(NOTES);
    assertThat(other.count("words here", DatanetScope.all())).isEqualTo(new PhraseCount(1, 1));
    assertThat(other.next("words", DatanetScope.all(), 5).occurrences()).isEqualTo(1);
    assertThat(other.likelihood("private", DatanetScope.all()).unseen()).isEqualTo(1);
    refused(ErrorCode.DATANET_UNKNOWN, () -> other.count("words", DatanetScope.of(CLAUSES)));
    // the right to have answers attributed shows no text, so it is not enough
    grant(DatanetRight.ATTRIBUTE);
    refused(ErrorCode.DATANET_UNKNOWN, () -> other.next("words", DatanetScope.of(CLAUSES), 5));
    assertThat(other.count("words here", DatanetScope.all())).isEqualTo(new PhraseCount(1, 1));
    grant(DatanetRight.READ);
    refused(ErrorCode.FORBIDDEN, () -> other.likelihood("words", DatanetScope.of(CLAUSES)));
    grant(DatanetRight.READ, DatanetRight.ATTRIBUTE);
    assertThat(other.count("words here", DatanetScope.all())).isEqualTo(new PhraseCount(2, 2));
    DatanetScope training = DatanetScope.of(NOTES).to(Purpose.TRAIN);
    refused(ErrorCode.FORBIDDEN, () -> other.search(DatanetSearch.of("words").in(training)));
  }

  private void grant(DatanetRight... rights) {
    datanets()
        .grant(new Grant(CLAUSES, Grantee.application("other"), Set.of(rights), Optional.empty()));
  }

  @Test
  void purposeLeavesOutWhatDoesNotPermitIt() {
    contribute(CLAUSES, "the tenant pays monthly", Purpose.ATTRIBUTE);
    Contribution both =
        contribute(CLAUSES, "the tenant pays yearly", Purpose.ATTRIBUTE, Purpose.TRAIN);
    contribute(CLAUSES, "the tenant pays never", Purpose.TRAIN);
    DatanetScope training = DatanetScope.all().to(Purpose.TRAIN);
    SearchResult result = datanets().search(DatanetSearch.of("the tenant").in(training));
    assertThat(found(result)).containsExactly(both.id());
    assertThat(result.contributionCount()).isEqualTo(1);
    assertThat(result.phrases()).containsExactly(new PhraseCount(1, 1));
    assertThat(datanets().next("tenant pays", training, 5).tokens())
        .extracting(Candidate::text)
        .containsExactly("yearly");
    assertThat(datanets().next("tenant pays", DatanetScope.all(), 5).tokens())
        .extracting(Candidate::text)
        .containsExactlyInAnyOrder("monthly", "yearly");
    assertThat(datanets().likelihood("monthly", training).unseen()).isEqualTo(1);
    assertThat(datanets().count("tenant", DatanetScope.all().to(Purpose.RETRIEVE)))
        .isEqualTo(new PhraseCount(0, 0));
  }

  @Test
  void continuesTheLongestSuffixThatIsKnownOverAllDatanets() {
    contribute(CLAUSES, "the buyer may refuse the goods");
    contribute(CLAUSES, "the buyer may inspect the goods");
    contribute(NOTES, "the buyer may inspect");
    String text = "unheard of: the buyer may";
    NextTokens next = datanets().next(text, DatanetScope.all(), 1);
    assertThat(next.contextTokens()).isEqualTo(3);
    assertThat(text.substring(next.contextStart())).isEqualTo("the buyer may");
    assertThat(next.occurrences()).isEqualTo(3);
    assertThat(next.ends()).isZero();
    assertThat(next.distinct()).isEqualTo(2);
    Candidate first = next.tokens().get(0);
    assertThat(next.tokens()).hasSize(1);
    assertThat(first.text()).isEqualTo("inspect");
    assertThat(first.count()).isEqualTo(2);
    assertThat(first.probability()).isEqualTo(2 / 3.0);
    NextTokens end = datanets().next("may inspect", DatanetScope.all(), 5);
    assertThat(end.occurrences()).isEqualTo(2);
    assertThat(end.ends()).isEqualTo(1);
    NextTokens nothing = datanets().next("unheard", DatanetScope.of(NOTES), 10);
    assertThat(nothing.contextTokens()).isZero();
    assertThat(nothing.contextStart()).isEqualTo("unheard".length());
    assertThat(nothing.occurrences()).isEqualTo(5);
    assertThat(nothing.ends()).isEqualTo(1);
    assertThat(nothing.tokens()).extracting(Candidate::count).containsExactly(1L, 1L, 1L, 1L);
    assertThat(datanets().next("", DatanetScope.of(NOTES), 10).occurrences()).isEqualTo(5);
  }

  @Test
  void saysHowLikelyEachTokenOfATextIs() {
    contribute(CLAUSES, "a b a c");
    contribute(NOTES, "a b");
    TextLikelihood likelihood = datanets().likelihood("a b zzz c", DatanetScope.all());
    assertThat(likelihood.tokens())
        .containsExactly(
            new TextLikelihood.Token(0, 1, 0, 8, 3),
            new TextLikelihood.Token(2, 3, 1, 3, 2),
            new TextLikelihood.Token(4, 7, 2, 2, 0),
            new TextLikelihood.Token(8, 9, 0, 8, 1));
    assertThat(likelihood.unseen()).isEqualTo(1);
    assertThat(likelihood.bits())
        .isCloseTo(
            -(Math.log(3 / 8.0) + Math.log(2 / 3.0) + Math.log(1 / 8.0)) / Math.log(2),
            org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void refusesWhatIsOverItsLimit() {
    refused(ErrorCode.INVALID_ARGUMENT, () -> datanets().count(" ", DatanetScope.all()));
    refused(
        ErrorCode.INVALID_ARGUMENT, () -> datanets().count("x".repeat(2001), DatanetScope.all()));
    refused(ErrorCode.INVALID_ARGUMENT, () -> DatanetSearch.of());
    refused(ErrorCode.INVALID_ARGUMENT, () -> DatanetSearch.of("x,".repeat(17).split(",")));
    refused(
        ErrorCode.INVALID_ARGUMENT, () -> new DatanetSearch(List.of("x"), DatanetScope.all(), 101));
    refused(ErrorCode.INVALID_ARGUMENT, () -> datanets().next("x", DatanetScope.all(), 0));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> datanets().next("x".repeat(20_001), DatanetScope.all(), 1));
    refused(ErrorCode.INVALID_ARGUMENT, () -> datanets().likelihood("", DatanetScope.all()));
    refused(
        ErrorCode.DATANET_UNKNOWN,
        () -> datanets().count("x", DatanetScope.of(new DatanetId("none"))));
  }
}
