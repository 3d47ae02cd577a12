package io.openledger.chain.connector.tx;

/**
 * How long a transaction would be if FastLZ (level 1) compressed it, without compressing it: what
 * the rollup charges for (OP Stack specification, Fjord, "L1-Cost fees": {@code fastlzSize}).
 *
 * <p>The figure is part of consensus, so which matches are found is fixed: a table of 8192 places,
 * the last place of each hash of three bytes wins, a match reaches back 8191 bytes at most, the
 * last 14 bytes begin none.
 */
final class FastLz {

  private static final int HASHES = 8192;
  private static final int FARTHEST = HASHES - 1;
  private static final int TAIL = 13;

  /** Bytes at the end that are not compared. */
  private static final int UNMATCHED = 4;

  private static final int LITERALS = 32;

  /** Bytes beyond the first two of a match that one of its pieces covers. */
  private static final int MATCH = 262;

  private FastLz() {}

  /** The length in bytes. Linear in the input; allocates 32 KiB. */
  static int length(byte[] in) {
    int[] places = new int[HASHES];
    int limit = Math.max(0, in.length - TAIL);
    int length = 0;
    int literals = 0; // where bytes begin that no match covers yet
    int at = 2;
    while (at + 1 < limit) {
      int three = three(in, at);
      int earlier = places[hash(three)];
      places[hash(three)] = at;
      if (at - earlier > FARTHEST || three(in, earlier) != three) {
        at++;
        continue;
      }
      length += literals(at - literals);
      int beyond = beyond(in, earlier + 3, at + 3);
      length += match(beyond);
      at += beyond;
      // two bytes more are covered, and remembered as places of later matches
      places[hash(three(in, at))] = at;
      at++;
      places[hash(three(in, at))] = at;
      at++;
      literals = at;
    }
    return length + literals(in.length - literals);
  }

  /**
   * Equal bytes from both places on, and one more if they end at a difference (the match's first
   * three bytes are not among them): two less than the match's length.
   */
  private static int beyond(byte[] in, int earlier, int at) {
    int n = 0;
    while (at + n < in.length - UNMATCHED) {
      if (in[earlier + n] != in[at + n]) {
        return n + 1;
      }
      n++;
    }
    return n;
  }

  private static int match(int beyond) {
    int rest = beyond - 1;
    return 3 * (rest / MATCH) + (rest % MATCH >= 6 ? 3 : 2);
  }

  private static int literals(int count) {
    int rest = count % LITERALS;
    return (LITERALS + 1) * (count / LITERALS) + (rest == 0 ? 0 : rest + 1);
  }

  private static int three(byte[] in, int at) {
    return (in[at] & 0xFF) | (in[at + 1] & 0xFF) << 8 | (in[at + 2] & 0xFF) << 16;
  }

  /** Knuth's multiplicative hash; the upper 13 bits of the product. */
  private static int hash(int three) {
    return (three * 0x9E3779B9) >>> 19;
  }
}
