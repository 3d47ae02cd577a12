package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * The root of the tree that blocks keep lists in: receipts by their index (Ethereum yellow paper,
 * appendix D, "Modified Merkle Patricia Tree"; keys are RLP of the index, section 4.3.2).
 */
final class PatriciaTrie {

  /**
   * @param key as nibbles
   */
  private record Entry(byte[] key, byte[] value) {}

  private PatriciaTrie() {}

  static Hash256 root(List<byte[]> values) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      entries.add(new Entry(nibbles(RlpEncoder.encode(RlpString.create(i))), values.get(i)));
    }
    RlpType root = entries.isEmpty() ? RlpString.create("") : node(entries, 0);
    return Hash256.of(Hash.sha3(RlpEncoder.encode(root)));
  }

  private static byte[] nibbles(byte[] bytes) {
    byte[] nibbles = new byte[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      nibbles[2 * i] = (byte) (bytes[i] >> 4 & 0xF);
      nibbles[2 * i + 1] = (byte) (bytes[i] & 0xF);
    }
    return nibbles;
  }

  /** Entries, one or more, whose keys are equal up to a depth; no key begins another. */
  private static RlpType node(List<Entry> entries, int depth) {
    Entry first = entries.get(0);
    if (entries.size() == 1) {
      return new RlpList(path(first.key, depth, first.key.length, true), string(first.value));
    }
    int end = depth;
    while (sameAt(entries, end)) {
      end++;
    }
    RlpType branch = branch(entries, end);
    return end == depth
        ? branch
        : new RlpList(path(first.key, depth, end, false), reference(branch));
  }

  private static boolean sameAt(List<Entry> entries, int at) {
    byte nibble = entries.get(0).key[at];
    return entries.stream().allMatch(entry -> entry.key[at] == nibble);
  }

  private static RlpType branch(List<Entry> entries, int depth) {
    List<RlpType> children = new ArrayList<>();
    for (int nibble = 0; nibble < 16; nibble++) {
      int wanted = nibble;
      List<Entry> below = entries.stream().filter(e -> e.key[depth] == wanted).toList();
      children.add(below.isEmpty() ? RlpString.create("") : reference(node(below, depth + 1)));
    }
    children.add(RlpString.create("")); // no key ends here
    return new RlpList(children);
  }

  /** The node itself where it is shorter than its hash. */
  private static RlpType reference(RlpType node) {
    byte[] encoded = RlpEncoder.encode(node);
    return encoded.length < 32 ? node : string(Hash.sha3(encoded));
  }

  private static RlpString string(byte[] bytes) {
    return RlpString.create(bytes);
  }

  /** Appendix C, "Hex-Prefix Encoding". */
  private static RlpString path(byte[] key, int from, int to, boolean leaf) {
    byte[] nibbles = Arrays.copyOfRange(key, from, to);
    boolean odd = nibbles.length % 2 == 1;
    byte[] out = new byte[nibbles.length / 2 + 1];
    out[0] = (byte) ((leaf ? 0x20 : 0) | (odd ? 0x10 | nibbles[0] : 0));
    for (int i = odd ? 1 : 0; i < nibbles.length; i += 2) {
      out[i / 2 + 1] = (byte) (nibbles[i] << 4 | nibbles[i + 1]);
    }
    return string(out);
  }
}
