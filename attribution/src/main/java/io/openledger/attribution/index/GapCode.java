package io.openledger.attribution.index;

import java.util.PriorityQueue;

/**
 * Prefix codes of the gaps in rising lists, one code for each symbol that may come before.
 *
 * <p>Symbols: {@link #BORDER} says that the next list begins, counted as if −1 stood before it; 1
 * to 31 are a gap of so many bits, followed by the bits below the highest; {@link #RUN} + j are 2^j
 * gaps of 1, j from 1 to 6. In lists of the places of one token, gaps come in clusters as contexts
 * do, hence one symbol tells much about the next.
 *
 * <p>Codes are canonical, at most {@link #LONGEST} bits, lowest bit first. Written are their
 * lengths, 4 bits each, 0 for what never occurs. Immutable; safe for any thread.
 */
final class GapCode {

  static final int BORDER = 0;
  static final int RUN = 32;
  static final int LONGEST_RUN = 6;
  static final int SYMBOLS = RUN + LONGEST_RUN + 1;
  static final int LONGEST = 10;
  static final int MASK = (1 << LONGEST) - 1;

  /** Bits that the lengths take. */
  static final int LENGTH_BITS = 4;

  private static final int SYMBOL_SHIFT = 4;

  // [before][symbol]
  private final int[][] lengths;
  private final int[][] codes = new int[SYMBOLS][SYMBOLS];
  // for each symbol before and each next LONGEST bits: symbol << 4 | length
  private final char[] table = new char[SYMBOLS << LONGEST];

  private GapCode(int[][] lengths) {
    this.lengths = lengths;
    for (int before = 0; before < SYMBOLS; before++) {
      assign(before);
    }
  }

  private void assign(int before) {
    int next = 0;
    for (int length = 1; length <= LONGEST; length++) {
      for (int symbol = 0; symbol < SYMBOLS; symbol++) {
        if (lengths[before][symbol] != length) {
          continue;
        }
        int code = Integer.reverse(next) >>> (Integer.SIZE - length);
        codes[before][symbol] = code;
        for (int i = code; i <= MASK; i += 1 << length) {
          table[before << LONGEST | i] = (char) (symbol << SYMBOL_SHIFT | length);
        }
        next++;
      }
      next <<= 1;
    }
  }

  /** The codes for what was counted. */
  static GapCode of(long[][] counts) {
    int[][] lengths = new int[SYMBOLS][];
    for (int before = 0; before < SYMBOLS; before++) {
      lengths[before] = lengths(counts[before].clone());
    }
    return new GapCode(lengths);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws CorruptFile when the lengths are not those of prefix codes
   */
  static GapCode read(PackedInts written) throws CorruptFile {
    int[][] lengths = new int[SYMBOLS][SYMBOLS];
    for (int before = 0; before < SYMBOLS; before++) {
      int taken = 0;
      for (int symbol = 0; symbol < SYMBOLS; symbol++) {
        int length = (int) written.get((long) before * SYMBOLS + symbol);
        CorruptFile.unless(length <= LONGEST, "a code of " + length + " bits");
        lengths[before][symbol] = length;
        taken += length == 0 ? 0 : 1 << (LONGEST - length);
      }
      // complete, so that any bits decode; or one code of one bit; or none
      CorruptFile.unless(
          taken == 0 || taken == 1 << LONGEST - 1 || taken == 1 << LONGEST,
          "codes that are no prefix codes");
    }
    return new GapCode(lengths);
  }

  void write(BitWriter out) {
    for (int[] row : lengths) {
      for (int length : row) {
        out.put(length, LENGTH_BITS);
      }
    }
  }

  /**
   * Code lengths by Huffman; counts are halved until none is too long, which costs next to none.
   */
  private static int[] lengths(long[] counts) {
    while (true) {
      int[] lengths = huffman(counts);
      int longest = 0;
      for (int length : lengths) {
        longest = Math.max(longest, length);
      }
      if (longest <= LONGEST) {
        return lengths;
      }
      for (int s = 0; s < SYMBOLS; s++) {
        counts[s] = (counts[s] + 1) / 2;
      }
    }
  }

  private record Node(long count, int order, int[] symbols) {}

  private static int[] huffman(long[] counts) {
    // ties by order of making, so that the bytes are the same everywhere
    PriorityQueue<Node> nodes =
        new PriorityQueue<>(
            (a, b) ->
                a.count != b.count
                    ? Long.compare(a.count, b.count)
                    : Integer.compare(a.order, b.order));
    int order = 0;
    for (int s = 0; s < SYMBOLS; s++) {
      if (counts[s] > 0) {
        nodes.add(new Node(counts[s], order++, new int[] {s}));
      }
    }
    int[] lengths = new int[SYMBOLS];
    if (nodes.size() == 1) {
      lengths[nodes.element().symbols[0]] = 1;
    }
    while (nodes.size() > 1) {
      Node a = nodes.remove();
      Node b = nodes.remove();
      int[] both = java.util.Arrays.copyOf(a.symbols, a.symbols.length + b.symbols.length);
      System.arraycopy(b.symbols, 0, both, a.symbols.length, b.symbols.length);
      for (int s : both) {
        lengths[s]++;
      }
      nodes.add(new Node(a.count + b.count, order++, both));
    }
    return lengths;
  }

  /** Appends a symbol. */
  void put(BitWriter out, int before, int symbol) {
    out.put(codes[before][symbol], lengths[before][symbol]);
  }

  /**
   * What the next bits say: symbol times 16, plus how many bits it takes.
   *
   * @param bits at least {@link #LONGEST}
   */
  int next(int before, long bits) {
    return table[before << LONGEST | (int) bits & MASK];
  }
}
