package io.openledger.attribution.index;

/**
 * The function Ψ of a compressed suffix array: of each rank the rank of the suffix that is one
 * symbol shorter (K. Sadakane, "New text indexing functionalities of the compressed suffix arrays",
 * J. Algorithms 48(2), 2003). Over the suffixes that begin with one token it rises, and its values
 * there are the places of that token in the Burrows–Wheeler transform. So it serves both ways: its
 * value is a step forward in the text, and counting the values below a rank is a step backward, as
 * a rank in the transform is for an FM-index, without any wavelet tree.
 *
 * <p>Gaps between the values of a token are coded as {@link GapCode} says (as in L. Foschini, R.
 * Grossi, A. Gupta, J. Vitter, "When indexing equals compression", ACM Trans. Algorithms 2(4),
 * 2006); every {@link #BLOCK}th value is kept whole, with where its successors' codes begin. Both
 * ways cost half a block of codes, the second also a binary search over the blocks of the token.
 *
 * <p>Elements are token ranks, values are ranks among all suffixes, the ends of documents first.
 * Immutable; safe for any thread.
 */
final class Psi {

  static final int BLOCK = 64;

  /** So many blocks share one whole offset. */
  static final int BLOCKS_A_GROUP = 64;

  private static final int BLOCK_SHIFT = 6;
  // a code and 31 bits fit into what is left of the 57 bits that one read gives
  private static final int SPENT = 57 - GapCode.LONGEST - 31;

  private final MappedBytes bytes;
  private final GapCode code;
  private final PackedInts blocks;
  private final PackedInts groups;
  private final long codesAt;
  private final int offsetBits;
  private final long offsetMask;

  /**
   * Reads from a map.
   *
   * @param blocks of each block its first value, above the offset of its codes within the group
   * @param groups of each group the bit at which its codes begin
   * @param codesAt the byte at which the codes begin
   */
  Psi(
      MappedBytes bytes,
      GapCode code,
      PackedInts blocks,
      int offsetBits,
      PackedInts groups,
      long codesAt) {
    this.bytes = bytes;
    this.code = code;
    this.blocks = blocks;
    this.offsetBits = offsetBits;
    this.offsetMask = (1L << offsetBits) - 1;
    this.groups = groups;
    this.codesAt = codesAt;
  }

  private long first(long block) {
    return blocks.get(block) >>> offsetBits;
  }

  private long codes(long block) {
    return groups.get(block / BLOCKS_A_GROUP) + (blocks.get(block) & offsetMask);
  }

  private long read(long bit) {
    return bytes.getLong(codesAt + (bit >>> 3)) >>> (bit & 7);
  }

  /** The value of an element. */
  long get(long element) {
    long block = element >>> BLOCK_SHIFT;
    int left = (int) (element & (BLOCK - 1));
    long value = first(block);
    if (left == 0) {
      return value;
    }
    long bit = codes(block);
    long word = read(bit);
    int spent = 0;
    int before = GapCode.BORDER;
    while (true) {
      if (spent > SPENT) {
        bit += spent;
        word = read(bit);
        spent = 0;
      }
      int next = code.next(before, word);
      before = next >>> 4;
      int length = next & 15;
      word >>>= length;
      spent += length;
      if (before >= GapCode.RUN) {
        int run = 1 << (before - GapCode.RUN);
        if (run >= left) {
          return value + left;
        }
        value += run;
        left -= run;
      } else if (before == GapCode.BORDER) {
        value = -1;
      } else {
        int low = before - 1;
        value += 1L << low | word & (1L << low) - 1;
        word >>>= low;
        spent += low;
        if (--left == 0) {
          return value;
        }
      }
    }
  }

  /** Values of many elements, most of them not far behind the one before. One thread. */
  final class Cursor {
    private long block = -1;
    private long element;
    private long value;
    private long bit;
    private int before;
    private int run;

    /** The value of an element. */
    long get(long wanted) {
      if (wanted >>> BLOCK_SHIFT != block || wanted < element) {
        block = wanted >>> BLOCK_SHIFT;
        element = block << BLOCK_SHIFT;
        value = first(block);
        bit = codes(block);
        before = GapCode.BORDER;
        run = 0;
      }
      while (element < wanted) {
        if (run > 0) {
          int step = (int) Math.min(run, wanted - element);
          element += step;
          value += step;
          run -= step;
        } else {
          step();
        }
      }
      return value;
    }

    private void step() {
      long word = read(bit);
      int next = code.next(before, word);
      before = next >>> 4;
      bit += next & 15;
      if (before >= GapCode.RUN) {
        run = 1 << (before - GapCode.RUN);
      } else if (before == GapCode.BORDER) {
        value = -1;
      } else {
        int low = before - 1;
        value += 1L << low | word >>> (next & 15) & (1L << low) - 1;
        bit += low;
        element++;
      }
    }
  }

  /**
   * The elements of a token whose values lie in {@code [low, high)}.
   *
   * @param from the token's first element
   * @param to behind its last element
   */
  Ranks between(long from, long to, long low, long high) {
    long block = before(from, to, low);
    long firstBlock = (from + BLOCK - 1) >>> BLOCK_SHIFT;
    long end = Math.min(to, (block + 1) << BLOCK_SHIFT);
    if (block < firstBlock && (from & (BLOCK - 1)) == 0) {
      // not even the first value is below
      end = from;
    }
    long first = end == from ? from : scan(block, from, end, low);
    if (first < end) {
      // most intervals are narrow: look on in the same block first
      long last = scan(block, first, end, high);
      if (last < end || end == to || first(block + 1) >= high) {
        return new Ranks(first, last);
      }
    } else if (end == to || first(block + 1) >= high) {
      return new Ranks(first, first);
    }
    long other = before(end, to, high);
    return new Ranks(first, scan(other, end, Math.min(to, (other + 1) << BLOCK_SHIFT), high));
  }

  /** The last block of {@code [from, to)} that begins below, or the one before those. */
  private long before(long from, long to, long value) {
    long low = ((from + BLOCK - 1) >>> BLOCK_SHIFT) - 1;
    long high = ((to - 1) >>> BLOCK_SHIFT) + 1;
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      if (first(middle) < value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first element of {@code [from, to)}, within one block, that is not below; else to. */
  private long scan(long block, long from, long to, long limit) {
    long element = block << BLOCK_SHIFT;
    long value = first(block);
    if (element >= from && value >= limit) {
      return element;
    }
    element++;
    if (element >= to) {
      return to;
    }
    long bit = codes(block);
    long word = read(bit);
    int spent = 0;
    int before = GapCode.BORDER;
    while (true) {
      if (spent > SPENT) {
        bit += spent;
        word = read(bit);
        spent = 0;
      }
      int next = code.next(before, word);
      before = next >>> 4;
      int length = next & 15;
      word >>>= length;
      spent += length;
      if (before >= GapCode.RUN) {
        int run = 1 << (before - GapCode.RUN);
        // a run lies within one list; of what lies before from, nothing is asked
        if (element + run > from && value + run >= limit) {
          return Math.max(from, element + (limit - value - 1));
        }
        value += run;
        element += run;
      } else if (before == GapCode.BORDER) {
        value = -1;
        continue;
      } else {
        int low = before - 1;
        value += 1L << low | word & (1L << low) - 1;
        word >>>= low;
        spent += low;
        if (value >= limit && element >= from) {
          return element;
        }
        element++;
      }
      if (element >= to) {
        return to;
      }
    }
  }
}
