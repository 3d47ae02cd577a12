package io.openledger.attribution.span;

import java.util.ArrayList;
import java.util.Comparator;
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
   * −1 where none does.
   */
  static int[] owners(List<Stretch> spans, int tokens) {
    int[] owners = new int[tokens];
    java.util.Arrays.fill(owners, -1);
    List<Integer> longestFirst =
        java.util.stream.IntStream.range(0, spans.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> -spans.get(i).length())
                    .thenComparingInt(i -> spans.get(i).start()))
            .toList();
    for (int i : longestFirst) {
      for (int t = spans.get(i).start(); t < spans.get(i).end(); t++) {
        if (owners[t] < 0) {
          owners[t] = i;
        }
      }
    }
    return owners;
  }
}
