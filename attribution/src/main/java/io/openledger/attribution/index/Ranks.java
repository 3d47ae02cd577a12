package io.openledger.attribution.index;

/** Ranks {@code [from, to)} of sorted suffixes; the same in every form of a segment. */
record Ranks(long from, long to) {
  static final Ranks NONE = new Ranks(0, 0);

  long count() {
    return to - from;
  }
}
