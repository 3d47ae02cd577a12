package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.AttributionMode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.model.Answer;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.Statement;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds on every database: datanets, answers, ledger, receipts, epochs. Long because it is one
 * list of claims that runs on each of them.
 */
abstract class StoreContract {

  static final String ONE =
      "the receiving party keeps every drawing sample and price to itself for five full years";
  static final String TWO =
      "either side may end this agreement in writing after ninety days without giving any reason";

  @TempDir Path data;
  TestDatabase database;
  final PlainAttribution attribution = new PlainAttribution();
  final ScriptedServing serving = new ScriptedServing();
  TestServer server;

  abstract TestDatabase open();

  @BeforeEach
  void start() {
    database = open();
    server = TestServer.start(database, data, attribution, serving, Map.of());
    server.createClauses();
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private void restart(Map<String, String> keys) {
    server.close();
    server = TestServer.start(database, data, attribution, serving, keys);
  }

  private Contribution contribute(String who, String text) {
    return server.datanets().contribute(CLAUSES, draft(who, text).build());
  }

  private Answer ask(String text) {
    return server.model().complete(Prompt.text(text));
  }

  private static void refused(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.arrived()).isNotBlank();
              assertThat(e.allowed()).isNotBlank();
              assertThat(e.remedy()).isNotBlank();
            });
  }

  // --- contributions

  @Test
  void acceptedContributionIsReadBackWhole() {
    ContributionDraft draft =
        ContributionDraft.builder("\uFEFFcafe\u0301 one\r\ntwo\rthree")
            .title("Title")
            .key("k/1")
            .licence("CC-BY-4.0")
            .source("a source")
            .language("en")
            .date(java.time.LocalDate.of(2026, 3, 2))
            .purposes(Set.of(Purpose.ATTRIBUTE, Purpose.TRAIN))
            .contributors(
                List.of(
                    new ContributorShare(
                        new ContributorId("ann"), Optional.of(TestServer.address("ann")), 7001),
                    new ContributorShare(new ContributorId("bob"), Optional.empty(), 2999)))
            .build();
    Contribution accepted = server.datanets().contribute(CLAUSES, draft);

    assertThat(server.datanets().contribution(accepted.id())).contains(accepted);
    assertThat(server.datanets().text(accepted.id())).contains("caf\u00e9 one\ntwo\nthree");
    assertThat(accepted.sha256()).isEqualTo(Hash256.sha256("caf\u00e9 one\ntwo\nthree"));
    assertThat(accepted.id()).isEqualTo(new ContributionId(CLAUSES, 1));
    assertThat(server.datanets().contribute(CLAUSES, draft)).isEqualTo(accepted);
  }

  @Test
  void refusesDuplicateToItsFirstCommitterAndKeepsTheFirst() {
    contribute("ann", ONE);
    refused(ErrorCode.CONTRIBUTION_DUPLICATE, () -> contribute("bob", ONE + "\r\n".repeat(0)));
    assertThat(server.datanets().snapshot(CLAUSES).accepted()).isEqualTo(1);
  }

  @Test
  void refusesKeyThatWasUsedForOtherContent() {
    server.datanets().contribute(CLAUSES, draft("ann", ONE).key("k").build());
    refused(
        ErrorCode.CONTRIBUTION_KEY_REUSED,
        () -> server.datanets().contribute(CLAUSES, draft("ann", TWO).key("k").build()));
  }

  @Test
  void refusesWhatIsTooLargeEncodedWrongOrAnonymous() {
    restart(Map.of("openledger.limits.contribution-bytes", "64"));
    refused(ErrorCode.CONTRIBUTION_TOO_LARGE, () -> contribute("ann", ONE));
    refused(ErrorCode.CONTRIBUTION_TOO_LARGE, () -> contribute("ann", "ä".repeat(40)));
    refused(ErrorCode.CONTRIBUTION_ENCODING, () -> contribute("ann", "half \ud800 pair"));
    refused(ErrorCode.CONTRIBUTION_ENCODING, () -> contribute("ann", "zero \0 character"));
    refused(ErrorCode.CONTRIBUTION_EMPTY, () -> contribute("ann", "\uFEFF \n"));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> server.datanets().contribute(CLAUSES, draft("ann", "x").title("a\u0007b").build()));
    refused(ErrorCode.LICENCE_MISSING, () -> draft("ann", "x").licence("").build());
    refused(
        ErrorCode.SHARES_INVALID,
        () ->
            draft("ann", "x")
                .contributors(
                    List.of(new ContributorShare(new ContributorId("ann"), Optional.empty(), 9999)))
                .build());
    assertThat(server.datanets().snapshot(CLAUSES).accepted()).isZero();
  }

  @Test
  void refusesSecondAddressForKnownContributor() {
    contribute("ann", ONE);
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            server
                .datanets()
                .contribute(
                    CLAUSES,
                    draft("eve", TWO)
                        .contributors(
                            List.of(
                                ContributorShare.sole(
                                    new ContributorId("ann"),
                                    Optional.of(TestServer.address("eve")))))
                        .build()));
  }

  @Test
  void rolledBackContributionIsNeverFoundAndItsNumberIsGivenAgain() throws Exception {
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      contribute("ann", ONE);
                      assertThat(server.datanets().snapshot(CLAUSES).accepted()).isEqualTo(1);
                      // not yet committed: no answer is attributed to it
                      assertThat(server.model().attribute(ONE).spans()).isEmpty();
                      throw new IllegalStateException("the caller fails");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(server.model().attribute(ONE).spans()).isEmpty();
    assertThat(server.datanets().snapshot(CLAUSES).version()).isZero();
    assertThat(contribute("bob", TWO).id().sequence()).isEqualTo(1);
    assertThat(server.model().attribute(TWO).spans()).hasSize(1);
    assertThat(server.model().attribute(ONE).spans()).isEmpty();
  }

  @Test
  void committedContributionIsFoundByTheNextQuestion() throws Exception {
    database.inTransaction(
        () -> {
          contribute("ann", ONE);
          contribute("bob", TWO);
        });
    assertThat(server.model().attribute(ONE + " " + TWO).spans())
        .extracting(s -> s.contributions().get(0).sequence())
        .containsExactly(1L, 2L);
  }

  @Test
  void refusalInsideATransactionLeavesItUsable() throws Exception {
    contribute("ann", ONE);
    database.inTransaction(
        () -> {
          refused(ErrorCode.CONTRIBUTION_DUPLICATE, () -> contribute("bob", ONE));
          contribute("bob", TWO);
        });
    assertThat(server.datanets().snapshot(CLAUSES).accepted()).isEqualTo(2);
  }

  @Test
  void userGivesNoAddressButTheirOwn() {
    DatanetId open = openDatanet("open");
    io.openledger.api.datanet.DatanetRepository mallory =
        server
            .server()
            .datanets(Caller.user("openledger-rest", "mallory", Set.of(Caller.Role.CONTRIBUTOR)));
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            mallory.contribute(
                open,
                draft("ann", ONE)
                    .contributors(
                        List.of(
                            ContributorShare.sole(
                                new ContributorId("ann"),
                                Optional.of(TestServer.address("mallory")))))
                    .build()));
    Contribution own = mallory.contribute(open, draft("mallory", TWO).build());
    assertThat(own.contributors().get(0).address()).contains(TestServer.address("mallory"));
  }

  private DatanetId openDatanet(String name) {
    DatanetId id = new DatanetId(name);
    server
        .datanets()
        .create(
            new io.openledger.api.datanet.DatanetDraft(
                id, name, "", io.openledger.api.datanet.Visibility.PUBLIC));
    return id;
  }

  @Test
  void copyInAnotherDatanetTakesNoCreditWhateverItsName() throws Exception {
    Contribution first = contribute("ann", ONE);
    DatanetId earlierByName = openDatanet("a-copies");
    assertThat(earlierByName).isLessThan(CLAUSES);
    // times are kept in milliseconds
    Thread.sleep(20);
    Contribution copy = server.datanets().contribute(earlierByName, draft("eve", ONE).build());

    Answer answer = ask("it says that " + ONE);
    assertThat(answer.spans().get(0).contributions()).containsExactly(first.id(), copy.id());
    assertThat(answer.receipt().body().credits())
        .filteredOn(c -> c.contribution().isPresent())
        .extracting(c -> c.account().name())
        .containsExactly("ann");
  }

  @Test
  void copyOfACopyIsCreditedToTheCopyOnceTheFirstIsRetracted() {
    Contribution first = contribute("ann", ONE);
    Contribution copy = contribute("bob", ONE + " indeed");
    server.datanets().retract(first.id(), "wrong");
    assertThat(contribute("eve", ONE + " indeed yes").nearDuplicateOf()).contains(copy.id());
  }

  @Test
  void nearDuplicateIsCreditedToTheFirstOfItsChain() throws Exception {
    Contribution first = contribute("ann", ONE);
    Contribution copy = contribute("bob", ONE + " indeed");
    Contribution copyOfCopy = contribute("eve", ONE + " indeed yes");
    assertThat(first.nearDuplicateOf()).isEmpty();
    assertThat(copy.nearDuplicateOf()).contains(first.id());
    assertThat(copyOfCopy.nearDuplicateOf()).contains(first.id());

    Answer answer = ask("price to itself for five full years indeed yes");
    assertThat(answer.spans().get(0).contributions().get(0)).isEqualTo(copyOfCopy.id());
    assertThat(answer.receipt().body().credits())
        .filteredOn(c -> c.contribution().isPresent())
        .extracting(c -> c.account().name())
        .containsExactly("ann");
  }

  @Test
  void nearDuplicatesOfOneTransactionAreKnownWhenItHasCommitted() throws Exception {
    List<ContributionId> ids = new ArrayList<>();
    database.inTransaction(
        () -> {
          ids.add(contribute("ann", ONE).id());
          ids.add(contribute("bob", ONE + " indeed").id());
        });
    server.model().attribute("anything");
    assertThat(server.datanets().contribution(ids.get(1)).orElseThrow().nearDuplicateOf())
        .contains(ids.get(0));
  }

  @Test
  void retractedContributionIsNeitherFoundNorCreditedButItsCopyIs() {
    Contribution first = contribute("ann", ONE);
    contribute("bob", ONE + " indeed");
    Contribution retracted = server.datanets().retract(first.id(), "wrong");
    assertThat(retracted.status()).isEqualTo(Contribution.Status.RETRACTED);
    assertThat(server.datanets().text(first.id())).isEmpty();

    Answer answer = ask(ONE);
    assertThat(answer.spans().get(0).contributions())
        .containsExactly(new ContributionId(CLAUSES, 2));
    assertThat(answer.receipt().body().credits())
        .filteredOn(c -> c.contribution().isPresent())
        .extracting(c -> c.account().name())
        .containsExactly("bob");
    refused(ErrorCode.CONTRIBUTION_RETRACTED, () -> server.datanets().retract(first.id(), "again"));
    refused(
        ErrorCode.CONTRIBUTION_UNKNOWN,
        () -> server.datanets().retract(new ContributionId(CLAUSES, 9), "never"));
    // what was retracted may come back, as a new contribution
    assertThat(contribute("ann", ONE).id().sequence()).isEqualTo(3);
  }

  // --- erasure

  private static ContributionDraft personal() {
    return draft("ann", ONE)
        .title("a letter of Ann")
        .key("k/7")
        .source("her desk")
        .language("en")
        .date(java.time.LocalDate.of(2026, 3, 2))
        .build();
  }

  /** How many rows of any table with free text hold a word of {@link #personal()}. */
  private long rowsThatTell() {
    return database.number(
        "SELECT COUNT(*) FROM ol_contributions WHERE content LIKE '%drawing%'"
            + " OR title LIKE '%Ann%' OR source LIKE '%desk%' OR language = 'en'"
            + " OR made_on IS NOT NULL OR retraction_reason LIKE '%Ann%' OR salt <> ''"
            + " OR sha256 = '"
            + Hash256.sha256(ONE).hex()
            + "'");
  }

  @Test
  void erasedContributionKeepsItsPlaceAndNothingItSaid() {
    Contribution before = server.datanets().contribute(CLAUSES, personal());
    // an answer that is the text itself would leave the text's hash in its receipt
    Answer answer = ask("it says that " + ONE);
    String balance = account("contributor:ann").balance().toString();
    String leaf = database.text("SELECT commitment FROM ol_contributions");
    DatanetSnapshot snapshot = server.datanets().snapshot(CLAUSES);
    assertThat(rowsThatTell()).isEqualTo(1);

    Contribution erased = server.datanets().erase(before.id(), "asked for by its author");
    assertThat(rowsThatTell()).isZero();
    assertThat(erased)
        .isEqualTo(
            new Contribution(
                before.id(),
                before.key(),
                Contribution.ERASED_TITLE,
                Hash256.ZERO,
                before.mediaType(),
                before.characters(),
                before.contributors(),
                before.licence(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                before.purposes(),
                before.acceptedAt(),
                Contribution.Status.ERASED,
                Optional.empty()));
    assertThat(server.datanets().contribution(before.id())).contains(erased);
    assertThat(server.datanets().text(before.id())).isEmpty();
    assertThat(find(Optional.empty(), Optional.empty(), Optional.of(Contribution.Status.ERASED)))
        .containsExactly(1L);
    assertThat(find(Optional.empty(), Optional.empty(), Optional.of(Contribution.Status.RETRACTED)))
        .isEmpty();
    assertThat(database.text("SELECT commitment FROM ol_contributions")).isEqualTo(leaf);
    assertThat(server.datanets().snapshot(CLAUSES))
        .isEqualTo(new DatanetSnapshot(CLAUSES, 2, 1, 0, snapshot.root()));
    assertThat(server.model().attribute(ONE).spans()).isEmpty();
    assertThat(account("contributor:ann").balance()).hasToString(balance);
    refused(
        ErrorCode.PROOF_IMPOSSIBLE,
        () -> server.server().reports(APP).proofs(answer.receipt().id()));

    for (ReportFormat format : ReportFormat.values()) {
      String report =
          new String(
              server.server().reports(APP).export(answer.receipt().id(), format),
              StandardCharsets.UTF_8);
      assertThat(report).doesNotContain("letter of Ann", "her desk", before.sha256().hex());
      if (format == ReportFormat.JSON) {
        assertThat(report).contains("\"leaf\":\"" + leaf + "\"", "\"status\":\"ERASED\"");
        assertThat(report).doesNotContain("\"commitment\":{", "\"salt\"");
      }
    }
  }

  @Test
  void erasingTwiceChangesNothingAndRetractedOnesAreErasedToo() {
    ContributionId id = server.datanets().contribute(CLAUSES, personal()).id();
    server.datanets().retract(id, "Ann moved out");
    assertThat(rowsThatTell()).isEqualTo(1);
    DatanetSnapshot retracted = server.datanets().snapshot(CLAUSES);
    Contribution erased = server.datanets().erase(id, "first");
    assertThat(erased.status()).isEqualTo(Contribution.Status.ERASED);
    assertThat(rowsThatTell()).isZero();
    assertThat(server.datanets().snapshot(CLAUSES)).isEqualTo(retracted);
    assertThat(server.datanets().erase(id, "second")).isEqualTo(erased);
    assertThat(database.text("SELECT reason FROM ol_erasures")).isEqualTo("first");
    assertThat(database.text("SELECT erased_by FROM ol_erasures")).isEqualTo("application:desk");
    refused(ErrorCode.CONTRIBUTION_RETRACTED, () -> server.datanets().retract(id, "again"));
    restart(Map.of());
    assertThat(server.datanets().contribution(id)).contains(erased);
  }

  @Test
  void erasedTextDoesNotComeBackWithItsKeyAndMayComeBackWithout() {
    ContributionId id = server.datanets().contribute(CLAUSES, personal()).id();
    server.datanets().erase(id, "asked for");
    refused(
        ErrorCode.CONTRIBUTION_KEY_REUSED, () -> server.datanets().contribute(CLAUSES, personal()));
    assertThat(contribute("ann", ONE).id().sequence()).isEqualTo(2);
    assertThat(server.model().attribute(ONE).spans()).hasSize(1);
  }

  @Test
  void erasureRollsBackWithItsTransaction() {
    Contribution before = server.datanets().contribute(CLAUSES, personal());
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      server.datanets().erase(before.id(), "asked for");
                      throw new IllegalStateException("the caller fails");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(server.datanets().contribution(before.id())).contains(before);
    assertThat(server.datanets().text(before.id())).contains(ONE);
    assertThat(server.model().attribute(ONE).spans()).hasSize(1);
  }

  @Test
  void whoMayNotRetractMayNotErase() {
    ContributionId id = contribute("ann", ONE).id();
    DatanetRepository other = server.server().datanets(Caller.application("other"));
    refused(ErrorCode.DATANET_UNKNOWN, () -> other.erase(id, "asked for"));
    grant(Set.of(DatanetRight.READ, DatanetRight.CONTRIBUTE), Optional.empty());
    refused(ErrorCode.FORBIDDEN, () -> other.erase(id, "asked for"));
    refused(
        ErrorCode.CONTRIBUTION_UNKNOWN,
        () -> server.datanets().erase(new ContributionId(CLAUSES, 9), "asked for"));
    refused(ErrorCode.INVALID_ARGUMENT, () -> server.datanets().erase(id, " "));
    grant(Set.of(DatanetRight.READ, DatanetRight.CURATE), Optional.empty());
    assertThat(other.erase(id, "asked for").status()).isEqualTo(Contribution.Status.ERASED);
  }

  @Test
  void contributionThatMayNotBeAttributedIsNotFound() {
    server
        .datanets()
        .contribute(CLAUSES, draft("ann", ONE).purposes(Set.of(Purpose.TRAIN)).build());
    assertThat(server.model().attribute(ONE).spans()).isEmpty();
  }

  @Test
  void snapshotHasTheRootOfTheTreeOverAllCommitments() {
    List<Hash256> leaves = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      contribute("ann", "words number " + i + " " + "x".repeat(i));
      leaves.add(
          Hash256.parse(
              database.text(
                  "SELECT commitment FROM ol_contributions WHERE sequence_number = " + i)));
      assertThat(server.datanets().snapshot(CLAUSES).root())
          .isEqualTo(attribution.merkleRoot(leaves));
    }
    DatanetSnapshot before = server.datanets().snapshot(CLAUSES);
    server.datanets().retract(new ContributionId(CLAUSES, 4), "wrong");
    assertThat(server.datanets().snapshot(CLAUSES))
        .isEqualTo(new DatanetSnapshot(CLAUSES, 10, 9, 8, before.root()));
  }

  @Test
  void findsContributionsByContributorTitleAndStatus() {
    contribute("ann", ONE);
    contribute("bob", TWO);
    server.datanets().retract(new ContributionId(CLAUSES, 2), "wrong");
    assertThat(find(Optional.of("bob"), Optional.empty(), Optional.empty())).containsExactly(2L);
    assertThat(find(Optional.empty(), Optional.of("BY A"), Optional.empty())).containsExactly(1L);
    assertThat(find(Optional.empty(), Optional.of("%"), Optional.empty())).isEmpty();
    assertThat(find(Optional.empty(), Optional.empty(), Optional.of(Contribution.Status.RETRACTED)))
        .containsExactly(2L);
    assertThat(server.datanets().find(CLAUSES, ContributionQuery.all(1)).total()).isEqualTo(2);
  }

  private List<Long> find(
      Optional<String> contributor, Optional<String> title, Optional<Contribution.Status> status) {
    return server
        .datanets()
        .find(
            CLAUSES,
            new ContributionQuery(contributor.map(ContributorId::new), title, status, 0, 100))
        .items()
        .stream()
        .map(c -> c.id().sequence())
        .toList();
  }

  // --- rights

  @Test
  void permissionedDatanetIsUnknownToOthersUntilGranted() {
    contribute("ann", ONE);
    DatanetRepository other = server.server().datanets(Caller.application("other"));
    assertThat(other.find(CLAUSES)).isEmpty();
    assertThat(other.list()).isEmpty();
    assertThat(other.text(new ContributionId(CLAUSES, 1))).isEmpty();
    refused(ErrorCode.DATANET_UNKNOWN, () -> other.snapshot(CLAUSES));
    refused(ErrorCode.DATANET_UNKNOWN, () -> other.contribute(CLAUSES, draft("eve", TWO).build()));

    grant(Set.of(DatanetRight.READ), Optional.empty());
    assertThat(other.find(CLAUSES)).isPresent();
    refused(ErrorCode.FORBIDDEN, () -> other.contribute(CLAUSES, draft("eve", TWO).build()));
    refused(ErrorCode.FORBIDDEN, () -> other.grants(CLAUSES));
    grant(Set.of(DatanetRight.READ), Optional.of(Instant.now().minusSeconds(1)));
    assertThat(other.find(CLAUSES)).isEmpty();
    grant(Set.of(), Optional.empty());
    assertThat(server.datanets().grants(CLAUSES)).isEmpty();
  }

  @Test
  void searchForAPurposeLeavesOutWhatDoesNotPermitIt() {
    server
        .datanets()
        .contribute(CLAUSES, draft("ann", ONE).purposes(Set.of(Purpose.ATTRIBUTE)).build());
    contribute("bob", TWO);
    DatanetScope all = DatanetScope.all();
    assertThat(server.datanets().count("receiving", all).contributions()).isEqualTo(1);
    assertThat(server.datanets().count("receiving", all.to(Purpose.TRAIN)).contributions())
        .isZero();
    assertThat(
            server
                .datanets()
                .search(DatanetSearch.of("ending").in(all.to(Purpose.TRAIN)))
                .contributionCount())
        .isZero();
    assertThat(
            server
                .datanets()
                .search(DatanetSearch.of("in writing").in(all.to(Purpose.TRAIN)))
                .hits())
        .hasSize(1);
  }

  private void grant(Set<DatanetRight> rights, Optional<Instant> expires) {
    server.datanets().grant(new Grant(CLAUSES, Grantee.application("other"), rights, expires));
  }

  @Test
  void rolesGiveWhatTheySay() {
    DatanetId open = new DatanetId("open");
    server.datanets().create(new DatanetDraft(open, "Open", "", Visibility.PUBLIC));
    Caller contributor = Caller.user("rest", "ann", Set.of(Role.CONTRIBUTOR));
    Caller curator = Caller.user("rest", "cu", Set.of(Role.CURATOR));
    Caller admin = Caller.user("rest", "root", Set.of(Role.ADMIN));
    ContributionDraft one = draft("ann", ONE).build();

    Contribution accepted = server.server().datanets(contributor).contribute(open, one);
    refused(
        ErrorCode.FORBIDDEN,
        () -> server.server().datanets(contributor).retract(accepted.id(), "mine"));
    refused(
        ErrorCode.DATANET_UNKNOWN,
        () -> server.server().datanets(contributor).contribute(CLAUSES, one));
    server.server().datanets(curator).retract(accepted.id(), "wrong");
    server.server().datanets(admin).contribute(CLAUSES, one);
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            server
                .server()
                .datanets(contributor)
                .create(new DatanetDraft(new DatanetId("n"), "N", "", Visibility.PUBLIC)));
    refused(
        ErrorCode.DATANET_EXISTS,
        () ->
            server
                .server()
                .datanets(curator)
                .create(new DatanetDraft(open, "N", "", Visibility.PUBLIC)));
  }

  @Test
  void answerOfAnotherApplicationIsNotAttributedToWhatItMayNotUse() {
    contribute("ann", ONE);
    Answer answer =
        server
            .server()
            .model(Caller.application("other"), Optional.empty())
            .complete(Prompt.text(ONE));
    assertThat(answer.spans()).isEmpty();
    assertThat(answer.receipt().body().attribution().datanets()).isEmpty();
    try (Boundary boundary = boundary(Set.of(CLAUSES), AttributionMode.BEST_EFFORT)) {
      refused(
          ErrorCode.DATANET_UNKNOWN,
          () ->
              server
                  .server()
                  .model(Caller.application("other"), Optional.empty())
                  .complete(Prompt.text(ONE)));
      assertThat(boundary.receipts()).isEmpty();
    }
  }

  private static Boundary boundary(Set<DatanetId> datanets, AttributionMode mode) {
    return Boundary.enter(Optional.empty(), datanets, Optional.empty(), mode);
  }

  // --- answers, ledger, receipts

  @Test
  void answerPaysItsContributorsExactlyItsFee() {
    contribute("ann", ONE);
    Answer answer = ask("it says that " + ONE);
    Receipt.Body body = answer.receipt().body();
    assertThat(body.status()).isEqualTo(Receipt.Status.ATTRIBUTED);
    assertThat(body.attribution().datanets()).containsExactly(server.datanets().snapshot(CLAUSES));
    assertThat(body.attribution().coveredTokens()).isEqualTo(15);
    assertThat(body.attribution().tokens()).isEqualTo(18);
    assertThat(
            body.credits().stream()
                .map(c -> c.amount().value())
                .reduce(BigInteger.ZERO, BigInteger::add))
        .isEqualTo(body.fee().value())
        .isEqualTo(BigInteger.TEN.pow(15));
    assertThat(server.ledgerSum()).isEqualTo("0");

    Account ann = account("contributor:ann");
    assertThat(ann.balance()).isEqualTo(BigInteger.valueOf(700_000_000_000_000L));
    assertThat(ann.address()).contains(TestServer.address("ann"));
    Account payer = account("payer:application:desk");
    assertThat(payer.balance()).isEqualTo(BigInteger.TEN.pow(15).negate());
    assertThat(payer.earned().isZero()).isTrue();
    assertThat(server.ledger().accounts(0, 100).items())
        .extracting(a -> a.id().kind())
        .isSorted()
        .startsWith(AccountId.Kind.PAYER, AccountId.Kind.CONTRIBUTOR);

    List<LedgerEntry> entries =
        server.ledger().entries(AccountId.parse("contributor:ann"), 0, 10).items();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).contribution()).contains(new ContributionId(CLAUSES, 1));
    assertThat(entries.get(0).receipt()).contains(answer.receipt().id());
  }

  private Account account(String id) {
    return server.ledger().account(AccountId.parse(id)).orElseThrow();
  }

  @Test
  void rewardsRollBackWithTheCallersTransaction() throws Exception {
    contribute("ann", ONE);
    List<Receipt> made = new ArrayList<>();
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      made.add(ask(ONE).receipt());
                      // seen inside, by the transaction alone
                      assertThat(account("contributor:ann").entries()).isEqualTo(1);
                      throw new IllegalStateException("the caller fails");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(server.ledger().account(AccountId.parse("contributor:ann"))).isEmpty();
    assertThat(server.server().reports(APP).receipt(made.get(0).id())).isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM ol_links")).isZero();
  }

  @Test
  void rewardsCommitWithTheCallersTransactionAndAreLinkedThen() throws Exception {
    contribute("ann", ONE);
    List<Receipt> made = new ArrayList<>();
    database.inTransaction(
        () -> {
          made.add(ask(ONE).receipt());
          made.add(ask(ONE + " and more").receipt());
          assertThat(database.number("SELECT COUNT(*) FROM ol_links")).isZero();
        });
    TestServer.await(
        "both are linked", () -> database.number("SELECT COUNT(*) FROM ol_links") == 2);
    Hash256 previous = Hash256.ZERO;
    for (int i = 0; i < 2; i++) {
      Receipt read = server.server().reports(APP).receipt(made.get(i).id()).orElseThrow();
      assertThat(read.body()).isEqualTo(made.get(i).body());
      assertThat(read.hash()).isEqualTo(made.get(i).hash());
      Receipt.Link link = read.link().orElseThrow();
      assertThat(link.number()).isEqualTo(i + 1);
      assertThat(link.previous()).isEqualTo(previous);
      byte[] both = new byte[64];
      System.arraycopy(previous.toBytes(), 0, both, 0, 32);
      System.arraycopy(read.hash().toBytes(), 0, both, 32, 32);
      assertThat(link.value()).isEqualTo(Hash256.sha256(both));
      previous = link.value();
    }
  }

  @Test
  void linksOfManyThreadsHaveNoGapsAndTheLedgerBalances() throws Exception {
    contribute("ann", ONE);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int n = i;
      all.add(
          threads.submit(
              () -> {
                if (n % 5 == 4) {
                  assertThatThrownBy(
                          () ->
                              database.inTransaction(
                                  () -> {
                                    ask(ONE);
                                    throw new IllegalStateException();
                                  }))
                      .isInstanceOf(IllegalStateException.class);
                } else {
                  ask(ONE + " " + n);
                }
                return n;
              }));
    }
    for (Future<?> f : all) {
      f.get();
    }
    threads.shutdown();
    server.ledger().closeEpoch();
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(32);
    assertThat(database.number("SELECT COUNT(*) FROM ol_links")).isEqualTo(32);
    assertThat(database.number("SELECT MAX(link_number) FROM ol_links")).isEqualTo(32);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM ol_links a JOIN ol_links b"
                    + " ON b.link_number = a.link_number + 1 AND b.previous = a.link"))
        .isEqualTo(31);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void contributionsOfManyThreadsAreNumberedWithoutGaps() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int n = i;
      all.add(
          threads.submit(
              () -> {
                go.await();
                return contribute("c" + n % 3, "clause " + n + " has words of its own w" + n * 31);
              }));
    }
    go.countDown();
    for (Future<?> f : all) {
      f.get();
    }
    threads.shutdown();
    DatanetSnapshot snapshot = server.datanets().snapshot(CLAUSES);
    assertThat(snapshot.accepted()).isEqualTo(24);
    List<Contribution> found = server.datanets().find(CLAUSES, ContributionQuery.all(100)).items();
    assertThat(found).extracting(c -> c.id().sequence()).doesNotHaveDuplicates().hasSize(24);
    server.model().attribute("words of its own");
    assertThat(database.number("SELECT COUNT(*) FROM ol_near_duplicates")).isEqualTo(24);
  }

  @Test
  void failedAttributionIsRefusedOrGivenUnattributedAndNeverCharged() {
    contribute("ann", ONE);
    attribution.failTraces(Optional.of(() -> new IllegalStateException("broken")));
    refused(ErrorCode.ATTRIBUTION_FAILED, () -> ask(ONE));
    try (Boundary boundary = boundary(Set.of(), AttributionMode.BEST_EFFORT)) {
      Answer answer = ask(ONE);
      Receipt.Body body = answer.receipt().body();
      assertThat(body.status()).isEqualTo(Receipt.Status.UNATTRIBUTED);
      assertThat(body.reason()).hasValueSatisfying(r -> assertThat(r).contains("attributed"));
      assertThat(body.fee().isZero()).isTrue();
      assertThat(body.credits()).isEmpty();
      assertThat(boundary.receipts()).containsExactly(answer.receipt());
      assertThat(server.server().reports(APP).receipt(answer.receipt().id())).isPresent();
    }
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
    attribution.failTraces(Optional.empty());
    assertThat(ask(ONE).spans()).hasSize(1);
  }

  @Test
  void listenerThatThrowsCancelsAndPaysNothing() {
    contribute("ann", ONE);
    IllegalStateException mine = new IllegalStateException("client gone");
    assertThatThrownBy(
            () ->
                server.model().stream(
                    Prompt.text(ONE),
                    delta -> {
                      throw mine;
                    }))
        .isSameAs(mine);
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isZero();
  }

  @Test
  void cancelledAnswerIsPaidAsFarAsItGot() {
    contribute("ann", ONE);
    StringBuilder got = new StringBuilder();
    Answer answer =
        server.model().stream(
            Prompt.text(ONE),
            new io.openledger.api.model.AnswerListener() {
              @Override
              public void onText(String delta) {
                got.append(delta);
              }

              @Override
              public boolean cancelled() {
                return got.length() > 50;
              }
            });
    assertThat(answer.finishReason()).isEqualTo(io.openledger.api.model.FinishReason.CANCELLED);
    assertThat(answer.text()).hasSizeGreaterThan(50).hasSizeLessThan(ONE.length());
    assertThat(account("contributor:ann").entries()).isEqualTo(1);
  }

  @Test
  void receiptIsSeenByItsPayerAndByComplianceAlone() {
    Receipt receipt = ask(ONE).receipt();
    assertThat(server.server().reports(APP).receipt(receipt.id())).isPresent();
    Caller other = Caller.application("other");
    assertThat(server.server().reports(other).receipt(receipt.id())).isEmpty();
    refused(
        ErrorCode.RECEIPT_UNKNOWN,
        () ->
            server
                .server()
                .reports(other)
                .export(receipt.id(), io.openledger.api.provenance.ReportFormat.JSON));
    Caller auditor = Caller.user("rest", "audit", Set.of(Role.COMPLIANCE));
    assertThat(server.server().reports(auditor).receipt(receipt.id())).isPresent();
  }

  @Test
  void spansAreProvedUnderARootThatIsRecordedOnce() throws Exception {
    contribute("ann", ONE);
    Receipt receipt = ask("so: " + ONE + " then").receipt();
    contribute("bob", TWO);
    Receipt later = ask(TWO).receipt();

    SpanProof proof = proof(receipt);
    assertThat(proof.span()).isEqualTo(receipt.body().attribution().spans().get(0));
    assertThat(proof.version()).isEqualTo(1);
    assertThat(proof.claim().contribution()).isEqualTo(new ContributionId(CLAUSES, 1));
    assertThat(proof(later).root()).isNotEqualTo(proof.root());
    assertThat(database.number("SELECT COUNT(*) FROM ol_corpus_roots")).isEqualTo(2);
    assertThat(database.text("SELECT root FROM ol_corpus_roots WHERE version = 1"))
        .isEqualTo(proof.root().hex());

    int committed = attribution.committed();
    assertThat(proof(receipt)).isEqualTo(proof);
    assertThat(attribution.committed()).as("what is kept is used").isEqualTo(committed);
    restart(Map.of());
    assertThat(proof(receipt)).isEqualTo(proof);
    assertThat(attribution.committed()).isEqualTo(committed + 1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_corpus_roots")).isEqualTo(2);

    database.inTransaction(
        () -> {
          try (Connection c = database.pool().getConnection();
              PreparedStatement s =
                  c.prepareStatement("UPDATE ol_contributions SET content = 'so he says'")) {
            s.executeUpdate();
          }
        });
    restart(Map.of());
    refused(ErrorCode.CORPUS_CHANGED, () -> proof(receipt));
  }

  /** The one proof of a receipt, which is good. */
  private SpanProof proof(Receipt receipt) {
    List<SpanProof> proofs = server.server().reports(APP).proofs(receipt.id());
    assertThat(proofs).hasSize(1);
    SpanProof proof = proofs.get(0);
    attribution.verify(proof.root(), proof.claim(), Base64.getDecoder().decode(proof.proof()));
    return proof;
  }

  @Test
  void retractionEndsTheProofsOfVersionsThatHadTheContribution() {
    Contribution one = contribute("ann", ONE);
    Receipt before = ask(ONE).receipt();
    contribute("bob", TWO);
    Receipt both = ask(TWO).receipt();
    proof(before);
    server.datanets().retract(one.id(), "withdrawn");
    Receipt after = ask(TWO).receipt();
    refused(ErrorCode.PROOF_IMPOSSIBLE, () -> proof(before));
    refused(ErrorCode.PROOF_IMPOSSIBLE, () -> proof(both));
    assertThat(proof(after).version()).isEqualTo(3);
  }

  @Test
  void statementOpensAndClosesWithWhatItLists() throws Exception {
    contribute("ann", ONE);
    ask(ONE);
    Thread.sleep(5);
    Instant between = Instant.now();
    Thread.sleep(5);
    ask(ONE + " again");
    AccountId ann = AccountId.parse("contributor:ann");
    Statement second = server.ledger().statement(ann, between, Instant.now().plusSeconds(60));
    assertThat(second.entries()).hasSize(1);
    assertThat(second.opening().add(second.entries().get(0).amount()))
        .isEqualTo(second.closing())
        .isEqualTo(account("contributor:ann").balance());
    assertThat(server.ledger().statement(ann, Instant.EPOCH, between).opening()).isZero();
    refused(
        ErrorCode.ACCOUNT_UNKNOWN,
        () ->
            server
                .ledger()
                .statement(AccountId.parse("party:nobody"), Instant.EPOCH, Instant.now()));
    Caller user = Caller.user("rest", "bob", Set.of(Role.USER));
    refused(ErrorCode.FORBIDDEN, () -> server.server().ledger(user).entries(ann, 0, 10));
    Caller self = Caller.user("rest", "ann", Set.of(Role.CONTRIBUTOR));
    assertThat(server.server().ledger(self).entries(ann, 0, 10).items()).hasSize(2);
  }

  // --- epochs

  @Test
  void epochProvesWhatWasEarnedAndIsNotMadeAgainForNothing() {
    contribute("ann", ONE);
    contribute("bob", TWO);
    ask(ONE);
    Epoch first = server.ledger().closeEpoch();
    assertThat(server.ledger().closeEpoch()).isEqualTo(first);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.leaves()).isEqualTo(1);

    ask(TWO);
    ask(ONE + " more");
    Epoch second = server.ledger().closeEpoch();
    assertThat(second.leaves()).isEqualTo(2);
    assertThat(second.total()).isGreaterThan(first.total());
    assertThat(server.ledger().epochs(10)).containsExactly(second, first);

    Settlement settlement = ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
    AccountId ann = AccountId.parse("contributor:ann");
    EpochProof proof = server.ledger().proof(2, ann);
    assertThat(settlement.verify(proof)).isTrue();
    assertThat(proof.cumulative()).isEqualTo(account("contributor:ann").earned());
    assertThat(proof.root()).isEqualTo(second.root());
    assertThat(settlement.verify(server.ledger().proof(1, ann))).isTrue();
    refused(ErrorCode.EPOCH_UNKNOWN, () -> server.ledger().proof(3, ann));
    refused(
        ErrorCode.ACCOUNT_UNKNOWN,
        () -> server.ledger().proof(1, AccountId.parse("contributor:bob")));
    refused(
        ErrorCode.ACCOUNT_WITHOUT_ADDRESS,
        () -> server.ledger().proof(2, AccountId.parse("party:node-operator")));
    refused(
        ErrorCode.FORBIDDEN,
        () -> server.server().ledger(Caller.user("rest", "ann", Set.of(Role.USER))).closeEpoch());
  }

  @Test
  void epochIsClosedOnceByManyThreads() throws Exception {
    contribute("ann", ONE);
    ask(ONE);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Epoch>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(threads.submit(() -> server.ledger().closeEpoch()));
    }
    for (Future<Epoch> f : all) {
      assertThat(f.get().number()).isEqualTo(1);
    }
    threads.shutdown();
    assertThat(database.number("SELECT COUNT(*) FROM ol_epochs")).isEqualTo(1);
  }

  @Test
  void epochClosesByItselfEachInterval() {
    restart(Map.of("openledger.epoch.interval", "PT1S"));
    contribute("ann", ONE);
    ask(ONE);
    TestServer.await(
        "an epoch is closed", () -> database.number("SELECT COUNT(*) FROM ol_epochs") == 1);
  }

  // --- restarts and policies

  @Test
  void everythingIsThereAfterARestart() {
    contribute("ann", ONE);
    Receipt receipt = ask(ONE).receipt();
    int opened = attribution.opened();
    restart(Map.of());
    assertThat(server.model().attribute(ONE).spans()).hasSize(1);
    assertThat(attribution.opened()).isEqualTo(opened + 1);
    assertThat(server.server().reports(APP).receipt(receipt.id())).isPresent();
    assertThat(ask(ONE + " once more").receipt().body().policy().version()).isEqualTo(1);
  }

  @Test
  void changedPolicyGetsTheNextVersionAndNamedOnesApply() {
    restart(
        Map.of(
            "openledger.policy.fee-per-answer-wei", "10",
            "openledger.policy.fee-per-token-wei", "1",
            "openledger.policies", "free",
            "openledger.policies.free.fee-per-answer-wei", "0",
            "openledger.policies.free.fee-per-token-wei", "0"));
    Receipt.Body body = ask("one two three").receipt().body();
    assertThat(body.policy().version()).isEqualTo(2);
    assertThat(body.fee().value()).isEqualTo(13);
    try (Boundary boundary =
        Boundary.enter(Optional.empty(), Set.of(), Optional.of("free"), AttributionMode.REQUIRED)) {
      assertThat(ask("one two").receipt().body().fee().isZero()).isTrue();
      assertThat(boundary.receipts().get(0).body().policy().name()).isEqualTo("free");
    }
    try (Boundary boundary =
        Boundary.enter(Optional.empty(), Set.of(), Optional.of("none"), AttributionMode.REQUIRED)) {
      refused(ErrorCode.POLICY_UNKNOWN, () -> ask("one two"));
      assertThat(boundary.receipts()).isEmpty();
    }
  }

  @Test
  void creditsAddUpWhateverTheFee() {
    contribute("ann", ONE);
    restart(Map.of("openledger.policy.fee-per-answer-wei", "7"));
    List<Credit> credits = ask(ONE).receipt().body().credits();
    assertThat(credits.stream().mapToLong(c -> c.amount().value().longValue()).sum()).isEqualTo(7);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }
}
