package io.openledger.attribution.credit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Splits an amount by weights: floors first, then one unit each to the largest remainders, ties to
 * the smaller key (Hamilton's method). The parts add up to the amount exactly.
 *
 * <p>A weight of zero gets nothing: fewer units are left over than there are remainders above zero,
 * because the remainders add up to (units left) × (sum of weights) and each is below that sum.
 */
final class Apportionment {

  private record Remainder<K>(K key, BigInteger value) {}

  private Apportionment() {}

  /**
   * The parts above zero, by key.
   *
   * @param amount 0 or more
   * @param weights none below zero; when all are zero the result is empty
   */
  static <K extends Comparable<? super K>> TreeMap<K, BigInteger> split(
      BigInteger amount, Map<K, BigInteger> weights) {
    BigInteger sum = weights.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    TreeMap<K, BigInteger> parts = new TreeMap<>();
    if (sum.signum() == 0 || amount.signum() == 0) {
      return parts;
    }
    BigInteger left = amount;
    List<Remainder<K>> remainders = new ArrayList<>();
    for (Map.Entry<K, BigInteger> weight : weights.entrySet()) {
      BigInteger[] floor = amount.multiply(weight.getValue()).divideAndRemainder(sum);
      left = left.subtract(floor[0]);
      parts.put(weight.getKey(), floor[0]);
      remainders.add(new Remainder<>(weight.getKey(), floor[1]));
    }
    Comparator<Remainder<K>> largest = Comparator.comparing(r -> r.value().negate());
    remainders.sort(largest.thenComparing(Remainder::key));
    // left is below the number of remainders above zero, hence an int
    for (int i = 0; i < left.intValueExact(); i++) {
      parts.merge(remainders.get(i).key(), BigInteger.ONE, BigInteger::add);
    }
    parts.values().removeIf(part -> part.signum() == 0);
    return parts;
  }
}
