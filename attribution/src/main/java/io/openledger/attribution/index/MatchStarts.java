package io.openledger.attribution.index;

import java.util.function.IntFunction;

/**
 * Longest matches of a query by an index that extends a match to the right, one token a step.
 *
 * <p>Let end(s) be where the longest match that begins at s ends. It never falls as s grows. So
 * from a match {@code [s, e)} that cannot go on, all starts up to the next one that reaches {@code
 * e + 1} have the end {@code e}, and that one is found by doubling back from {@code e}: what
 * overlaps little is tried first. What was searched from a start is kept and gone on from, so no
 * start takes more steps than its match is long, and few starts within a long match are tried.
 *
 * <p>One query, one thread; 20 bytes a token.
 */
final class MatchStarts {

  /** One step. */
  @FunctionalInterface
  interface Extension {
    /** The ranks of the match followed by the token; empty when it occurs nowhere. */
    Ranks extend(Ranks match, int token);
  }

  private final int[] query;
  private final IntFunction<Ranks> bucket;
  private final Extension extension;
  // how far each start has been searched, 0 for not at all, and what the ranks there are
  private final int[] reached;
  private final Ranks[] ranks;

  MatchStarts(int[] query, IntFunction<Ranks> bucket, Extension extension) {
    this.query = query;
    this.bucket = bucket;
    this.extension = extension;
    this.reached = new int[query.length];
    this.ranks = new Ranks[query.length];
  }

  /** Whether {@code query[start, end)} occurs; goes on from what is known of the start. */
  private boolean occurs(int start, int end) {
    Ranks now = ranks[start];
    int at = reached[start];
    if (now == null) {
      now = bucket.apply(query[start]);
      at = start + (now.count() == 0 ? 0 : 1);
    }
    while (at < end && at > start) {
      Ranks next = extension.extend(now, query[at]);
      if (next.count() == 0) {
        break;
      }
      now = next;
      at++;
    }
    ranks[start] = now;
    reached[start] = at;
    return at >= end;
  }

  /** For each position the length of the longest match that begins there. */
  int[] longestMatches() {
    int[] longest = new int[query.length];
    for (int start = 0; start < query.length; ) {
      occurs(start, query.length);
      int end = reached[start];
      int next = end == query.length ? end : beginOf(start, end + 1);
      for (int s = start; s < next && s < end; s++) {
        longest[s] = end - s;
      }
      start = Math.max(next, start + 1);
    }
    return longest;
  }

  /** The length of the longest match that ends at {@code end}. */
  int longestEnding(int end) {
    return end - beginOf(-1, end);
  }

  /** The ranks of the longest match that was found from a start. */
  Ranks ranks(int start) {
    return ranks[start];
  }

  /** The first start behind {@code failed} from which a match reaches {@code end}; or end. */
  private int beginOf(int failed, int end) {
    int low = failed;
    int high = end;
    for (int length = 1; high - low > 1; length *= 2) {
      int tried = Math.max(low + 1, end - length);
      if (!occurs(tried, end)) {
        low = tried;
        break;
      }
      high = tried;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (occurs(middle, end)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }
}
