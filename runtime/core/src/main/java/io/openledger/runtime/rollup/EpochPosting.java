package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was handed to the chain for an epoch, and what the chain last said of it.
 *
 * @param businessKey names its message for ever
 * @param kind of what
 * @param firstEpoch the first epoch that it is for; roots are for one
 * @param epoch the last epoch that it is for
 * @param state how far it is
 * @param submittedAt when it was handed over
 * @param transaction the hash that is in a block; else the one that was sent last
 * @param block in which it is
 * @param sequence the contract's number of a root; those of dropped roots are given again
 * @param activeAt from when claims can be proven against a root
 * @param detail what stands in its way, or why it was reverted or dropped
 * @param changedAt when the chain said something else of it for the last time
 */
public record EpochPosting(
    String businessKey,
    Kind kind,
    long firstEpoch,
    long epoch,
    State state,
    Instant submittedAt,
    Optional<Hash256> transaction,
    OptionalLong block,
    OptionalLong sequence,
    Optional<Instant> activeAt,
    Optional<String> detail,
    Instant changedAt) {

  /** What is posted of an epoch. */
  public enum Kind {
    /** The root over what accounts have earned, to be claimed against. */
    ROOT,
    /** The roots over the receipts of one epoch or several. */
    RECEIPTS
  }

  /** How far it is. */
  public enum State {
    /** Signed; not yet in a block. */
    SUBMITTED,
    /** A root in a block: claims are proven against it from its time on. */
    WAITING,
    /** The root that claims are proven against. */
    ACTIVE,
    /** A later root is active. */
    SUPERSEDED,
    /** The guardian has dropped the root. */
    CHALLENGED,
    /** Receipts in a block. */
    ANCHORED,
    /** The contract refused it. */
    REVERTED,
    /** An administrator took it back. */
    CANCELLED
  }
}
