package io.openledger.attribution.index;

/**
 * Integers of equal width in a file, lowest bit first, followed by 8 zero bytes so that each can be
 * read as a whole long. Immutable; safe for any thread.
 */
final class PackedInts {

  private final MappedBytes bytes;
  private final long at;
  private final int width;
  private final long mask;

  /**
   * Integers that begin at a byte.
   *
   * @param width 0 to 57 bits
   */
  PackedInts(MappedBytes bytes, long at, int width) {
    this.bytes = bytes;
    this.at = at;
    this.width = width;
    this.mask = (1L << width) - 1;
  }

  /** Not negative. */
  long get(long index) {
    long bit = index * width;
    return bytes.getLong(at + (bit >>> 3)) >>> (bit & 7) & mask;
  }

  /** How many bytes so many integers take. */
  static long bytes(long count, int width) {
    return BitWriter.bytes(count * width);
  }

  /** The width of integers from 0 to {@code largest}. */
  static int width(long largest) {
    return Long.SIZE - Long.numberOfLeadingZeros(largest);
  }
}
