package io.openledger.attribution.index;

/**
 * Every {@link #RATE}th position of a text by its rank. Ranks that have one are kept by Elias–Fano
 * (P. Elias, "Efficient storage and retrieval by content and address of static files", J. ACM
 * 21(2), 1974): the ranks of a bucket of {@link #BUCKET} by their low bits, how many there are in
 * unary, and for every {@link #BUCKETS_A_GROUP} buckets how many came before; a look-up reads one
 * or two words of the unary part. (7 + log₂(n/32)) / 32 bits for each position of the text.
 * Immutable; safe for any thread.
 */
final class SampledPositions {

  static final int RATE = 32;

  private static final int BUCKET = 32;
  private static final int LOW_BITS = 5;
  private static final int BUCKETS_A_GROUP = 32;
  private static final int GROUP_SHIFT = 10;
  // bits of one read that are used, so that any bit offset leaves so many
  private static final int WORD = 56;

  private final MappedBytes bytes;
  private final PackedInts groups;
  private final long unaryAt;
  private final PackedInts low;
  private final PackedInts positions;

  /** How many bytes so many positions take. */
  static long bytes(long textLength) {
    long samples = samples(textLength);
    return PackedInts.bytes(groups(textLength), PackedInts.width(samples))
        + BitWriter.bytes(samples + buckets(textLength))
        + PackedInts.bytes(samples, LOW_BITS)
        + PackedInts.bytes(samples, PackedInts.width(samples - 1));
  }

  SampledPositions(MappedBytes bytes, long at, long textLength) {
    this.bytes = bytes;
    long samples = samples(textLength);
    this.groups = new PackedInts(bytes, at, PackedInts.width(samples));
    this.unaryAt = at + PackedInts.bytes(groups(textLength), PackedInts.width(samples));
    long lowAt = unaryAt + BitWriter.bytes(samples + buckets(textLength));
    this.low = new PackedInts(bytes, lowAt, LOW_BITS);
    this.positions =
        new PackedInts(
            bytes, lowAt + PackedInts.bytes(samples, LOW_BITS), PackedInts.width(samples - 1));
  }

  private static long samples(long textLength) {
    return (textLength + RATE - 1) / RATE;
  }

  private static long buckets(long textLength) {
    return (textLength + BUCKET - 1) / BUCKET;
  }

  private static long groups(long textLength) {
    return (buckets(textLength) + BUCKETS_A_GROUP - 1) / BUCKETS_A_GROUP;
  }

  /** The position of the suffix of a rank, or −1 when it is not sampled. */
  long position(long rank) {
    long group = rank >>> GROUP_SHIFT;
    long bucket = rank >>> LOW_BITS;
    // a zero ends each bucket
    long bit = groups.get(group) + group * BUCKETS_A_GROUP;
    int zeros = (int) (bucket & (BUCKETS_A_GROUP - 1));
    while (zeros > 0) {
      long word = ~read(bit) & (1L << WORD) - 1;
      int here = Long.bitCount(word);
      if (here < zeros) {
        zeros -= here;
        bit += WORD;
      } else {
        while (--zeros > 0) {
          word &= word - 1;
        }
        bit += Long.numberOfTrailingZeros(word) + 1;
      }
    }
    long sample = bit - bucket;
    int wanted = (int) rank & (BUCKET - 1);
    // at most 32 ones stand in a row
    for (long ones = read(bit); (ones & 1) != 0; ones >>>= 1, sample++) {
      if (low.get(sample) == wanted) {
        return positions.get(sample) * RATE;
      }
    }
    return -1;
  }

  private long read(long bit) {
    return bytes.getLong(unaryAt + (bit >>> 3)) >>> (bit & 7);
  }

  /**
   * Appends the bytes of the samples.
   *
   * @param order the position of each rank
   */
  static byte[][] write(int[] order) {
    int samples = (int) samples(order.length);
    BitWriter groups = new BitWriter();
    BitWriter unary = new BitWriter();
    BitWriter low = new BitWriter();
    BitWriter positions = new BitWriter();
    int done = 0;
    for (int rank = 0; rank < order.length; rank++) {
      if ((rank & (1 << GROUP_SHIFT) - 1) == 0) {
        groups.put(done, PackedInts.width(samples));
      }
      if (order[rank] % RATE == 0) {
        unary.put(1, 1);
        low.put(rank & (BUCKET - 1), LOW_BITS);
        positions.put(order[rank] / RATE, PackedInts.width(samples - 1L));
        done++;
      }
      if ((rank & (BUCKET - 1)) == BUCKET - 1 || rank == order.length - 1) {
        unary.put(0, 1);
      }
    }
    return new byte[][] {groups.toBytes(), unary.toBytes(), low.toBytes(), positions.toBytes()};
  }
}
