package io.openledger.rollup.outbox;

import io.openledger.chain.connector.rpc.BlockHeader;
import java.util.function.LongSupplier;

/**
 * How far the chain is, at the beginning of a turn ({@link Views}). It is read before any receipt:
 * what is missing from a block that was final by then is missing for good.
 *
 * @param finalNonce nonces of the key below this one are used up in finalized blocks, for ever; not
 *     all that are need be below it
 * @param nextNonce the key's transactions in blocks
 * @param budget ns that a part of a turn may ask the chain for
 * @param deadline of this part, in {@code nanoTime}
 */
record View(
    long finalNonce,
    long nextNonce,
    BlockHeader finalized,
    BlockHeader safe,
    BlockHeader unsafe,
    LongSupplier nanoTime,
    long budget,
    long deadline) {

  /** Whether the turn may go on: a turn that outlasts its lease works for nothing. */
  boolean timeIsLeft() {
    return nanoTime.getAsLong() - deadline < 0;
  }

  /** The same, at the beginning of a part of the turn. */
  View again() {
    return new View(
        finalNonce,
        nextNonce,
        finalized,
        safe,
        unsafe,
        nanoTime,
        budget,
        nanoTime.getAsLong() + budget);
  }
}
