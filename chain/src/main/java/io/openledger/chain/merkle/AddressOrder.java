package io.openledger.chain.merkle;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The indices of records in ascending order of their addresses: finds an address in log n steps
 * whatever addresses there are. A table by hash would be faster until somebody chose addresses that
 * collide.
 */
final class AddressOrder {

  /** Bits of a key that hold the index; the other 40 are the address's first. */
  private static final int INDEX_BITS = 24;

  private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

  private int[] order = new int[0];
  private int size;

  /** Sorts all records, of which there are at most 2^24; equal addresses stand side by side. */
  static int[] sorted(Records records) {
    int n = records.size();
    long[] keys = new long[n];
    boolean sorted = true;
    for (int i = 0; i < n; i++) {
      // unsigned order as signed order
      keys[i] = ((records.prefix(i) & ~INDEX_MASK) | i) ^ Long.MIN_VALUE;
      sorted &= i == 0 || records.compareAddresses(i - 1, records, i) <= 0;
    }
    int[] order = new int[n];
    if (sorted) {
      Arrays.setAll(order, i -> i);
      return order;
    }
    Arrays.sort(keys);
    for (int from = 0; from < n; ) {
      int to = from + 1;
      while (to < n && (keys[to] ^ keys[from]) >>> INDEX_BITS == 0) {
        to++;
      }
      sortRun(records, keys, from, to, order);
      from = to;
    }
    return order;
  }

  /** Addresses with the same first 40 bits: rare, but anybody can make many of them. */
  private static void sortRun(Records records, long[] keys, int from, int to, int[] order) {
    if (to - from == 1) {
      order[from] = (int) (keys[from] & INDEX_MASK);
      return;
    }
    Integer[] run =
        IntStream.range(from, to)
            .mapToObj(i -> (int) (keys[i] & INDEX_MASK))
            .toArray(Integer[]::new);
    Comparator<Integer> byAddress = (a, b) -> records.compareAddresses(a, records, b);
    Arrays.sort(run, byAddress);
    for (int i = from; i < to; i++) {
      order[i] = run[i - from];
    }
  }

  /** Takes an order that {@link #sorted} made. */
  void set(int[] sorted) {
    order = sorted;
    size = sorted.length;
  }

  /** The index of an address, or −1 − its place in the order. */
  int find(Records records, byte[] address, int at) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int compared = records.compareAddress(order[middle], address, at);
      if (compared == 0) {
        return order[middle];
      }
      if (compared < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  /**
   * Takes new indices in.
   *
   * @param places where {@link #find} says each belongs among the old ones, ascending
   * @param first the index of the first new record; the others follow it, in the order of places
   */
  void insert(int[] places, int count, int first) {
    if (size + count > order.length) {
      order = Arrays.copyOf(order, Math.max(size + count, order.length + order.length / 8 + 1024));
    }
    int end = size;
    for (int i = count - 1; i >= 0; i--) {
      System.arraycopy(order, places[i], order, places[i] + i + 1, end - places[i]);
      end = places[i];
      order[end + i] = first + i;
    }
    size += count;
  }

  AddressOrder copy() {
    AddressOrder copy = new AddressOrder();
    copy.set(Arrays.copyOf(order, size));
    return copy;
  }
}
