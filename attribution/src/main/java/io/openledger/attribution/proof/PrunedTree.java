package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * The tree of {@link MerkleTree} for millions of entries: keeps the levels from {@value #LOWEST} on
 * (4 bytes an entry) and computes the nodes below again when they are asked for (16 leaves at
 * most). Built in one pass over the leaves. Immutable; safe for any thread if its leaves are.
 */
final class PrunedTree {

  /** Leaf hashes by place; the array is the caller's own. */
  interface Leaves {
    byte[] hash(Sha256 sha256, int index);
  }

  private static final int LOWEST = 4;
  private static final int HEARD = 1 << 10;

  private final int size;
  private final Leaves leaves;
  // kept.get(i) holds level LOWEST + i, 32 bytes a node
  private final List<byte[]> kept = new ArrayList<>();

  PrunedTree(int size, Leaves leaves) {
    this(size, leaves, fraction -> {});
  }

  /**
   * Builds, heard.
   *
   * @param progress hears a fraction each 2¹⁴ leaves; what it throws ends the work
   */
  PrunedTree(int size, Leaves leaves, DoubleConsumer progress) {
    this.size = size;
    this.leaves = leaves;
    Sha256 sha256 = new Sha256();
    for (int level = LOWEST; level == LOWEST || width(size, level - 1) > 1; level++) {
      byte[] nodes = new byte[Math.multiplyExact(width(size, level), Sha256.BYTES)];
      for (int i = 0; i < width(size, level); i++) {
        if (level == LOWEST && i % HEARD == 0) {
          progress.accept((double) i / width(size, level));
        }
        System.arraycopy(compute(sha256, level, i), 0, nodes, i * Sha256.BYTES, Sha256.BYTES);
      }
      kept.add(nodes);
    }
  }

  /** How many nodes a level has. */
  static int width(int size, int level) {
    return (int) ((size + (1L << level) - 1) >> level);
  }

  /** The level of the root. */
  static int height(int size) {
    return size <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
  }

  int size() {
    return size;
  }

  /** The root; {@link Hash256#ZERO} of no entries. */
  Hash256 root() {
    return size == 0 ? Hash256.ZERO : Hash256.of(node(new Sha256(), height(size), 0));
  }

  byte[] node(Sha256 sha256, int level, int index) {
    if (level < LOWEST) {
      return compute(sha256, level, index);
    }
    byte[] hash = new byte[Sha256.BYTES];
    System.arraycopy(kept.get(level - LOWEST), index * Sha256.BYTES, hash, 0, Sha256.BYTES);
    return hash;
  }

  private byte[] compute(Sha256 sha256, int level, int index) {
    if (level == 0) {
      return leaves.hash(sha256, index);
    }
    byte[] left = node(sha256, level - 1, 2 * index);
    // an odd last node moves up unchanged, which gives the RFC's left-heavy tree
    return 2 * index + 1 < width(size, level - 1)
        ? sha256.node(left, node(sha256, level - 1, 2 * index + 1))
        : left;
  }
}
