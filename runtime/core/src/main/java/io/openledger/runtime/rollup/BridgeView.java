package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.util.Optional;

/**
 * Where coins and tokens are between L1 and the rollup. Nothing is kept: every answer is derived
 * from both chains, and costs some ten questions to their nodes, or some two hundred if many others
 * have proven the same withdrawal. Safe for any thread.
 *
 * <p>All methods throw {@link io.openledger.api.OpenLedgerException}: {@code CHAIN_UNAVAILABLE} if
 * the nodes of either chain do not answer, {@code INVALID_ARGUMENT} if the transaction is neither a
 * deposit nor a withdrawal.
 */
public interface BridgeView {

  /**
   * Where something stands.
   *
   * @param stage of deposits {@code UNKNOWN}, {@code REVERTED}, {@code INITIATED}, {@code ARRIVED},
   *     {@code FAILED}; of withdrawals {@code UNKNOWN}, {@code REVERTED}, {@code INITIATED}, {@code
   *     PROVABLE}, {@code PROVEN}, {@code FINALIZABLE}, {@code FINALIZED}
   * @param hash of a deposit the transaction on the rollup, of a withdrawal its message
   * @param finalizable from when on a withdrawal can be finalised, once that is known
   * @param explanation in plain words, with what to do
   */
  record Standing(
      String stage, Optional<Hash256> hash, Optional<Instant> finalizable, String explanation) {}

  /**
   * A deposit.
   *
   * @param transaction on L1
   */
  Standing deposit(Hash256 transaction);

  /**
   * A withdrawal.
   *
   * @param transaction on the rollup
   * @param index among the transaction's withdrawals, from 0
   */
  Standing withdrawal(Hash256 transaction, int index);
}
