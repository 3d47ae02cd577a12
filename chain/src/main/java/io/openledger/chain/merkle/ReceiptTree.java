package io.openledger.chain.merkle;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The receipts of an epoch as one root, which the contract {@code AttributionAnchor} keeps: its
 * {@code isAnchored} takes the proofs. A {@link StandardMerkleTree} over the receipts' hashes, in
 * any order. Immutable; safe for any thread.
 */
public final class ReceiptTree {

  private final StandardMerkleTree tree;

  private ReceiptTree(StandardMerkleTree tree) {
    this.tree = tree;
  }

  /**
   * Builds the tree.
   *
   * @param receiptHashes 1 to {@value StandardMerkleTree#MAX_LEAVES} hashes that receipts state,
   *     none twice. Where an epoch has more, it is to be closed earlier
   */
  public static ReceiptTree of(Collection<Hash256> receiptHashes) {
    int count = receiptHashes.size();
    if (count < 1 || count > StandardMerkleTree.MAX_LEAVES) {
      throw OpenLedgerException.invalid(
          "number of receipts", count, "1 to " + StandardMerkleTree.MAX_LEAVES);
    }
    return new ReceiptTree(
        StandardMerkleTree.of(receiptHashes.stream().map(ReceiptTree::leaf).toList()));
  }

  /** {@code keccak256(keccak256(abi.encode(receiptHash)))}. */
  public static Hash256 leaf(Hash256 receiptHash) {
    // a bytes32 is its own encoding
    return Hash256.of(Keccak256.hash(Keccak256.hash(receiptHash.toBytes())));
  }

  /** The root. The root of a single receipt is its leaf. */
  public Hash256 root() {
    return tree.root();
  }

  /** How many receipts. */
  public int receipts() {
    return tree.leaves();
  }

  /** The siblings from a receipt's leaf upwards, 24 at most, if the tree has the receipt. */
  public Optional<List<Hash256>> proof(Hash256 receiptHash) {
    return tree.proof(leaf(receiptHash));
  }

  /** Whether the siblings lead from the receipt to the root. */
  public static boolean verify(Hash256 root, Hash256 receiptHash, List<Hash256> siblings) {
    return StandardMerkleTree.verify(root, leaf(receiptHash), siblings);
  }
}
