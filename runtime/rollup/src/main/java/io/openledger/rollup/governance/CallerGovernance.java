package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Governance as one caller has it. What is on the chain everybody may read. The key's steps are
 * those of the server: for users with the role of an admin, and for applications that the
 * configuration names, because an application that may ask models need not decide what they cost.
 */
final class CallerGovernance implements PolicyGovernance {

  private final PolicyGovernance governance;
  private final Caller caller;
  private final Set<String> applications;

  CallerGovernance(PolicyGovernance governance, Caller caller, Set<String> applications) {
    this.governance = governance;
    this.caller = caller;
    this.applications = applications;
  }

  private PolicyGovernance acting() {
    boolean may =
        caller.user().isPresent()
            ? caller.is(Role.ADMIN)
            : applications.contains(caller.application());
    if (!may) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          caller.user().isPresent()
              ? "a user without the role "
                  + Role.ADMIN.label()
                  + " who governs with the server's key"
              : "application " + caller.application() + " that governs with the server's key",
          "users with the role "
              + Role.ADMIN.label()
              + ", and applications that the configuration lets govern",
          "ask an administrator");
    }
    return governance;
  }

  @Override
  public GovernanceStatus status() {
    return governance.status();
  }

  @Override
  public PolicyPreview preview(PolicyDraft draft) {
    return governance.preview(draft);
  }

  @Override
  public Page<Proposal> proposals(long offset, int limit) {
    return governance.proposals(offset, limit);
  }

  @Override
  public Optional<Proposal> proposal(ProposalId id) {
    return governance.proposal(id);
  }

  @Override
  public List<Submission> submissions(ProposalId id) {
    return governance.submissions(id);
  }

  @Override
  public Submission propose(PolicyDraft draft) {
    return acting().propose(draft);
  }

  @Override
  public Submission vote(ProposalId id, VoteChoice choice, String reason) {
    return acting().vote(id, choice, reason);
  }

  @Override
  public Submission queue(ProposalId id) {
    return acting().queue(id);
  }

  @Override
  public Submission execute(ProposalId id) {
    return acting().execute(id);
  }

  @Override
  public Submission cancel(ProposalId id) {
    return acting().cancel(id);
  }
}
