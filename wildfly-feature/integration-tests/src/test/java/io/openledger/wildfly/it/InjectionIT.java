package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Attributed;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.DatanetHandle;
import io.openledger.api.datanet.DatanetName;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelName;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Wei;
import io.openledger.wildfly.it.app.Drafting;
import io.openledger.wildfly.it.app.Loaded;
import io.openledger.wildfly.it.app.Notes;
import io.openledger.wildfly.it.app.SampleClauses;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application gets by injection, and what its {@code @Attributed} methods do. */
@ArquillianTest
class InjectionIT {

  @Inject AttributedModel byDefault;

  @Inject
  @ModelName("clause-desk")
  AttributedModel clauseDesk;

  @Inject
  @ModelName("nobody")
  AttributedModel unknown;

  @Inject ModelRegistry models;
  @Inject DatanetRepository datanets;

  @Inject
  @DatanetName(Drafting.DATANET)
  DatanetHandle clauses;

  @Inject RewardLedger ledger;
  @Inject ProvenanceReports reports;
  @Inject Drafting drafting;

  @Deployment
  static WebArchive application() {
    return Wars.of(
            "injection.war",
            Drafting.class,
            Drafting.DraftRejected.class,
            Notes.class,
            SampleClauses.class,
            Loaded.class)
        .addAsLibraries(TestLibraries.assertj());
  }

  @BeforeEach
  void seed() {
    Loaded.await(models);
    drafting.seed();
  }

  @Test
  void modelsAreInjectedByDefaultAndByName() {
    assertThat(byDefault.info().id()).isEqualTo(new ModelId("speeches-3m"));
    ModelInfo adapter = clauseDesk.info();
    assertThat(adapter.id()).isEqualTo(new ModelId("clause-desk"));
    assertThat(adapter.parent()).contains(new ModelId("speeches-3m"));
    assertThat(models.list()).extracting(ModelInfo::id).contains(adapter.id());
  }

  @Test
  void modelThatDoesNotExistIsRefusedWhenItIsAsked() {
    assertThatThrownBy(() -> unknown.complete(Prompt.text("x")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNKNOWN));
  }

  @Test
  void datanetIsInjectedByNameAndKnowsItsContributions() {
    assertThat(clauses.find()).isPresent();
    assertThat(clauses.snapshot().active()).isEqualTo(SampleClauses.drafts().size());
    assertThat(datanets.list()).anyMatch(d -> d.id().equals(clauses.id()));
  }

  @Test
  void boundaryBindsTheReceiptToTheMethodsResult() {
    Attributed.Result<String> draft = drafting.draft(Drafting.OPENING);
    assertThat(draft.value()).isNotBlank();
    Receipt receipt = draft.receipt().orElseThrow();
    assertThat(receipt.body().model().id()).isEqualTo(new ModelId("clause-desk"));
    assertThat(receipt.body().status()).isEqualTo(Receipt.Status.ATTRIBUTED);
    assertThat(receipt.body().payer()).isEqualTo("application:injection");
    List<SpanMatch> spans = receipt.body().attribution().spans();
    assertThat(spans).isNotEmpty();
    for (SpanMatch span : spans) {
      // the stretch really stands in the contribution that is named
      String stretch = draft.value().substring(span.start(), span.end());
      assertThat(datanets.text(span.contributions().get(0)).orElseThrow())
          .contains(stretch.strip());
    }
    Wei credited =
        receipt.body().credits().stream().map(Credit::amount).reduce(Wei.ZERO, Wei::plus);
    assertThat(credited).isEqualTo(receipt.body().fee());
  }

  @Test
  void boundaryCollectsTheReceiptsOfEachCallAndEndsWithTheMethod() {
    assertThat(drafting.receiptsOfTwoDrafts(Drafting.OPENING)).hasSize(2);
    assertThat(drafting.insideBoundary()).isFalse();
  }

  @Test
  void receiptIsKeptChainedAndExported() throws InterruptedException {
    Receipt receipt = drafting.draft(Drafting.OPENING).receipt().orElseThrow();
    Receipt kept = reports.receipt(receipt.id()).orElseThrow();
    assertThat(kept.hash()).isEqualTo(receipt.hash());
    for (int i = 0; i < 100 && kept.link().isEmpty(); i++) {
      Thread.sleep(50); // links are made after the commit
      kept = reports.receipt(receipt.id()).orElseThrow();
    }
    assertThat(kept.link()).isPresent();
    String html =
        new String(reports.export(receipt.id(), ReportFormat.HTML), StandardCharsets.UTF_8);
    assertThat(html).contains(receipt.id().value()).contains("Duty of care");
  }

  @Test
  void payerOwesWhatTheContributorsAndOthersAreCredited() {
    Receipt receipt = drafting.draft(Drafting.OPENING).receipt().orElseThrow();
    for (Credit credit : receipt.body().credits()) {
      assertThat(ledger.account(credit.account()))
          .as("account %s", credit.account())
          .hasValueSatisfying(a -> assertThat(a.earned()).isGreaterThanOrEqualTo(credit.amount()));
    }
  }

  @Test
  void streamsTheSameAnswerInPieces() {
    Prompt prompt = Prompt.text(Drafting.OPENING).with(GenerationOptions.greedy(32));
    StringBuilder streamed = new StringBuilder();
    int[] pieces = {0};
    Answer answer =
        clauseDesk.stream(
            prompt,
            delta -> {
              streamed.append(delta);
              pieces[0]++;
            });
    assertThat(streamed.toString()).isEqualTo(answer.text());
    assertThat(pieces[0]).isGreaterThan(1);
    assertThat(clauseDesk.complete(prompt).text()).isEqualTo(answer.text());
  }
}
