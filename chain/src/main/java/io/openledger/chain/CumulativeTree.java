package io.openledger.chain;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.merkle.AmountLeaf;
import io.openledger.chain.merkle.StandardMerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The amounts of one epoch and the tree over them. */
final class CumulativeTree implements Settlement.Tree {

  private final long epoch;
  private final Map<ChainAddress, Wei> amounts;
  // a Merkle tree has at least one leaf; an epoch need not
  private final Optional<StandardMerkleTree> tree;

  /**
   * @param amounts what each address has earned ever; not written to hereafter
   */
  CumulativeTree(long epoch, Map<ChainAddress, Wei> amounts) {
    this.epoch = epoch;
    this.amounts = amounts;
    List<Hash256> leaves = new ArrayList<>(amounts.size());
    amounts.forEach((address, amount) -> leaves.add(AmountLeaf.hash(address, amount)));
    this.tree = leaves.isEmpty() ? Optional.empty() : Optional.of(StandardMerkleTree.of(leaves));
  }

  @Override
  public Hash256 root() {
    return tree.map(StandardMerkleTree::root).orElse(Hash256.ZERO);
  }

  @Override
  public int leaves() {
    return amounts.size();
  }

  @Override
  public Optional<EpochProof> proof(ChainAddress address) {
    Wei amount = amounts.get(address);
    if (amount == null) {
      return Optional.empty();
    }
    return tree.flatMap(t -> t.proof(AmountLeaf.hash(address, amount)))
        .map(siblings -> new EpochProof(epoch, root(), address, amount, siblings));
  }
}
