package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.openledger.api.model.ModelRegistry;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.RewardLedger;
import io.openledger.wildfly.it.app.Drafting;
import io.openledger.wildfly.it.app.Loaded;
import io.openledger.wildfly.it.app.Notes;
import io.openledger.wildfly.it.app.SampleClauses;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.math.BigInteger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rewards and an application's own work, in two databases, commit or roll back together (JTA, two
 * XA resources).
 */
@ArquillianTest
class TransactionIT {

  private static final AccountId PAYER =
      new AccountId(AccountId.Kind.PAYER, "application:transaction");

  @Inject ModelRegistry models;
  @Inject Drafting drafting;
  @Inject Notes notes;
  @Inject RewardLedger ledger;
  @Inject ProvenanceReports reports;

  @Resource UserTransaction transaction;

  @Deployment
  static WebArchive application() {
    return Wars.of(
            "transaction.war",
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
    notes.touch();
  }

  @Test
  void rewardsCommitWithTheWork() {
    BigInteger before = owed();
    Receipt receipt = drafting.draftAndNote(Drafting.OPENING, false).receipt().orElseThrow();
    assertThat(notes.has(receipt.id().value())).isTrue();
    assertThat(reports.receipt(receipt.id())).isPresent();
    assertThat(owed()).isEqualTo(before.add(receipt.body().fee().value()));
  }

  @Test
  void rewardsRollBackWithTheWork() {
    BigInteger before = owed();
    Drafting.DraftRejected rejected =
        catchThrowableOfType(
            Drafting.DraftRejected.class, () -> drafting.draftAndNote(Drafting.OPENING, true));
    Receipt receipt = rejected.receipt();
    assertThat(receipt.body().fee().isZero()).isFalse();
    assertThat(notes.has(receipt.id().value())).isFalse();
    assertThat(reports.receipt(receipt.id())).isEmpty();
    assertThat(owed()).isEqualTo(before);
  }

  @Test
  void callerDecidesOverSeveralAnswersTogether() throws Exception {
    BigInteger before = owed();
    transaction.begin();
    Receipt first = drafting.draft(Drafting.OPENING).receipt().orElseThrow();
    Receipt second = drafting.draft(Drafting.OPENING).receipt().orElseThrow();
    assertThat(reports.receipt(first.id())).as("seen by its own transaction").isPresent();
    transaction.rollback();
    assertThat(reports.receipt(first.id())).isEmpty();
    assertThat(reports.receipt(second.id())).isEmpty();
    assertThat(owed()).isEqualTo(before);
  }

  private BigInteger owed() {
    return ledger
        .account(PAYER)
        .map(Account::balance)
        .map(BigInteger::negate)
        .orElse(BigInteger.ZERO);
  }
}
