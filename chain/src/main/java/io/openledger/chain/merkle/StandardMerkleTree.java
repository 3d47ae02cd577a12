package io.openledger.chain.merkle;

import static io.openledger.chain.merkle.Keccak256.BYTES;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A Merkle tree over distinct leaf hashes in the layout that the package describes. Immutable; safe
 * for any thread.
 *
 * <p>Building sorts the leaves and hashes {@code n − 1} pairs; the tree keeps {@code 64 n − 32}
 * bytes. A proof costs one binary search and one step a level.
 */
public final class StandardMerkleTree {

  /** The most leaves of a tree: its nodes fit into one array of a gibibyte. */
  public static final int MAX_LEAVES = 1 << 24;

  /** The longest proof of such a tree. */
  private static final int MAX_DEPTH = 24;

  private final byte[] nodes;
  private final int leaves;

  private StandardMerkleTree(byte[] nodes, int leaves) {
    this.nodes = nodes;
    this.leaves = leaves;
  }

  /**
   * Builds the tree.
   *
   * @param leaves 1 to {@value #MAX_LEAVES} hashes, none twice, in any order
   */
  public static StandardMerkleTree of(Collection<Hash256> leaves) {
    int count = leaves.size();
    if (count < 1 || count > MAX_LEAVES) {
      throw OpenLedgerException.invalid("number of leaves", count, "1 to " + MAX_LEAVES);
    }
    Hash256[] sorted = leaves.toArray(Hash256[]::new);
    Arrays.sort(sorted);
    byte[] nodes = new byte[(2 * count - 1) * BYTES];
    for (int i = 0; i < count; i++) {
      if (i > 0 && sorted[i].equals(sorted[i - 1])) {
        throw OpenLedgerException.invalid("leaf " + sorted[i], "there twice", "each leaf once");
      }
      System.arraycopy(sorted[i].toBytes(), 0, nodes, nodes.length - (i + 1) * BYTES, BYTES);
    }
    Keccak256 keccak = new Keccak256();
    for (int i = count - 2; i >= 0; i--) {
      int left = (2 * i + 1) * BYTES;
      keccak.pair(nodes, left, nodes, left + BYTES, nodes, i * BYTES);
    }
    return new StandardMerkleTree(nodes, count);
  }

  /** The root. The root of a single leaf is the leaf. */
  public Hash256 root() {
    return node(0);
  }

  /** How many leaves. */
  public int leaves() {
    return leaves;
  }

  /** The siblings from a leaf upwards, if the tree has the leaf. */
  public Optional<List<Hash256>> proof(Hash256 leaf) {
    int index = find(leaf);
    if (index < 0) {
      return Optional.empty();
    }
    List<Hash256> siblings = new ArrayList<>(MAX_DEPTH);
    for (int i = index; i > 0; i = (i - 1) / 2) {
      // a left child stands at an odd index, its sibling after it
      siblings.add(node(i % 2 == 1 ? i + 1 : i - 1));
    }
    return Optional.of(siblings);
  }

  /** Whether the siblings lead from the leaf to the root: OpenZeppelin's {@code MerkleProof}. */
  public static boolean verify(Hash256 root, Hash256 leaf, List<Hash256> siblings) {
    if (siblings.size() > MAX_DEPTH) {
      return false;
    }
    Keccak256 keccak = new Keccak256();
    byte[] node = leaf.toBytes();
    for (Hash256 sibling : siblings) {
      keccak.pair(node, 0, sibling.toBytes(), 0, node, 0);
    }
    return root.equals(Hash256.of(node));
  }

  private Hash256 node(int index) {
    return Hash256.of(Arrays.copyOfRange(nodes, index * BYTES, (index + 1) * BYTES));
  }

  /** The index of a leaf's node, or −1. Leaves fall from index {@code n − 1} to the last one. */
  private int find(Hash256 leaf) {
    byte[] wanted = leaf.toBytes();
    int low = leaves - 1;
    int high = 2 * leaves - 2;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int from = middle * BYTES;
      int order = Arrays.compareUnsigned(nodes, from, from + BYTES, wanted, 0, BYTES);
      if (order == 0) {
        return middle;
      }
      if (order > 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }
}
