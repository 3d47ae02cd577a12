package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a withdrawal stands.
 *
 * @param stage how far it has come
 * @param withdrawal its hash, once it is in a block of the rollup
 * @param finalizable from when on it can be finalised, by L1's clock, once that is known
 * @param explanation in plain words, with what to do
 */
public record WithdrawalStatus(
    Stage stage, Optional<Hash256> withdrawal, Optional<Instant> finalizable, String explanation) {

  /** How far a withdrawal has come. */
  public enum Stage {
    /** No block of the rollup has the transaction now. */
    UNKNOWN,
    /** Reverted on the rollup: nothing is withdrawn. */
    REVERTED,
    /** In a block of the rollup; no state of that block or a later one is proposed on L1 yet. */
    INITIATED,
    /** A state that has it is proposed on L1: it can be proven. */
    PROVABLE,
    /** Proven; the time to object runs. */
    PROVEN,
    /** The time to object is over: it can be finalised. */
    FINALIZABLE,
    /** Done. */
    FINALIZED
  }
}
