package io.openledger.attribution.span;

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
}
