package io.openledger.chain.merkle;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** The same tree as written down in the package's description: hex strings and recursion. */
public record PlainTree(List<Hash256> falling) {

  /** The smallest leaf stands last. */
  public static PlainTree of(List<Hash256> leaves) {
    return new PlainTree(leaves.stream().sorted(Comparator.reverseOrder()).toList());
  }

  public static Hash256 leaf(ChainAddress address, Wei amount) {
    return keccak(
        keccak(
                "0".repeat(24)
                    + address.value().substring(2)
                    + String.format("%064x", amount.value()))
            .hex());
  }

  public Hash256 root() {
    return node(0);
  }

  public Hash256 node(int index) {
    int inner = falling.size() - 1;
    return index >= inner
        ? falling.get(index - inner)
        : parent(node(2 * index + 1), node(2 * index + 2));
  }

  public List<Hash256> proof(Hash256 leaf) {
    List<Hash256> siblings = new ArrayList<>();
    int index = falling.indexOf(leaf) + falling.size() - 1;
    while (index > 0) {
      boolean left = index % 2 == 1;
      siblings.add(node(left ? index + 1 : index - 1));
      index = left ? (index - 1) / 2 : (index - 2) / 2;
    }
    return siblings;
  }

  public static Hash256 climb(Hash256 leaf, List<Hash256> siblings) {
    return siblings.isEmpty()
        ? leaf
        : climb(parent(leaf, siblings.get(0)), siblings.subList(1, siblings.size()));
  }

  private static Hash256 parent(Hash256 a, Hash256 b) {
    // hex digits of equal length sort as the bytes do
    return keccak(a.hex().compareTo(b.hex()) < 0 ? a.hex() + b.hex() : b.hex() + a.hex());
  }

  private static Hash256 keccak(String hex) {
    return Hash256.of(Keccak256.hash(HexFormat.of().parseHex(hex)));
  }
}
