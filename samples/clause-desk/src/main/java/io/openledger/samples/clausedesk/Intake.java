package io.openledger.samples.clausedesk;

import static io.openledger.samples.clausedesk.ClauseDesk.CLAUSES;

import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.DatanetRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;

/** Contributes to the desk's datanet, in transactions of the application's own. */
@ApplicationScoped
public class Intake {

  @Inject DatanetRepository datanets;

  /** Contributes one clause. */
  @Transactional
  public Contribution contribute(ContributionDraft clause) {
    return datanets.contribute(CLAUSES, clause);
  }

  /** Contributes all of them, or none when one is refused. */
  @Transactional
  public void contributeAll(List<ContributionDraft> clauses) {
    clauses.forEach(clause -> datanets.contribute(CLAUSES, clause));
  }
}
