package io.openledger.api.datanet;

import java.util.List;

/**
 * What follows a text in contributions: the next-token distribution of the ∞-gram model (J. Liu et
 * al., "Infini-gram", 2024, §2), exactly. It looks at the longest suffix of the text that occurs
 * inside one contribution.
 *
 * @param contextTokens how many tokens that suffix has; 0 when not even the last token occurs, and
 *     the distribution is then that of all tokens
 * @param contextStart the character of the text at which it begins, in UTF-16 code units
 * @param occurrences how often it occurs
 * @param ends how many of these occurrences end a contribution, so that nothing follows
 * @param distinct how many different tokens follow the others
 * @param tokens these tokens, most frequent first, ties by id; as many as were asked for
 * @param datanets what was asked, in which state
 */
public record NextTokens(
    int contextTokens,
    int contextStart,
    long occurrences,
    long ends,
    int distinct,
    List<Candidate> tokens,
    List<DatanetSnapshot> datanets) {

  /** UTF-16 code units of a text that is asked about. */
  public static final int LONGEST_TEXT = 20_000;

  /** How many tokens can be listed. */
  public static final int MOST_LISTED = 1000;

  public NextTokens {
    tokens = List.copyOf(tokens);
    datanets = List.copyOf(datanets);
  }

  /**
   * A token that follows.
   *
   * @param token its id
   * @param text what it stands for; of a part of a character, the replacement character
   * @param count how often it follows, 1 or more
   * @param probability {@code count / occurrences}
   */
  public record Candidate(int token, String text, long count, double probability) {}
}
