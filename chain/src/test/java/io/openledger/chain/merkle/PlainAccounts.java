package io.openledger.chain.merkle;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link AccountTree} as its description says: a map in order of arrival, hashed anew each time.
 */
final class PlainAccounts {

  private final Map<ChainAddress, Wei> amounts = new LinkedHashMap<>();

  void update(Collection<Total> totals) {
    Map<ChainAddress, Wei> byAddress = new TreeMap<>();
    totals.forEach(t -> byAddress.put(t.address(), t.cumulative()));
    amounts.putAll(byAddress);
  }

  Map<ChainAddress, Wei> amounts() {
    return amounts;
  }

  BigInteger total() {
    return amounts.values().stream().map(Wei::value).reduce(BigInteger.ZERO, BigInteger::add);
  }

  Hash256 root() {
    List<Hash256> level = new ArrayList<>();
    amounts.forEach((address, amount) -> level.add(PlainTree.leaf(address, amount)));
    return level.isEmpty() ? Hash256.ZERO : root(level);
  }

  private static Hash256 root(List<Hash256> level) {
    if (level.size() == 1) {
      return level.get(0);
    }
    List<Hash256> above = new ArrayList<>();
    for (int i = 0; i < level.size(); i += 2) {
      above.add(
          i + 1 < level.size()
              ? PlainTree.climb(level.get(i), level.subList(i + 1, i + 2))
              : level.get(i));
    }
    return root(above);
  }
}
