package io.openledger.runtime.rollup;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.Receipt;
import io.openledger.runtime.Caller;
import java.util.List;

/** What the chain has of the ledger's epochs. Safe for any thread. */
public interface EpochsOnChain {

  /**
   * What was handed to the chain for the epochs of a range, newest first. Asks the database alone.
   *
   * @param from the first epoch
   * @param to the last one, 1000 further at most
   */
  List<EpochPosting> postings(long from, long to);

  /**
   * Posts the newest epoch's root now. Roots are posted by themselves but for two cases, which end
   * with this: after the guardian has dropped one, and to a distributor that has none while another
   * one has had roots of this ledger.
   *
   * @param caller an application, or a user with the role of an admin
   * @throws OpenLedgerException {@code FORBIDDEN}; {@code EPOCH_UNKNOWN} if there is none that can
   *     be posted; as the outbox
   */
  EpochPosting post(Caller caller);

  /**
   * How anybody checks that a receipt is among those that were anchored.
   *
   * @param receipt with its link
   * @throws OpenLedgerException {@code EPOCH_UNKNOWN} if no epoch covers it yet
   */
  ReceiptProof prove(Receipt receipt);
}
