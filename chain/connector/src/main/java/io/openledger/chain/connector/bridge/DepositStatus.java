package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import java.util.Optional;

/**
 * Where a deposit stands.
 *
 * @param stage how far it has come
 * @param rollupTransaction the hash of its transaction on the rollup, once it is in a block of L1
 * @param explanation in plain words, with what to do
 */
public record DepositStatus(Stage stage, Optional<Hash256> rollupTransaction, String explanation) {

  /** How far a deposit has come. */
  public enum Stage {
    /** No block of L1 has the transaction now. */
    UNKNOWN,
    /** Reverted on L1: nothing was deposited. */
    REVERTED,
    /** In a block of L1; the rollup takes it up within a minute or so. */
    INITIATED,
    /** In a block of the rollup, and successful. */
    ARRIVED,
    /**
     * In a block of the rollup, but what it called has failed. Native coins are with the sender
     * there; tokens wait in the messenger and can be relayed again.
     */
    FAILED
  }
}
