package io.openledger.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.openledger.api.AttributionContext;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetHandle;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetName;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelName;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ClaimPayment;
import io.openledger.api.reward.ClaimStanding;
import io.openledger.api.reward.RewardClaims;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.RootPosting;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InjectionTest {

  private static final Prompt PROMPT = Prompt.text("p");

  private final RecordingServer server = new RecordingServer("first");

  @Singleton
  static class Desk {
    @Inject AttributedModel unnamed;

    @Inject
    @ModelName("clauses")
    AttributedModel clauses;

    @Inject
    @ModelName("speeches")
    AttributedModel speeches;

    @Inject @Any Instance<AttributedModel> models;

    @Inject
    @ModelName("by-instance")
    Instance<AttributedModel> byInstance;

    @Inject ModelRegistry registry;
    @Inject DatanetRepository datanets;

    @Inject
    @DatanetName("contracts")
    DatanetHandle contracts;

    @Inject
    @DatanetName("policies")
    DatanetHandle policies;

    @Inject RewardLedger ledger;
    @Inject RewardClaims claims;
    @Inject ProvenanceReports reports;
    @Inject PolicyGovernance governance;
    @Inject AttributionContext context;
  }

  @BeforeEach
  void start() {
    OpenLedgerServers.publish(Optional.of(server));
  }

  @AfterEach
  void stop() {
    OpenLedgerServers.publish(Optional.empty());
  }

  @Test
  void unqualifiedModelIsTheServersDefaultOutsideABoundary() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThat(desk.unnamed.complete(PROMPT).text()).isEqualTo("first/clause-desk/default");
      assertThat(desk.unnamed.info().id()).isEqualTo(new ModelId("default"));
      assertThat(desk.unnamed.attribute("four").tokens()).isEqualTo(4);
    }
  }

  @Test
  void injectionPointsOfOneBeanCarryDifferentNames() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThat(desk.clauses.complete(PROMPT).text()).isEqualTo("first/clause-desk/clauses");
      assertThat(desk.speeches.complete(PROMPT).text()).isEqualTo("first/clause-desk/speeches");
      assertThat(desk.contracts.id()).isEqualTo(new DatanetId("contracts"));
      assertThat(desk.policies.id()).isEqualTo(new DatanetId("policies"));
    }
  }

  @Test
  void programmaticLookUpSaysTheName() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThat(desk.models.select(new ModelNameLiteral("picked")).get().info().id().value())
          .isEqualTo("picked");
      assertThat(desk.byInstance.get().info().id().value()).isEqualTo("by-instance");
      assertThat(
              cdi.select(AttributedModel.class, new ModelNameLiteral("from-outside"))
                  .get()
                  .info()
                  .id()
                  .value())
          .isEqualTo("from-outside");
    }
  }

  @Test
  void programmaticLookUpOfABadNameIsRefused() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThatThrownBy(() -> desk.models.select(new ModelNameLiteral("Not A Name")).get())
          .hasStackTraceContaining("OPENLEDGER-1001")
          .hasStackTraceContaining("'Not A Name'");
    }
  }

  @Test
  void everyServiceSpeaksInTheNameOfTheApplication() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      DatanetId id = new DatanetId("made");
      assertThat(desk.datanets.create(new DatanetDraft(id, "t", "d", Visibility.PUBLIC)).owner())
          .hasToString("application:clause-desk");
      desk.datanets.list();
      desk.datanets.find(id);
      desk.datanets.grants(id);
      desk.datanets.text(new ContributionId(id, 3));
      desk.datanets.contribution(new ContributionId(id, 4));
      desk.contracts.find();
      desk.contracts.find(ContributionQuery.all(5));
      desk.contracts.snapshot();
      desk.contracts.search(List.of("one", "two"), 0);
      desk.datanets.search(DatanetSearch.of("three"));
      desk.datanets.count("four", DatanetScope.of(id));
      desk.datanets.next("five", DatanetScope.all().to(Purpose.TRAIN), 5);
      desk.datanets.likelihood("six", DatanetScope.all());
      desk.ledger.accounts(0, 10);
      desk.ledger.account(AccountId.parse("payer:x"));
      desk.ledger.entries(AccountId.parse("payer:y"), 0, 10);
      desk.ledger.epochs(3);
      ReceiptId receipt = new ReceiptId("00000000-0000-0000-0000-000000000001");
      desk.reports.receipt(receipt);
      desk.reports.proofs(receipt);
      desk.reports.proofs(receipt, "text");
      desk.governance.proposals(0, 5);
      desk.governance.queue(new ProposalId(BigInteger.TWO));
      assertThat(server.calls)
          .containsExactly(
              "clause-desk: create made",
              "clause-desk: list",
              "clause-desk: find made",
              "clause-desk: grants made",
              "clause-desk: text made:3",
              "clause-desk: contribution made:4",
              "clause-desk: find contracts",
              "clause-desk: find in contracts",
              "clause-desk: snapshot contracts",
              "clause-desk: search [one, two] in [contracts] to ATTRIBUTE",
              "clause-desk: search [three] in [] to ATTRIBUTE",
              "clause-desk: count four in [made] to ATTRIBUTE",
              "clause-desk: next five in [] to TRAIN",
              "clause-desk: likelihood six in [] to ATTRIBUTE",
              "clause-desk: accounts",
              "clause-desk: account payer:x",
              "clause-desk: entries payer:y",
              "clause-desk: epochs 3",
              "clause-desk: receipt " + receipt,
              "clause-desk: proofs " + receipt,
              "clause-desk: proofs " + receipt + " of text",
              "clause-desk: governance proposals",
              "clause-desk: governance queue");
      assertThat(desk.reports.export(receipt, ReportFormat.CSV)).asString().isEqualTo("first/CSV");
    }
  }

  @Test
  void claimsAreTheServersInTheNameOfTheApplication() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      RewardClaims claims = cdi.select(Desk.class).get().claims;
      AccountId account = AccountId.parse("contributor:x");
      assertThat(claims.attached()).isTrue();
      assertThat(claims.standing(account))
          .isEqualTo(
              new ClaimStanding(
                  account,
                  RecordingServer.PAYEE,
                  1612,
                  RecordingServer.CONTRACT,
                  Wei.of(9),
                  Wei.of(2),
                  Wei.of(5),
                  Wei.of(1),
                  Optional.of(Instant.ofEpochSecond(20)),
                  Instant.ofEpochSecond(10)));
      // roots alone, and not the receipts that are anchored beside them
      assertThat(claims.roots(2, 3))
          .extracting(RootPosting::epoch, RootPosting::state)
          .containsExactly(
              tuple(3L, RootPosting.State.WAITING), tuple(2L, RootPosting.State.WAITING));
      assertThat(claims.pay(List.of(account)))
          .containsExactly(
              new ClaimPayment(account, RecordingServer.PAYEE, Wei.of(5), Hash256.sha256("sent")));
      assertThat(server.calls).containsExactly("clause-desk: pay [contributor:x]");
      assertThatThrownBy(() -> claims.roots(1, 1 + RewardClaims.MOST))
          .hasMessageContaining("at most 100");
    }
  }

  @Test
  void claimsSayWhyThereAreNone() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      RewardClaims claims = cdi.select(Desk.class).get().claims;
      AccountId account = AccountId.parse("contributor:x");
      server.key = false;
      assertThat(claims.attached()).isTrue();
      assertThatThrownBy(() -> claims.standing(account)).hasMessageContaining("posts no roots");
      server.chain = false;
      assertThat(claims.attached()).isFalse();
      assertThatThrownBy(() -> claims.pay(List.of(account)))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE))
          .hasMessageContaining("no chain is attached");
    }
  }

  @Test
  void handleRefusesAContributionOfAnotherDatanet() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      DatanetHandle contracts = cdi.select(Desk.class).get().contracts;
      assertThatThrownBy(
              () -> contracts.retract(new ContributionId(new DatanetId("policies"), 1), "why"))
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining("policies:1")
          .hasMessageContaining("datanet contracts");
    }
  }

  @Test
  void beansOutliveARestartOfTheServer() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      AttributedModel opened = desk.registry.open(new ModelId("base"));
      OpenLedgerServers.publish(Optional.empty());
      assertThatThrownBy(() -> desk.unnamed.complete(PROMPT))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
      OpenLedgerServers.publish(Optional.of(new RecordingServer("second")));
      assertThat(desk.unnamed.complete(PROMPT).text()).startsWith("second/");
      assertThat(opened.complete(PROMPT).text()).isEqualTo("second/clause-desk/base");
    }
  }

  @Test
  void registryRefusesAModelThatIsNotThere() {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      ModelRegistry registry = cdi.select(Desk.class).get().registry;
      assertThat(registry.find(new ModelId("base"))).isPresent();
      assertThatThrownBy(() -> registry.open(new ModelId("nowhere")))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNKNOWN);
                assertThat(e.allowed()).contains("base");
              });
    }
  }

  @Test
  void nameIsResolvedOnceAndThenKnownToAnyThread() throws Exception {
    Thread application = Thread.currentThread();
    AtomicInteger lookUps = new AtomicInteger();
    ApplicationName onlyHere =
        () -> {
          lookUps.incrementAndGet();
          return Thread.currentThread() == application ? Optional.of("desk") : Optional.empty();
        };
    try (WeldContainer cdi = Containers.start(onlyHere, Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      String text = CompletableFuture.supplyAsync(() -> desk.unnamed.complete(PROMPT).text()).get();
      assertThat(text).isEqualTo("first/desk/default");
      assertThat(lookUps).hasValue(1);
    }
  }

  @Test
  void threadThatKnowsNoApplicationIsRefusedUntilOneThatDoesHasCalled() {
    AtomicInteger lookUps = new AtomicInteger();
    ApplicationName late =
        () -> lookUps.incrementAndGet() < 3 ? Optional.empty() : Optional.of("desk");
    try (WeldContainer cdi = Containers.start(late, Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThatThrownBy(() -> desk.unnamed.complete(PROMPT))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
      assertThat(desk.unnamed.complete(PROMPT).text()).isEqualTo("first/desk/default");
    }
  }

  @Test
  void twoApplicationsSpeakEachInTheirOwnName() {
    try (WeldContainer one = Containers.start(() -> Optional.of("one"), Desk.class);
        WeldContainer two = Containers.start(() -> Optional.of("two"), Desk.class)) {
      assertThat(one.select(Desk.class).get().unnamed.complete(PROMPT).text()).contains("/one/");
      assertThat(two.select(Desk.class).get().unnamed.complete(PROMPT).text()).contains("/two/");
    }
  }

  @Test
  void injectedObjectsSurvivePassivation() throws Exception {
    try (WeldContainer cdi = Containers.start(Desk.class)) {
      Desk desk = cdi.select(Desk.class).get();
      assertThat(passivated(desk.clauses).complete(PROMPT).text()).endsWith("/clauses");
      AttributedModel mix = desk.registry.open(AdapterMix.of("b", -0.5).and("a", 1 / 3.0));
      server.calls.clear();
      assertThat(passivated(mix).complete(PROMPT).text()).endsWith("/base");
      assertThat(server.calls)
          .containsExactly(
              "clause-desk: open"
                  + " [Part[adapter=a, weight=0.333333], Part[adapter=b, weight=-0.5]]");
      assertThat(passivated(desk.contracts).id().value()).isEqualTo("contracts");
      assertThat(passivated(desk.registry).list()).hasSize(1);
      assertThat(passivated(desk.governance).proposal(new ProposalId(BigInteger.ONE))).isEmpty();
      assertThat(passivated(desk.ledger).epochs(1)).isEmpty();
      assertThat(
              passivated(desk.reports)
                  .export(new ReceiptId("00000000-0000-0000-0000-000000000001"), ReportFormat.JSON))
          .isNotEmpty();
      assertThat(passivated(desk.datanets).list()).isEmpty();
      assertThat(passivated(desk.context).active()).isFalse();
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T passivated(T object) throws Exception {
    assertThat(object).isInstanceOf(Serializable.class);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
