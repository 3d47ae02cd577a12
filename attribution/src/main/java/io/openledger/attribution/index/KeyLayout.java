package io.openledger.attribution.index;

/**
 * How a suffix's next symbols and its position stand in one {@code long}, so that sorting numbers
 * sorts suffixes: bit 63 is 0, then {@code symbols} symbols, each plus one and 0 beyond the text's
 * end, then the position.
 */
record KeyLayout(int positionBits, int symbolBits, int symbols) {

  static KeyLayout of(int length, int alphabet) {
    int positionBits = Integer.SIZE - Integer.numberOfLeadingZeros(length);
    // of alphabet itself, the largest symbol plus one; at least 1 of at most 32 bits always fits
    int symbolBits = Integer.SIZE - Integer.numberOfLeadingZeros(alphabet);
    return new KeyLayout(positionBits, symbolBits, (Long.SIZE - 1 - positionBits) / symbolBits);
  }

  /** How many bits of symbols a key has. */
  int bits() {
    return symbols * symbolBits;
  }

  int position(long key) {
    return (int) (key & ((1L << positionBits) - 1));
  }
}
