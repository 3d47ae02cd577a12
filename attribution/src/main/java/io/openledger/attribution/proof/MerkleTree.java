package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 6962 §2.1: a leaf is {@code SHA-256(0x00 ‖ entry)}, a node {@code
 * SHA-256(0x01 ‖ left ‖ right)}, and a tree of n entries has the largest power of two below n on
 * its left. Immutable; safe for any thread.
 *
 * <p>Keeps every level: 64 bytes an entry. One difference to the RFC: the root of no entries is
 * {@link Hash256#ZERO}, as the API has it, and not the digest of nothing.
 */
public final class MerkleTree {

  // levels.get(0) are the leaf hashes; an odd last node moves up a level unchanged, which gives the
  // RFC's left-heavy tree
  private final List<List<Hash256>> levels = new ArrayList<>();

  private MerkleTree(List<Hash256> leafHashes) {
    MessageDigest sha256 = sha256();
    List<Hash256> level = leafHashes;
    levels.add(level);
    while (level.size() > 1) {
      List<Hash256> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i + 1 < level.size(); i += 2) {
        above.add(node(sha256, level.get(i), level.get(i + 1)));
      }
      if (level.size() % 2 == 1) {
        above.add(level.get(level.size() - 1));
      }
      levels.add(above);
      level = above;
    }
  }

  /** The tree over entries that are digests themselves, in order. */
  public static MerkleTree of(List<Hash256> entries) {
    return ofBytes(entries.stream().map(Hash256::toBytes).toList());
  }

  /** The tree over entries of any length, in order. */
  public static MerkleTree ofBytes(List<byte[]> entries) {
    MessageDigest sha256 = sha256();
    List<Hash256> hashes = new ArrayList<>(entries.size());
    for (byte[] entry : entries) {
      hashes.add(leaf(sha256, entry));
    }
    return new MerkleTree(hashes);
  }

  /** How many entries. */
  public int size() {
    return levels.get(0).size();
  }

  /** The root; {@link Hash256#ZERO} of no entries. */
  public Hash256 root() {
    return size() == 0 ? Hash256.ZERO : levels.get(levels.size() - 1).get(0);
  }

  /**
   * The audit path of an entry (RFC 6962 §2.1.1): the siblings from the leaf to the root, at most
   * ⌈log₂ n⌉.
   *
   * @param index 0 to size − 1
   */
  public List<Hash256> path(int index) {
    if (index < 0 || index >= size()) {
      throw OpenLedgerException.invalid("leaf index", index, "0 to " + (size() - 1));
    }
    List<Hash256> path = new ArrayList<>();
    int at = index;
    for (List<Hash256> level : levels) {
      int sibling = at ^ 1;
      if (sibling < level.size()) {
        path.add(level.get(sibling));
      }
      at >>= 1;
    }
    return path;
  }

  /**
   * Whether an audit path leads from an entry at its place to the root.
   *
   * @param entry the entry, not its leaf hash
   * @param index its place, from 0
   * @param size how many entries the tree has
   */
  public static boolean verify(
      byte[] entry, int index, int size, List<Hash256> path, Hash256 root) {
    if (index < 0 || index >= size) {
      return false;
    }
    MessageDigest sha256 = sha256();
    Hash256 hash = leaf(sha256, entry);
    int used = 0;
    int at = index;
    // width: how many nodes this level has; the last of an odd level has no sibling
    for (int width = size; width > 1; width = (width + 1) / 2) {
      if ((at ^ 1) < width) {
        if (used == path.size()) {
          return false;
        }
        Hash256 sibling = path.get(used++);
        hash = (at & 1) == 0 ? node(sha256, hash, sibling) : node(sha256, sibling, hash);
      }
      at >>= 1;
    }
    return used == path.size() && hash.equals(root);
  }

  /** {@link #verify(byte[], int, int, List, Hash256)} for an entry that is a digest itself. */
  public static boolean verify(
      Hash256 entry, int index, int size, List<Hash256> path, Hash256 root) {
    return verify(entry.toBytes(), index, size, path, root);
  }

  private static Hash256 leaf(MessageDigest sha256, byte[] entry) {
    sha256.update((byte) 0);
    return Hash256.of(sha256.digest(entry));
  }

  private static Hash256 node(MessageDigest sha256, Hash256 left, Hash256 right) {
    sha256.update((byte) 1);
    sha256.update(left.toBytes());
    return Hash256.of(sha256.digest(right.toBytes()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
