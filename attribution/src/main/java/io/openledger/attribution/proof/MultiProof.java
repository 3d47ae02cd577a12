package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Openings of several leaves of one tree at once: the nodes that cannot be computed from the leaves
 * themselves, level by level from below, left to right. Of no leaf the only such node is the root.
 * How many there are follows from the tree's size and the leaves' places, so it is never written
 * down. At most one a leaf and level. Stateless.
 */
final class MultiProof {

  private interface Visitor {
    void sibling(int level, int index);
  }

  private MultiProof() {}

  /** How many siblings an opening has. */
  static int count(int size, NavigableSet<Integer> indices) {
    int[] count = new int[1];
    walk(size, indices, (level, index) -> count[0]++);
    return count[0];
  }

  /** The siblings of an opening. */
  static List<Hash256> siblings(PrunedTree tree, NavigableSet<Integer> indices) {
    Sha256 sha256 = new Sha256();
    List<Hash256> siblings = new ArrayList<>();
    walk(
        tree.size(),
        indices,
        (level, index) -> siblings.add(Hash256.of(tree.node(sha256, level, index))));
    return siblings;
  }

  /**
   * The root that leaves and siblings lead to.
   *
   * @param leaves leaf hashes by place, each place below the size
   * @param siblings exactly as many as {@link #count} says
   */
  static Hash256 root(
      Sha256 sha256, int size, NavigableMap<Integer, byte[]> leaves, List<Hash256> siblings) {
    if (leaves.isEmpty()) {
      return size == 0 ? Hash256.ZERO : siblings.get(0);
    }
    Iterator<Hash256> next = siblings.iterator();
    NavigableMap<Integer, byte[]> level = leaves;
    for (int width = size; width > 1; width = (width + 1) / 2) {
      NavigableMap<Integer, byte[]> above = new TreeMap<>();
      for (Map.Entry<Integer, byte[]> known : level.entrySet()) {
        int at = known.getKey();
        byte[] sibling = level.get(at ^ 1);
        if ((at & 1) == 1 && sibling != null) {
          continue; // its left sibling has made their parent
        }
        if (sibling == null && (at ^ 1) < width) {
          sibling = next.next().toBytes();
        }
        byte[] hash = known.getValue();
        if (sibling != null) {
          hash = (at & 1) == 0 ? sha256.node(hash, sibling) : sha256.node(sibling, hash);
        }
        above.put(at >> 1, hash);
      }
      level = above;
    }
    return Hash256.of(level.firstEntry().getValue());
  }

  private static void walk(int size, NavigableSet<Integer> indices, Visitor visitor) {
    if (indices.isEmpty()) {
      if (size > 0) {
        visitor.sibling(PrunedTree.height(size), 0);
      }
      return;
    }
    NavigableSet<Integer> known = indices;
    int level = 0;
    for (int width = size; width > 1; width = (width + 1) / 2) {
      NavigableSet<Integer> above = new TreeSet<>();
      for (int at : known) {
        if (!known.contains(at ^ 1) && (at ^ 1) < width) {
          visitor.sibling(level, at ^ 1);
        }
        above.add(at >> 1);
      }
      known = above;
      level++;
    }
  }
}
