package io.openledger.samples.clausedesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClausesTest {

  private final List<ContributionDraft> clauses = Clauses.read();

  @Test
  void theDeskBeginsWith78ClausesOfSixContributors() {
    assertThat(clauses).hasSize(78);
    assertThat(
            clauses.stream()
                .flatMap(clause -> clause.contributors().stream())
                .map(share -> share.contributor()))
        .contains(new ContributorId("legal-ops"))
        .satisfies(all -> assertThat(List.copyOf(all).stream().distinct()).hasSize(6));
  }

  @Test
  void everyClauseHasItsOwnKeySoThatFillingAgainAddsNothing() {
    assertThat(clauses).extracting(ContributionDraft::key).doesNotHaveDuplicates();
    assertThat(clauses).extracting(ContributionDraft::key).doesNotContain(Optional.empty());
  }

  @Test
  void everyContributorCanBePaid() {
    assertThat(clauses)
        .allSatisfy(
            clause ->
                assertThat(clause.contributors())
                    .allSatisfy(share -> assertThat(share.address()).isPresent()));
  }
}
