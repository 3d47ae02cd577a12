package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * A message and how far it is.
 *
 * @param businessKey names it for ever
 * @param signer who signed
 * @param nonce of the signer
 * @param state how far it is
 * @param transaction the hash that is in a block; else the one that was sent last
 * @param detail what stands in its way, or why it was reverted; empty if nothing does
 * @param since when it came into this state
 */
public record OutboxMessage(
    String businessKey,
    ChainAddress signer,
    long nonce,
    State state,
    Hash256 transaction,
    Optional<String> detail,
    Instant since) {

  /** How far a message is. A reorganisation takes it back to {@link #SENT}. */
  public enum State {
    /** Signed and stored; no node has been told yet. */
    STORED,
    /** A node took it; it is in no block. */
    SENT,
    /** In a block. */
    UNSAFE,
    /** In a block that is derived from L1. */
    SAFE,
    /** In a block that stays. Final. */
    FINALIZED,
    /** In a block that stays, and reverted there. Final. */
    REVERTED,
    /** Taken back by an administrator: another transaction has its nonce for good. Final. */
    CANCELLED;

    /** Whether nothing follows, but by an administrator. */
    public boolean settled() {
      return this == FINALIZED || failed();
    }

    /** Whether it is final and had no effect. */
    public boolean failed() {
      return this == REVERTED || this == CANCELLED;
    }
  }
}
