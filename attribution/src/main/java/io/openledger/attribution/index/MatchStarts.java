package io.openledger.attribution.index;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Longest matches of a query by an index that extends a match to the right, one token a step.
 *
 * <p>Let end(s) be where the longest match that begins at s ends. It never falls as s grows. So
 * from a match {@code [s, e)} that cannot go on, all starts up to the next one that reaches {@code
 * e + 1} have the end {@code e}, and that one is found by doubling back from {@code e}: what
 * overlaps little is tried first. What was searched from a start is kept and gone on from, so no
 * start takes more steps than its match is long, and few starts within a long match are tried.
 *
 * <p>A query that repeats itself, and longer than the index does, could still take its length times
 * that of its matches. When so many steps were made that it must be one, {@link SelfRepeats} tells
 * where the same tokens were searched before: what is decided there needs no step.
 *
 * <p>One query, one thread; 20 bytes a token, and 28 more for such a query.
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
  private final int[] longest;
  private final long many;
  private long steps;
  private @Nullable SelfRepeats repeats;

  MatchStarts(int[] query, IntFunction<Ranks> bucket, Extension extension) {
    this(query, bucket, extension, 1024 + 8L * query.length);
  }

  /** With another number of steps that are many; for tests. */
  MatchStarts(int[] query, IntFunction<Ranks> bucket, Extension extension, long many) {
    this.query = query;
    this.bucket = bucket;
    this.extension = extension;
    this.reached = new int[query.length];
    this.ranks = new Ranks[query.length];
    this.longest = new int[query.length];
    this.many = many;
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
      steps++;
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
    for (int start = 0; start < query.length; ) {
      int end = end(start);
      int next = end == query.length ? end : beginOf(start, end + 1);
      for (int s = start; s < next && s < end; s++) {
        longest[s] = end - s;
      }
      start = Math.max(next, start + 1);
    }
    return longest;
  }

  /** How many extensions were asked for. */
  long steps() {
    return steps;
  }

  /** Where the longest match from a start ends, all before it being known. */
  private int end(int start) {
    SelfRepeats known = repeats;
    if (known != null && ranks[start] == null) {
      int same = known.lengths()[start];
      if (start + same == query.length && same <= longest[known.sources()[start]]) {
        return query.length;
      }
      if (same > longest[known.sources()[start]]) {
        return start + longest[known.sources()[start]];
      }
    }
    occurs(start, query.length);
    return reached[start];
  }

  /**
   * Goes through the starts behind one whose match ends before {@code end} as long as what they
   * repeat decides about them.
   *
   * @return the first one from which a match reaches {@code end}, or −1 − the last one from which
   *     none does
   */
  private int decided(int failed, int end, SelfRepeats known) {
    for (int start = failed + 1; start < end; start++) {
      int source = known.sources()[start];
      int there = source < failed ? longest[source] : end - 1 - source;
      int same = known.lengths()[start];
      if (same <= there ? start + same >= end : start + there >= end) {
        return start;
      }
      if (same <= there) {
        return -start;
      }
    }
    return -end;
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
    if (failed >= 0 && steps > many) {
      SelfRepeats known = repeats == null ? SelfRepeats.of(query) : repeats;
      repeats = known;
      int found = decided(failed, end, known);
      if (found > 0) {
        return found;
      }
      low = -found - 1;
    }
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
