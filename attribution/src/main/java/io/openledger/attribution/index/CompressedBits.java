package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A bit vector near its entropy with rank (R. Raman, V. Raman, S. Rao, "Succinct indexable
 * dictionaries", SODA 2002): blocks of 63 bits, each its number of ones (class, 6 bits) and its
 * number among the words of that class (offset, ⌈log₂ C(63, class)⌉ bits).
 *
 * <p>Layout: ⌈n / 2016⌉ + 1 samples of 10 bytes (5 ones before, 5 bits of offsets before; the last
 * has the totals), classes, offsets; classes and offsets lowest bit first, each followed by at
 * least 16 zero bytes. A rank costs up to 32 classes and one block. Read from the map, immutable,
 * safe for any thread.
 */
final class CompressedBits {

  static final int BLOCK = 63;
  private static final int BLOCKS_A_SAMPLE = 32;
  private static final int SAMPLE = BLOCK * BLOCKS_A_SAMPLE;
  private static final int SAMPLE_BYTES = 10;
  private static final int CLASS_BITS = 6;
  private static final int PADDING = 16;
  private static final long FIVE_BYTES = (1L << 40) - 1;
  // CHOOSE[n][k] for k <= n <= 63; the largest, C(63, 31), is below 2^60
  private static final long[][] CHOOSE = choose();
  private static final int[] OFFSET_BITS = offsetBits();

  private final MappedBytes bytes;
  private final long samplesAt;
  private final long classesAt;
  private final long offsetsAt;
  private final long size;

  /** A vector of {@code size} bits that begins at {@code at}; trusted, the file was verified. */
  CompressedBits(MappedBytes bytes, long at, long size) {
    this.bytes = bytes;
    this.size = size;
    this.samplesAt = at;
    this.classesAt = at + (samples(size) + 1) * SAMPLE_BYTES;
    this.offsetsAt = classesAt + packedBytes(blocks(size) * CLASS_BITS);
  }

  /** How many bits. */
  long size() {
    return size;
  }

  /** How many are one. */
  long ones() {
    return bytes.getLong(samplesAt + samples(size) * SAMPLE_BYTES) & FIVE_BYTES;
  }

  /** How many bytes it takes. */
  long length() {
    long last = samplesAt + samples(size) * SAMPLE_BYTES;
    return offsetsAt + packedBytes(bytes.getLong(last + 5) & FIVE_BYTES) - samplesAt;
  }

  /** The bit at {@code index}, 0 to {@code size − 1}. */
  boolean get(long index) {
    return (rankAndBit(index) & 1) != 0;
  }

  /** The ones before {@code index}, 0 to {@code size}. */
  long rank(long index) {
    return index == size ? ones() : rankAndBit(index) >>> 1;
  }

  /** Twice the ones before {@code index}, plus the bit there; {@code index} below the size. */
  long rankAndBit(long index) {
    long block = index / BLOCK;
    long sample = block / BLOCKS_A_SAMPLE;
    long at = samplesAt + sample * SAMPLE_BYTES;
    long rank = bytes.getLong(at) & FIVE_BYTES;
    long offsetAt = bytes.getLong(at + 5) & FIVE_BYTES;
    for (long b = sample * BLOCKS_A_SAMPLE; b < block; b++) {
      int ones = (int) read(classesAt, b * CLASS_BITS, CLASS_BITS);
      rank += ones;
      offsetAt += OFFSET_BITS[ones];
    }
    int ones = (int) read(classesAt, block * CLASS_BITS, CLASS_BITS);
    long word = decode(ones, read(offsetsAt, offsetAt, OFFSET_BITS[ones]));
    int in = (int) (index - block * BLOCK);
    rank += Long.bitCount(word & ((1L << in) - 1));
    return rank << 1 | (word >>> in & 1);
  }

  private long read(long section, long bit, int count) {
    if (count == 0) {
      return 0;
    }
    long at = section + (bit >>> 3);
    int shift = (int) (bit & 7);
    long value = bytes.getLong(at) >>> shift;
    if (shift + count > Long.SIZE) {
      value |= bytes.getLong(at + Long.BYTES) << (Long.SIZE - shift);
    }
    return value & (-1L >>> (Long.SIZE - count));
  }

  private static long decode(int ones, long offset) {
    long word = 0;
    int left = ones;
    long rest = offset;
    for (int i = BLOCK - 1; left > 0; i--) {
      if (rest >= CHOOSE[i][left]) {
        rest -= CHOOSE[i][left];
        word |= 1L << i;
        left--;
      }
    }
    return word;
  }

  private static long encode(long word) {
    long offset = 0;
    int left = Long.bitCount(word);
    for (int i = BLOCK - 1; left > 0; i--) {
      if ((word >>> i & 1) != 0) {
        offset += CHOOSE[i][left--];
      }
    }
    return offset;
  }

  /**
   * The bytes of a vector; refuses what does not fit one array.
   *
   * @param bits lowest first, zero behind the last
   */
  static byte[] of(long[] bits, long size) {
    long blocks = blocks(size);
    long offsetBits = 0;
    for (long b = 0; b < blocks; b++) {
      offsetBits += OFFSET_BITS[Long.bitCount(block(bits, b, size))];
    }
    long classesAt = (samples(size) + 1) * SAMPLE_BYTES;
    long offsetsAt = classesAt + packedBytes(blocks * CLASS_BITS);
    long length = offsetsAt + packedBytes(offsetBits);
    if (length > Integer.MAX_VALUE - PADDING) {
      throw OpenLedgerException.invalid(
          "a compressed bit vector", length + " bytes", "up to " + (Integer.MAX_VALUE - PADDING));
    }
    ByteBuffer out = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    long rank = 0;
    long offset = 0;
    for (long b = 0; b < blocks; b++) {
      if (b % BLOCKS_A_SAMPLE == 0) {
        putSample(out, b / BLOCKS_A_SAMPLE, rank, offset);
      }
      long word = block(bits, b, size);
      int ones = Long.bitCount(word);
      put(out, classesAt, b * CLASS_BITS, CLASS_BITS, ones);
      put(out, offsetsAt, offset, OFFSET_BITS[ones], encode(word));
      rank += ones;
      offset += OFFSET_BITS[ones];
    }
    putSample(out, samples(size), rank, offset);
    return out.array();
  }

  private static void putSample(ByteBuffer out, long sample, long rank, long offset) {
    int at = (int) (sample * SAMPLE_BYTES);
    for (int i = 0; i < 5; i++) {
      out.put(at + i, (byte) (rank >>> 8 * i));
      out.put(at + 5 + i, (byte) (offset >>> 8 * i));
    }
  }

  private static void put(ByteBuffer out, long section, long bit, int count, long value) {
    if (count == 0) {
      return;
    }
    int at = (int) (section + (bit >>> 3));
    int shift = (int) (bit & 7);
    out.putLong(at, out.getLong(at) | value << shift);
    if (shift + count > Long.SIZE) {
      out.putLong(at + Long.BYTES, value >>> (Long.SIZE - shift));
    }
  }

  private static long block(long[] bits, long block, long size) {
    long from = block * BLOCK;
    int word = (int) (from >>> 6);
    int shift = (int) (from & 63);
    long value = bits[word] >>> shift;
    if (shift > 1 && word + 1 < bits.length) {
      value |= bits[word + 1] << (Long.SIZE - shift);
    }
    return value & (-1L >>> (Long.SIZE - (int) Math.min(BLOCK, size - from)));
  }

  private static long blocks(long size) {
    return (size + BLOCK - 1) / BLOCK;
  }

  private static long samples(long size) {
    return (size + SAMPLE - 1) / SAMPLE;
  }

  private static long packedBytes(long bits) {
    return (bits + 7) / 8 + PADDING;
  }

  private static long[][] choose() {
    long[][] choose = new long[BLOCK + 1][BLOCK + 1];
    for (int n = 0; n <= BLOCK; n++) {
      choose[n][0] = 1;
      for (int k = 1; k <= n; k++) {
        choose[n][k] = choose[n - 1][k - 1] + choose[n - 1][k];
      }
    }
    return choose;
  }

  private static int[] offsetBits() {
    int[] bits = new int[BLOCK + 1];
    for (int k = 0; k <= BLOCK; k++) {
      bits[k] = Long.SIZE - Long.numberOfLeadingZeros(CHOOSE[BLOCK][k] - 1);
    }
    return bits;
  }
}
