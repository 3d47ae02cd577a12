package io.openledger.rollup.outbox;

import java.util.Optional;

/** What goes to the chain, each thing exactly once. Safe for any thread and any number of nodes. */
public interface Outbox {

  /**
   * Signs a transaction and stores its bytes in the caller's JTA transaction: it is sent if and
   * only if that commits. From here to the caller's commit no other message of the same key can be
   * stored, so the caller's transaction should be short. Before that the chain may be asked, for
   * the gas that the call takes if the intent does not tell, and for fees.
   *
   * <p>A business key that is there already, with the same content, is not stored again: its
   * message is returned as it is.
   *
   * @throws io.openledger.api.OpenLedgerException {@code INVALID_ARGUMENT} if the business key is
   *     there with other content; {@code CHAIN_REFUSED} if the call would be reverted now; {@link
   *     io.openledger.api.BusyException} if too many messages wait
   */
  OutboxMessage submit(ChainIntent intent);

  /** The message of a business key, if it was ever submitted. */
  Optional<OutboxMessage> find(String businessKey);
}
