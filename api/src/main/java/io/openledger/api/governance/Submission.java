package io.openledger.api.governance;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.util.Optional;

/**
 * A step that the server's key takes, and how far its transaction is. It is sent if the caller's
 * JTA transaction commits, and then exactly once.
 *
 * @param key names it for ever, such as {@code <deployment>/governance/vote/…}
 * @param proposal what it is about
 * @param progress how far it is
 * @param transaction its hash, 32 bytes of Keccak-256
 * @param detail what stands in its way, or why it was reverted
 * @param since when it came so far
 */
public record Submission(
    String key,
    ProposalId proposal,
    Progress progress,
    Hash256 transaction,
    Optional<String> detail,
    Instant since) {

  /** How far a transaction is. A reorganisation takes it back to {@link #SENT}. */
  public enum Progress {
    /** Signed and stored; no node has been told. */
    STORED,
    /** A node took it. */
    SENT,
    /** In a block that may be undone. */
    UNSAFE,
    /** In a block that is derived from L1. */
    SAFE,
    /** Final. */
    FINALIZED,
    /** Final, and without effect: the contract refused it. It can be tried again. */
    REVERTED,
    /** Taken back by an administrator. It can be tried again. */
    CANCELLED
  }
}
