package io.openledger.attribution.index;

/**
 * Makes the parts of {@link Psi} from sorted suffixes, in two passes: one counts the symbols that
 * the codes are made for, one writes them. Beside its result 4 bytes of heap for each symbol of the
 * text. One thread.
 */
final class PsiWriter {

  /** What takes the symbols of a pass. */
  private interface Sink {
    void block(long first);

    void symbol(int before, int symbol, long low, int bits);
  }

  private final int[] order;
  private final int[] text;
  private final int[] rank;
  private final int ends;

  private final GapCode code;
  private final BitWriter codes = new BitWriter();
  private final BitWriter blocks = new BitWriter();
  private final BitWriter groups = new BitWriter();
  private final int offsetBits;

  /**
   * Codes all of it.
   *
   * @param rank of each position, its rank among all suffixes
   */
  PsiWriter(HeapSuffixArray sorted, int[] rank) {
    this.order = sorted.order();
    this.text = sorted.text();
    this.rank = rank;
    this.ends = sorted.order().length - sorted.size();
    long[][] counts = new long[GapCode.SYMBOLS][GapCode.SYMBOLS];
    scan(
        new Sink() {
          @Override
          public void block(long first) {}

          @Override
          public void symbol(int before, int symbol, long low, int bits) {
            counts[before][symbol]++;
          }
        });
    code = GapCode.of(counts);
    int total = (sorted.size() + Psi.BLOCK - 1) / Psi.BLOCK;
    long[] firsts = new long[total];
    long[] offsets = new long[total];
    int[] block = {0};
    scan(
        new Sink() {
          @Override
          public void block(long first) {
            offsets[block[0]] = codes.size();
            firsts[block[0]++] = first;
          }

          @Override
          public void symbol(int before, int symbol, long low, int bits) {
            code.put(codes, before, symbol);
            codes.put(low, bits);
          }
        });
    offsetBits = pack(firsts, offsets);
  }

  private int pack(long[] firsts, long[] offsets) {
    long most = 0;
    int groupBits = groupBits(codes.size());
    for (int b = 0; b < offsets.length; b++) {
      int group = b / Psi.BLOCKS_A_GROUP * Psi.BLOCKS_A_GROUP;
      most = Math.max(most, offsets[b] - offsets[group]);
    }
    int bits = PackedInts.width(most);
    int firstBits = PackedInts.width(order.length - 1L);
    for (int b = 0; b < offsets.length; b++) {
      int group = b / Psi.BLOCKS_A_GROUP * Psi.BLOCKS_A_GROUP;
      if (b == group) {
        groups.put(offsets[b], groupBits);
      }
      blocks.put(offsets[b] - offsets[group], bits);
      blocks.put(firsts[b], firstBits);
    }
    return bits;
  }

  /** The width of a group's offset. */
  static int groupBits(long codeBits) {
    return PackedInts.width(codeBits);
  }

  private long value(int element) {
    return rank[order[element + ends] + 1];
  }

  private boolean begins(int element) {
    return element == 0 || text[order[element + ends]] != text[order[element + ends - 1]];
  }

  private void scan(Sink sink) {
    int size = order.length - ends;
    int before = GapCode.BORDER;
    long last = -1;
    for (int element = 0; element < size; ) {
      long value = value(element);
      if (element % Psi.BLOCK == 0) {
        sink.block(value);
        before = GapCode.BORDER;
        last = value;
        element++;
        continue;
      }
      if (begins(element)) {
        sink.symbol(before, GapCode.BORDER, 0, 0);
        before = GapCode.BORDER;
        last = -1;
      }
      int run = 0;
      while (run < 1 << GapCode.LONGEST_RUN && follows(element + run, last + run)) {
        run++;
      }
      int symbol;
      if (run > 1) {
        int log = PackedInts.width(run) - 1;
        symbol = GapCode.RUN + log;
        sink.symbol(before, symbol, 0, 0);
        element += 1 << log;
        last += 1L << log;
      } else {
        long gap = value - last;
        symbol = PackedInts.width(gap);
        sink.symbol(before, symbol, gap & (1L << symbol - 1) - 1, symbol - 1);
        last = value;
        element++;
      }
      before = symbol;
    }
  }

  /** Whether an element goes on in block and list with the value behind {@code last}. */
  private boolean follows(int element, long last) {
    return element % Psi.BLOCK != 0
        && element < order.length - ends
        && !begins(element)
        && value(element) == last + 1;
  }

  GapCode code() {
    return code;
  }

  int offsetBits() {
    return offsetBits;
  }

  BitWriter blocks() {
    return blocks;
  }

  BitWriter groups() {
    return groups;
  }

  BitWriter codes() {
    return codes;
  }
}
