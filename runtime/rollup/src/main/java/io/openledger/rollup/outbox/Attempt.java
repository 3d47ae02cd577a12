package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.tx.Fees;
import java.time.Instant;

/**
 * Bytes that were signed for a message.
 *
 * @param key the message's
 * @param transaction their hash
 * @param nonce of the signer
 * @param kind what they do
 * @param fees that they offer
 * @param storedAt by the database's clock
 */
record Attempt(
    String key, Hash256 transaction, long nonce, Kind kind, Fees fees, Instant storedAt) {

  /** What signed bytes do. */
  enum Kind {
    /** What the message is for. */
    CALL,
    /** Nothing, to oneself, so that the nonce is used up. */
    CANCEL
  }
}
