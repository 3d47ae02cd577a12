package io.openledger.api.datanet;

import java.util.List;

/**
 * How likely a text is under the ∞-gram model of contributions ({@link NextTokens}): for each token
 * the longest suffix of the text before it that occurs, and how often the token follows that.
 *
 * @param tokens of the text, in order
 * @param datanets what was asked, in which state
 */
public record TextLikelihood(List<Token> tokens, List<DatanetSnapshot> datanets) {

  /**
   * The longest text, in characters: each token is counted behind all that is before it and occurs,
   * so the work may grow with the square.
   */
  public static final int LONGEST_TEXT = 4000;

  public TextLikelihood {
    tokens = List.copyOf(tokens);
    datanets = List.copyOf(datanets);
  }

  /**
   * A token of the text.
   *
   * @param start its first character in the text, in UTF-16 code units
   * @param end behind its last character
   * @param contextTokens how many tokens the longest suffix before it has
   * @param contextOccurrences how often that suffix occurs
   * @param occurrences how often this token follows it
   */
  public record Token(
      int start, int end, int contextTokens, long contextOccurrences, long occurrences) {

    /** Its probability; 0 when it never follows, or when nothing was asked. */
    public double probability() {
      return contextOccurrences == 0 ? 0 : (double) occurrences / contextOccurrences;
    }
  }

  /** How many tokens have probability 0. */
  public int unseen() {
    return (int) tokens.stream().filter(token -> token.occurrences() == 0).count();
  }

  /** The information of the other tokens: the sum of −log₂ of their probabilities, in order. */
  public double bits() {
    double bits = 0;
    for (Token token : tokens) {
      if (token.occurrences() > 0) {
        bits -= Math.log(token.probability()) / Math.log(2);
      }
    }
    return bits;
  }
}
