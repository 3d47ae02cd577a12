package io.openledger.chain.connector.bridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A secured Merkle-Patricia trie, built from scratch as the Yellow Paper's appendix D writes it
 * down: no proof's code is used.
 */
final class PlainTrie {

  private final TreeMap<String, byte[]> values = new TreeMap<>();

  void put(byte[] key, byte[] value) {
    values.put(java.util.HexFormat.of().formatHex(Hash.sha3(key)), value);
  }

  byte[] root() {
    return values.isEmpty()
        ? Hash.sha3(new byte[] {(byte) 0x80})
        : Hash.sha3(RlpEncoder.encode(node(values, 0)));
  }

  /** The nodes on the way to a key that have a hash of their own, as Ethereum's nodes give them. */
  List<byte[]> proof(byte[] key) {
    List<byte[]> nodes = new ArrayList<>();
    if (!values.isEmpty()) {
      walk(values, 0, java.util.HexFormat.of().formatHex(Hash.sha3(key)), nodes, true);
    }
    return nodes;
  }

  private static void walk(
      Map<String, byte[]> entries, int depth, String path, List<byte[]> nodes, boolean root) {
    RlpList node = node(entries, depth);
    byte[] encoded = RlpEncoder.encode(node);
    if (root || encoded.length >= 32) {
      nodes.add(encoded);
    }
    if (entries.size() == 1) {
      return;
    }
    int common = common(entries, depth);
    if (common > depth) {
      if (path.regionMatches(depth, first(entries), depth, common - depth)) {
        walk(entries, common, path, nodes, false);
      }
      return;
    }
    Map<String, byte[]> below = with(entries, depth, path.charAt(depth));
    if (!below.isEmpty()) {
      walk(below, depth + 1, path, nodes, false);
    }
  }

  private static RlpList node(Map<String, byte[]> entries, int depth) {
    String first = first(entries);
    if (entries.size() == 1) {
      return new RlpList(
          RlpString.create(prefixed(first.substring(depth), true)),
          RlpString.create(entries.get(first)));
    }
    int common = common(entries, depth);
    if (common > depth) {
      return new RlpList(
          RlpString.create(prefixed(first.substring(depth, common), false)),
          reference(node(entries, common)));
    }
    List<RlpType> children = new ArrayList<>();
    for (char digit : "0123456789abcdef".toCharArray()) {
      Map<String, byte[]> below = with(entries, depth, digit);
      children.add(
          below.isEmpty() ? RlpString.create(new byte[0]) : reference(node(below, depth + 1)));
    }
    children.add(RlpString.create(new byte[0]));
    return new RlpList(children);
  }

  private static RlpType reference(RlpList node) {
    byte[] encoded = RlpEncoder.encode(node);
    return encoded.length >= 32
        ? RlpString.create(Hash.sha3(encoded))
        : RlpDecoder.decode(encoded).getValues().get(0);
  }

  private static byte[] prefixed(String nibbles, boolean leaf) {
    int flag = (leaf ? 2 : 0) + nibbles.length() % 2;
    String text = Integer.toHexString(flag) + (nibbles.length() % 2 == 0 ? "0" : "") + nibbles;
    return java.util.HexFormat.of().parseHex(text);
  }

  private static String first(Map<String, byte[]> entries) {
    return entries.keySet().iterator().next();
  }

  private static int common(Map<String, byte[]> entries, int depth) {
    String first = first(entries);
    int end = 64;
    for (String other : entries.keySet()) {
      int at = depth;
      while (at < end && first.charAt(at) == other.charAt(at)) {
        at++;
      }
      end = at;
    }
    return end;
  }

  private static Map<String, byte[]> with(Map<String, byte[]> entries, int depth, char digit) {
    Map<String, byte[]> some = new TreeMap<>();
    entries.forEach(
        (key, value) -> {
          if (key.charAt(depth) == digit) {
            some.put(key, value);
          }
        });
    return some;
  }

  static boolean same(List<byte[]> one, List<byte[]> other) {
    return one.size() == other.size()
        && java.util.stream.IntStream.range(0, one.size())
            .allMatch(i -> Arrays.equals(one.get(i), other.get(i)));
  }
}
