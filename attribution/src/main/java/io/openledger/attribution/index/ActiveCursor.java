package io.openledger.attribution.index;

import java.util.Arrays;

/** A cursor over what is left of a segment when what occurs in its retracted part is subtracted. */
final class ActiveCursor implements MatchCursor {

  private final Segment segment;
  private final RetractedPart retracted;
  private final SegmentCursor all;
  private int[] tokens = new int[64];
  private int size;
  private int length;

  ActiveCursor(Segment segment, RetractedPart retracted) {
    this.segment = segment;
    this.retracted = retracted;
    this.all = segment.cursor();
  }

  @Override
  public int push(int token) {
    if (size == tokens.length) {
      int kept = Math.max(32, length);
      tokens = Arrays.copyOf(Arrays.copyOfRange(tokens, size - kept, size), 2 * kept);
      size = kept;
    }
    tokens[size++] = token;
    int longest = all.push(token);
    // without its last token an active match is one that ended a token earlier
    length = SegmentView.longest(Math.min(longest, length + 1), n -> occurs(n, longest));
    return length;
  }

  private boolean occurs(int wanted, int longest) {
    if (wanted == 0) {
      return true;
    }
    int start = size - wanted;
    long there = wanted == longest ? all.count() : segment.count(tokens, start, size);
    return there > retracted.count(tokens, start, size);
  }
}
