package io.openledger.runtime.ledger;

/** Hears of the epochs that a node closes. */
@FunctionalInterface
public interface EpochListener {

  /**
   * An epoch is about to be closed, in whose transaction this is: what is written, with {@link
   * io.openledger.runtime.store.Store#join}, commits with the epoch or not at all. Must be quick
   * and ask nobody but the database, because no other epoch can be closed meanwhile. If it throws,
   * the epoch is closed all the same, in another transaction and without its listeners.
   */
  void closing(LedgerEpoch epoch);

  /**
   * An epoch was closed, and has committed. The one who closed it waits for this: what takes time
   * is for another thread. What it throws is told in the log, and changes nothing.
   */
  default void closed(LedgerEpoch epoch) {}
}
