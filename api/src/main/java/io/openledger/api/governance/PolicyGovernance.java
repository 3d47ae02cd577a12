package io.openledger.api.governance;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import java.util.List;
import java.util.Optional;

/**
 * Governance of the rollup's policies: how fees are split, how is attributed, how long epochs are.
 * For injection; safe for any thread.
 *
 * <p>Everybody may read. Who may act with the server's key: users with the role of an admin, and
 * applications that the server's configuration names ({@link io.openledger.api.ErrorCode#FORBIDDEN}
 * otherwise).
 *
 * <p>What is read is read from the chain while the caller waits, some ten requests to a node for
 * each proposal, all in one block, which is told ({@link ChainMoment}). What is done is a
 * transaction of the server's key, stored in the caller's JTA transaction and sent when that
 * commits. Each step is checked before it is stored; the chain has the last word all the same.
 *
 * <p>All methods throw {@link OpenLedgerException}: {@code CHAIN_UNAVAILABLE} where no chain is
 * attached or none answers, {@code CHAIN_DISPUTED}, and {@code PROPOSAL_UNKNOWN} for an id that the
 * governor does not know.
 */
public interface PolicyGovernance {

  /** Most proposals of a page. */
  int MAX_PAGE = 25;

  /** Longest reason of a vote, in characters. */
  int MAX_REASON = 1000;

  /** What holds, how it is changed, and what the server's key can do. */
  GovernanceStatus status();

  /** What a draft would do, and whether it could be proposed now. Sends nothing. */
  PolicyPreview preview(PolicyDraft draft);

  /**
   * Proposes a draft. The same draft again is the same proposal and is not proposed twice.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} out of bounds, {@code CHANGE_TOO_SOON}
   *     while a former change cools down, {@code VOTES_MISSING} for fewer votes than a proposer
   *     needs, {@code PROPOSAL_STATE} if somebody has proposed the very same
   */
  Submission propose(PolicyDraft draft);

  /**
   * Proposals, newest first, whoever made them.
   *
   * @param limit 1 to {@value #MAX_PAGE}
   */
  Page<Proposal> proposals(long offset, int limit);

  /** A proposal, if the governor knows it. */
  Optional<Proposal> proposal(ProposalId id);

  /**
   * Votes with the server's key; a vote cannot be changed.
   *
   * @param reason goes onto the chain; at most {@value #MAX_REASON} characters, may be empty
   * @throws OpenLedgerException {@code PROPOSAL_STATE} if it cannot be voted on now or the key has
   *     voted, {@code VOTES_MISSING} if the key has no votes in it
   */
  Submission vote(ProposalId id, VoteChoice choice, String reason);

  /**
   * Puts a proposal that succeeded into the timelock.
   *
   * @throws OpenLedgerException {@code PROPOSAL_STATE}
   */
  Submission queue(ProposalId id);

  /**
   * Executes a proposal whose time in the timelock is over.
   *
   * @throws OpenLedgerException {@code PROPOSAL_STATE}; {@code CHAIN_REFUSED} if one of its calls
   *     would fail
   */
  Submission execute(ProposalId id);

  /**
   * Takes back a proposal of the server's key whose vote has not begun.
   *
   * @throws OpenLedgerException {@code PROPOSAL_STATE}
   */
  Submission cancel(ProposalId id);

  /** The steps that this server has taken for a proposal, in the order of its way. */
  List<Submission> submissions(ProposalId id);
}
