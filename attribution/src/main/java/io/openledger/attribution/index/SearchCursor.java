package io.openledger.attribution.index;

import java.util.Arrays;

/** A cursor that searches anew at each token, which is cheap where text can be compared. */
final class SearchCursor implements SegmentCursor {

  private final Segment segment;
  // the match, at the end of what is kept
  private int[] tokens = new int[64];
  private int size;
  private int length;

  SearchCursor(Segment segment) {
    this.segment = segment;
  }

  @Override
  public int push(int token) {
    if (size == tokens.length) {
      int kept = Math.max(32, length);
      int[] tail = Arrays.copyOfRange(tokens, size - kept, size);
      tokens = Arrays.copyOf(tail, 2 * kept);
      size = kept;
    }
    tokens[size++] = token;
    // without its last token the match is one that ended a token earlier
    int from = size - 1 - length;
    length =
        from == 0
            ? segment.longestEnding(tokens, size)
            : segment.longestEnding(Arrays.copyOfRange(tokens, from, size), length + 1);
    return length;
  }

  @Override
  public long count() {
    return length == 0 ? 0 : segment.count(tokens, size - length, size);
  }
}
