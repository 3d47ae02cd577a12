package io.openledger.api.reward;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.time.Instant;
import java.util.Optional;

/**
 * The root of an epoch on its way to the chain. It stands for what was ever earned by then, so one
 * root does for all epochs before it.
 *
 * @param epoch whose, from 1
 * @param state how far it is
 * @param transaction the hash that is in a block, else the one that was sent last
 * @param activeAt from when claims can be proven against it, once it is in a block, by the chain's
 *     clock
 * @param detail what stands in its way, or why it was refused or dropped
 */
public record RootPosting(
    long epoch,
    State state,
    Optional<Hash256> transaction,
    Optional<Instant> activeAt,
    Optional<String> detail) {

  public RootPosting {
    if (epoch < 1) {
      throw OpenLedgerException.invalid("epoch", epoch, "1 or more");
    }
  }

  /** How far it is. */
  public enum State {
    /** Signed; not yet in a block. */
    SUBMITTED,
    /** In a block: claims are proven against it from its time on. */
    WAITING,
    /** The root that claims are proven against. */
    ACTIVE,
    /** A later root is active. */
    SUPERSEDED,
    /** The guardian has dropped it. */
    CHALLENGED,
    /** The contract refused it. */
    REVERTED,
    /** An administrator took it back. */
    CANCELLED;

    /** Whether it is in a block and was not dropped. */
    public boolean stands() {
      return this == WAITING || this == ACTIVE || this == SUPERSEDED;
    }
  }
}
