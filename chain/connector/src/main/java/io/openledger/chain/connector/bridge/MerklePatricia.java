package io.openledger.chain.connector.bridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * Proofs of Ethereum's secured Merkle-Patricia tries (Yellow Paper, appendix D): the way from a
 * root to a key whose Keccak-256 names the path.
 *
 * <p>Nodes below 32 bytes lie within their parent. Ethereum's nodes leave them out of a proof; the
 * portal wants each as an element of its own, so {@link Path#nodes} has them.
 */
final class MerklePatricia {

  /** Deeper than any trie of 2⁶⁴ keys. */
  static final int DEEPEST = 64;

  /** A node with 16 children of 32 bytes has 532 bytes; an account's leaf less. */
  static final int LONGEST_NODE = 1024;

  private static final int WORD = 32;
  private static final byte[] EMPTY = {(byte) 0x80};

  private MerklePatricia() {}

  /**
   * Where the way ended.
   *
   * @param value under the key, or empty: then the trie does not have it
   * @param nodes of the way, those within others too
   */
  record Path(Optional<byte[]> value, List<byte[]> nodes) {}

  /**
   * Follows the nodes of a proof.
   *
   * @param root 32 bytes
   * @param key whose Keccak-256 is the path
   * @param proof nodes from the root on, as nodes of the chain give them
   * @return empty if the proof proves nothing: a node that does not hash to its reference, is no
   *     node, or is not on the way
   */
  static Optional<Path> follow(byte[] root, byte[] key, List<byte[]> proof) {
    if (proof.size() > DEEPEST || proof.stream().anyMatch(n -> n.length > LONGEST_NODE)) {
      return Optional.empty();
    }
    // an empty trie is an empty string, which some nodes list and others do not
    if (proof.isEmpty() || (proof.size() == 1 && Arrays.equals(proof.get(0), EMPTY))) {
      boolean emptyTrie = Arrays.equals(root, Hash.sha3(EMPTY));
      return emptyTrie ? Optional.of(new Path(Optional.empty(), List.of())) : Optional.empty();
    }
    try {
      return new Walk(proof, nibbles(Hash.sha3(key))).from(root);
    } catch (RuntimeException e) {
      return Optional.empty(); // the decoder throws many kinds for bytes that are no RLP
    }
  }

  private static byte[] nibbles(byte[] bytes) {
    byte[] out = new byte[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[2 * i] = (byte) ((bytes[i] & 0xF0) >> 4);
      out[2 * i + 1] = (byte) (bytes[i] & 0x0F);
    }
    return out;
  }

  private static final class Walk {
    private final List<byte[]> proof;
    private final byte[] path;
    private final List<byte[]> passed = new ArrayList<>();
    private int used;
    private int at;

    Walk(List<byte[]> proof, byte[] path) {
      this.proof = proof;
      this.path = path;
    }

    Optional<Path> from(byte[] root) {
      RlpType reference = RlpString.create(root);
      while (true) {
        List<RlpType> node = node(reference);
        if (node == null) {
          return Optional.empty();
        }
        RlpType next;
        if (node.size() == 17) {
          if (at == path.length) {
            return Optional.empty(); // paths of 64 nibbles end in leaves
          }
          next = node.get(path[at++]);
        } else if (node.size() == 2) {
          byte[] part = ((RlpString) node.get(0)).getBytes();
          int flag = (part[0] & 0xFF) >> 4;
          byte[] steps = steps(part, flag);
          if (steps == null) {
            return Optional.empty();
          }
          boolean same =
              at + steps.length <= path.length
                  && Arrays.equals(path, at, at + steps.length, steps, 0, steps.length);
          boolean leaf = flag >= 2;
          if (leaf && same && at + steps.length == path.length) {
            return ended(Optional.of(((RlpString) node.get(1)).getBytes()));
          }
          if (leaf || !same) {
            return ended(Optional.empty());
          }
          at += steps.length;
          next = node.get(1);
        } else {
          return Optional.empty();
        }
        if (next instanceof RlpString text && text.getBytes().length == 0) {
          return ended(Optional.empty());
        }
        reference = next;
      }
    }

    /**
     * The steps of a leaf or an extension (hex-prefix encoding, appendix C); null if it is none.
     */
    private static byte @Nullable [] steps(byte[] part, int flag) {
      boolean odd = (flag & 1) == 1;
      if (flag > 3 || (!odd && (part[0] & 0x0F) != 0)) {
        return null;
      }
      byte[] all = nibbles(part);
      return Arrays.copyOfRange(all, odd ? 1 : 2, all.length);
    }

    /** The node that a reference stands for; null if there is none of that hash. */
    private @Nullable List<RlpType> node(RlpType reference) {
      byte[] encoded;
      if (reference instanceof RlpList within) {
        encoded = RlpEncoder.encode(within);
        if (encoded.length >= WORD) {
          return null;
        }
      } else {
        byte[] hash = ((RlpString) reference).getBytes();
        if (hash.length != WORD || used == proof.size()) {
          return null;
        }
        encoded = proof.get(used++);
        if (!Arrays.equals(Hash.sha3(encoded), hash)) {
          return null;
        }
      }
      // some nodes list what lies within its parent as well
      if (reference instanceof RlpList
          && used < proof.size()
          && Arrays.equals(proof.get(used), encoded)) {
        used++;
      }
      passed.add(encoded.clone());
      List<RlpType> outer = RlpDecoder.decode(encoded).getValues();
      return outer.size() == 1 ? ((RlpList) outer.get(0)).getValues() : null;
    }

    private Optional<Path> ended(Optional<byte[]> value) {
      return used == proof.size()
          ? Optional.of(new Path(value, List.copyOf(passed)))
          : Optional.empty();
    }
  }
}
