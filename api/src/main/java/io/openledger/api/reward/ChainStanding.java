package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;

/**
 * What became on the chain of what an account has earned, beside what the ledger says of it. Where
 * it is not known nothing is said: a zero that nobody has read is no figure.
 */
public sealed interface ChainStanding {

  /**
   * As it was read.
   *
   * @param address where the account is paid
   * @param posted what it has earned ever by the root that is active on the chain: what it has
   *     claimed and can claim, in wei
   * @param claimed ever, in wei
   * @param staked what is in stakes of its address and was not withdrawn, without their rewards, in
   *     wei
   * @param block the chain is read up to here, or further
   * @param finalBlock the last of these blocks that is final: what is told by later ones may be
   *     taken back
   */
  record Known(
      ChainAddress address, Wei posted, Wei claimed, Wei staked, long block, long finalBlock)
      implements ChainStanding {

    public Known {
      if (finalBlock < 0 || block < finalBlock) {
        throw OpenLedgerException.invalid(
            "block",
            block + " with " + finalBlock + " as the last final one",
            "0 or more, in order");
      }
    }

    /** What can be claimed now, in wei; a claim needs the contract's minimum. */
    public Wei claimable() {
      return posted.compareTo(claimed) > 0 ? posted.minus(claimed) : Wei.ZERO;
    }
  }

  /**
   * Not known.
   *
   * @param why for people
   */
  record Unknown(String why) implements ChainStanding {}
}
