package io.openledger.attribution.span;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Stretches of tokens, from the lengths of the longest matches. */
public final class MaximalSpans {

  /**
   * Tokens {@code [start, end)}.
   *
   * @param start inclusive
   * @param end exclusive
   */
  public record Stretch(int start, int end) {
    /** How many tokens. */
    public int length() {
      return end - start;
    }
  }

  private MaximalSpans() {}

  /**
   * The longest matches that are not contained in an earlier one, by start.
   *
   * @param longest of each position the length of the longest match that begins there
   */
  public static List<Stretch> of(int[] longest) {
    List<Stretch> spans = new ArrayList<>();
    int reached = 0;
    for (int i = 0; i < longest.length; i++) {
      if (longest[i] > 0 && i + longest[i] > reached) {
        reached = i + longest[i];
        spans.add(new Stretch(i, reached));
      }
    }
    return spans;
  }

  /**
   * For each token the span that it counts for: the longest that covers it, the earlier if equal;
   * −1 where none does. Linear: each span enters and leaves a queue once.
   *
   * @param spans starts and ends both rising, so that none lies inside another
   */
  static int[] owners(List<Stretch> spans, int tokens) {
    int[] owners = new int[tokens];
    // spans that can still win, longest first: a later one that is longer also ends later, so it
    // beats those before it at every token still to come
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    int next = 0;
    for (int t = 0; t < tokens; t++) {
      while (next < spans.size() && spans.get(next).start() <= t) {
        int length = spans.get(next).length();
        while (!queue.isEmpty() && spans.get(queue.getLast()).length() < length) {
          queue.removeLast();
        }
        queue.addLast(next++);
      }
      while (!queue.isEmpty() && spans.get(queue.getFirst()).end() <= t) {
        queue.removeFirst();
      }
      owners[t] = queue.isEmpty() ? -1 : queue.getFirst();
    }
    return owners;
  }
}
