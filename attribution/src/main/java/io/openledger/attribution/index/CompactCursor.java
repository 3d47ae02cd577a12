package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * A cursor that keeps the ranks of its match: a token that goes on costs one step. One that does
 * not costs about three times the steps of the shorter match that is left.
 */
final class CompactCursor implements SegmentCursor {

  private static final int FIRST_WINDOW = 16;

  private final CompactSegment segment;
  private int[] match = new int[64];
  private int length;
  // how many equal tokens the text ends with, at least as far as the match goes
  private int same;
  private Ranks ranks = Ranks.NONE;

  CompactCursor(CompactSegment segment) {
    this.segment = segment;
  }

  @Override
  public int push(int token) {
    if (length == match.length) {
      match = Arrays.copyOf(match, 2 * length);
    }
    same = length == 0 || match[length - 1] == token ? same + 1 : 1;
    match[length++] = token;
    Ranks before = ranks;
    ranks = length == 1 ? segment.bucket(token) : segment.extend(ranks, token);
    if (ranks.count() == 0 && same >= length && length > 1) {
      // one token over and over: without its first it is the match that there was
      ranks = before;
      length--;
    } else if (ranks.count() == 0) {
      shorten();
    }
    return length;
  }

  /** What is left when the whole of it occurs nowhere, looked for from its end. */
  private void shorten() {
    for (int window = FIRST_WINDOW; ; window *= 2) {
      int from = Math.max(1, length - window);
      int[] tail = Arrays.copyOfRange(match, Math.min(from, length), length);
      MatchStarts starts = new MatchStarts(tail, segment::bucket, segment::extend);
      int found = starts.longestEnding(tail.length);
      if (found < tail.length || from <= 1) {
        System.arraycopy(match, length - found, match, 0, found);
        length = found;
        ranks = found == 0 ? Ranks.NONE : starts.ranks(tail.length - found);
        return;
      }
    }
  }

  @Override
  public long count() {
    return ranks.count();
  }
}
