package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import java.util.List;
import java.util.Optional;

/**
 * That a receipt is among those of an epoch: what {@code AttributionAnchor.isAnchored} takes.
 *
 * @param chainId of the chain
 * @param contract the anchor
 * @param ledger under which receipts of this ledger are anchored
 * @param epoch that covers the receipt
 * @param root over the epoch's receipts
 * @param receiptHash the hash that the receipt states
 * @param siblings from the receipt's leaf upwards
 * @param posting what the chain last said of the root; empty if it was not handed over yet
 */
public record ReceiptProof(
    long chainId,
    ChainAddress contract,
    Hash256 ledger,
    long epoch,
    Hash256 root,
    Hash256 receiptHash,
    List<Hash256> siblings,
    Optional<EpochPosting> posting) {

  public ReceiptProof {
    siblings = List.copyOf(siblings);
  }
}
