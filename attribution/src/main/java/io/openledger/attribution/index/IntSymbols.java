package io.openledger.attribution.index;

/** {@link Symbols} of 32 bits; {@link CharSymbols} is the same, line by line, for 16. */
final class IntSymbols extends Symbols {

  private final int[] text;

  IntSymbols(int[] text) {
    this.text = text;
  }

  @Override
  int length() {
    return text.length;
  }

  @Override
  int at(int position) {
    return text[position];
  }

  @Override
  int[] ints() {
    return text;
  }

  @Override
  void count(int[] counts, int from, int to) {
    for (int i = from; i < to; i++) {
      counts[text[i]]++;
    }
  }

  @Override
  boolean countLeftmost(int[] counts, int from, int to, boolean small) {
    // without branches, as none of them could be predicted
    int s = small ? 1 : 0;
    int next = text[to];
    for (int i = to - 1; i >= from; i--) {
      int c = text[i];
      int large = (next - c) >>> 31;
      counts[next] += large & s;
      s = ((c - next) >>> 31) | (s & ~large);
      next = c;
    }
    return s != 0;
  }

  @Override
  boolean putLeftmost(int[] next, long[] keys, KeyLayout layout, int from, int to, boolean small) {
    int s = small ? 1 : 0;
    int after = text[to];
    int symbols = layout.symbols();
    int symbolBits = layout.symbolBits();
    int positionBits = layout.positionBits();
    for (int i = to - 1; i >= from; i--) {
      int c = text[i];
      int large = (after - c) >>> 31;
      if ((large & s) != 0) {
        keys[next[after]++] = key(i + 2, symbols, symbolBits) << positionBits | (i + 1);
      }
      s = ((c - after) >>> 31) | (s & ~large);
      after = c;
    }
    return s != 0;
  }

  @Override
  void refill(long[] keys, int[] list, int from, int to, int depth, KeyLayout layout) {
    int symbols = layout.symbols();
    int symbolBits = layout.symbolBits();
    int positionBits = layout.positionBits();
    long positions = (1L << positionBits) - 1;
    for (int j = from; j < to; j++) {
      int entry = list[j] & VALUE;
      long p = keys[entry] & positions;
      keys[entry] = key((int) p + depth, symbols, symbolBits) << positionBits | p;
    }
  }

  private long key(int at, int symbols, int symbolBits) {
    // at may be beyond the end, and near 2^31 the sum would overflow
    if (at > text.length - symbols) {
      long key = 0;
      for (int j = 0; j < symbols; j++) {
        key = key << symbolBits | (at < text.length - j ? text[at + j] + 1L : 0);
      }
      return key;
    }
    // the usual cases without a loop
    long key = text[at] + 1L;
    if (symbols == 2) {
      return key << symbolBits | (text[at + 1] + 1L);
    }
    if (symbols == 3) {
      return (key << symbolBits | (text[at + 1] + 1L)) << symbolBits | (text[at + 2] + 1L);
    }
    for (int j = 1; j < symbols; j++) {
      key = key << symbolBits | (text[at + j] + 1L);
    }
    return key;
  }

  @Override
  void induceLarge(int[] next, int[] sa, int from, int to) {
    IntInducedSort.induceLarge(text, 0, next, sa, from, to, true);
  }

  @Override
  void induceSmall(int[] next, int[] sa, int from, int to) {
    IntInducedSort.induceSmall(text, 0, next, sa, from, to, true);
  }
}
