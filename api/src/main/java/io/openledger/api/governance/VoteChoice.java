package io.openledger.api.governance;

/** What a vote says; the order is the one of the contract's numbers. */
public enum VoteChoice {
  /** Counts against it, and not for the quorum. */
  AGAINST,
  /** Counts for it, and for the quorum. */
  FOR,
  /** Counts for the quorum alone. */
  ABSTAIN
}
