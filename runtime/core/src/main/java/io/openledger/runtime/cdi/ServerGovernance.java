package io.openledger.runtime.cdi;

import io.openledger.api.Page;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.runtime.rollup.Rollups;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The injected governance: looked up on the server at each call. */
final class ServerGovernance implements PolicyGovernance, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerGovernance(Application application) {
    this.application = application;
  }

  private PolicyGovernance now() {
    return Rollups.require(application.server()).governance(application.caller());
  }

  @Override
  public GovernanceStatus status() {
    return now().status();
  }

  @Override
  public PolicyPreview preview(PolicyDraft draft) {
    return now().preview(draft);
  }

  @Override
  public Submission propose(PolicyDraft draft) {
    return now().propose(draft);
  }

  @Override
  public Page<Proposal> proposals(long offset, int limit) {
    return now().proposals(offset, limit);
  }

  @Override
  public Optional<Proposal> proposal(ProposalId id) {
    return now().proposal(id);
  }

  @Override
  public Submission vote(ProposalId id, VoteChoice choice, String reason) {
    return now().vote(id, choice, reason);
  }

  @Override
  public Submission queue(ProposalId id) {
    return now().queue(id);
  }

  @Override
  public Submission execute(ProposalId id) {
    return now().execute(id);
  }

  @Override
  public Submission cancel(ProposalId id) {
    return now().cancel(id);
  }

  @Override
  public List<Submission> submissions(ProposalId id) {
    return now().submissions(id);
  }
}
