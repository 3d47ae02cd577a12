package io.openledger.attribution.index;

import java.util.Arrays;

/** Bits on the heap, lowest first, up to 2 GiB. One thread. */
final class BitWriter {

  /** Zero bytes behind the last bit, so that whatever begins before it can be read as a long. */
  private static final int PADDING = 8;

  private byte[] bytes = new byte[64];
  private int at;
  private long pending;
  private int filled;

  /**
   * Appends.
   *
   * @param value below 2^{@code count}
   * @param count 0 to 57
   */
  void put(long value, int count) {
    // at most 7 bits stay from before, so nothing is shifted out
    pending |= value << filled;
    filled += count;
    if (at + Long.BYTES > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * bytes.length));
    }
    while (filled >= Byte.SIZE) {
      bytes[at++] = (byte) pending;
      pending >>>= Byte.SIZE;
      filled -= Byte.SIZE;
    }
  }

  /** How many bits there are. */
  long size() {
    return (long) at * Byte.SIZE + filled;
  }

  /** All bits, padded. */
  byte[] toBytes() {
    byte[] all = Arrays.copyOf(bytes, Math.toIntExact(bytes(size())));
    if (filled > 0) {
      all[at] = (byte) pending;
    }
    Arrays.fill(all, at + (filled > 0 ? 1 : 0), all.length, (byte) 0);
    return all;
  }

  /** How many bytes so many bits take, padded. */
  static long bytes(long bits) {
    return (bits + 7) / 8 + PADDING;
  }
}
