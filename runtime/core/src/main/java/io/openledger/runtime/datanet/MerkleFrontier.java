package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a growing Merkle tree (RFC 6962 §2.1, SHA-256): the roots of the perfect
 * subtrees that the leaves so far make up, largest first. The next leaf and the root need none of
 * the leaves before; 2³¹ leaves take 31 hashes. Immutable.
 */
record MerkleFrontier(long size, List<Hash256> peaks) {

  static final MerkleFrontier EMPTY = new MerkleFrontier(0, List.of());

  MerkleFrontier {
    peaks = List.copyOf(peaks);
    if (peaks.size() != Long.bitCount(size)) {
      throw new IllegalArgumentException(size + " leaves and " + peaks.size() + " subtrees");
    }
  }

  /** With one leaf more. */
  MerkleFrontier plus(Hash256 leaf) {
    byte[] content = new byte[33];
    System.arraycopy(leaf.toBytes(), 0, content, 1, 32);
    Hash256 node = Hash256.sha256(content);
    List<Hash256> grown = new ArrayList<>(peaks);
    // each trailing one bit of the size is a subtree as large as the one that has just become full
    for (long s = size; (s & 1) == 1; s >>= 1) {
      node = inner(grown.remove(grown.size() - 1), node);
    }
    grown.add(node);
    return new MerkleFrontier(size + 1, grown);
  }

  /** The root; {@link Hash256#ZERO} of no leaves. */
  Hash256 root() {
    if (peaks.isEmpty()) {
      return Hash256.ZERO;
    }
    Hash256 root = peaks.get(peaks.size() - 1);
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = inner(peaks.get(i), root);
    }
    return root;
  }

  private static Hash256 inner(Hash256 left, Hash256 right) {
    byte[] content = new byte[65];
    content[0] = 1;
    System.arraycopy(left.toBytes(), 0, content, 1, 32);
    System.arraycopy(right.toBytes(), 0, content, 33, 32);
    return Hash256.sha256(content);
  }

  /** The peaks' digits one after the other. */
  String encode() {
    StringBuilder text = new StringBuilder();
    peaks.forEach(p -> text.append(p.hex()));
    return text.toString();
  }

  static MerkleFrontier decode(long size, String text) {
    List<Hash256> peaks = new ArrayList<>();
    for (int i = 0; i < text.length(); i += 64) {
      peaks.add(Hash256.parse(text.substring(i, i + 64)));
    }
    return new MerkleFrontier(size, peaks);
  }
}
