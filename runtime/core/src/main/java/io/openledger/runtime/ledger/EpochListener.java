package io.openledger.runtime.ledger;

/**
 * Hears of an epoch in the transaction that closes it: what it writes, with {@link
 * io.openledger.runtime.store.Store#join}, commits with the epoch or not at all.
 */
@FunctionalInterface
public interface EpochListener {

  /**
   * An epoch is about to be closed. Should be quick, because no other epoch can be closed
   * meanwhile. If it throws, the epoch is closed all the same, in another transaction and without
   * it.
   */
  void closing(LedgerEpoch epoch);
}
