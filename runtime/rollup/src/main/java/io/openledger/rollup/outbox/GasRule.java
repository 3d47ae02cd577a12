package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.IntrinsicGas;

/**
 * How much gas a message may take. A node's estimate is no more than its word: a message with a
 * limit that no block has room for would hold up all behind it, and one that is merely large may
 * cost as much and needs as many coins.
 *
 * @param margin percent that are added to an estimate, as far as there is room for them
 * @param most gas of one message
 */
record GasRule(int margin, long most) {

  /**
   * The limit of gas for an estimate: no less than nodes accept.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it would be more than is allowed
   */
  long limit(long estimate, byte[] data) {
    long least = Math.max(estimate, IntrinsicGas.leastLimit(data, false));
    if (estimate < 0 || least > most) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "a call that is said to take " + least + " gas",
          "at most " + most + " gas a message",
          "ask another node for an estimate: if it is right, do less in one call");
    }
    // neither overflows: most is small
    return Math.min(most, Math.max(least, estimate + estimate * margin / 100));
  }

  /** Refuses what a caller wants to allow a message. */
  void check(long limit) {
    if (limit < 1 || limit > most) {
      throw OpenLedgerException.invalid("limit of gas", limit, "1 to " + most);
    }
  }
}
