package io.openledger.api.governance;

/** How far a proposal is (OpenZeppelin {@code IGovernor.ProposalState}, in its order). */
public enum ProposalState {
  /** The vote has not begun; its proposer may still cancel it. */
  PENDING,
  /** It can be voted on. */
  ACTIVE,
  /** Taken back by its proposer, or taken out of the timelock. */
  CANCELED,
  /** Too few votes, or not more for than against. Final. */
  DEFEATED,
  /** It was decided and can be queued. */
  SUCCEEDED,
  /** It waits in the timelock, or can be executed already. */
  QUEUED,
  /** Its time to be executed has passed. Final. */
  EXPIRED,
  /** It was executed. Final. */
  EXECUTED;

  /** Whether nothing can come of it any more, or all that could has. */
  public boolean isFinal() {
    return this == CANCELED || this == DEFEATED || this == EXPIRED || this == EXECUTED;
  }
}
