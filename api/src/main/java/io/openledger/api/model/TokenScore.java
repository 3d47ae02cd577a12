package io.openledger.api.model;

import java.util.List;

/**
 * A token of a prompt or an answer, and how likely the model held it to be where it stands.
 *
 * @param token its id
 * @param text what it stands for; parts of a character are U+FFFD
 * @param bytes what it stands for, in UTF-8; −128 to 127 each
 * @param logProbability natural logarithm, at most 0, before temperature, cuts and penalties; 0 for
 *     a prompt's first token, which nothing comes before
 * @param likeliest the likeliest tokens in its place, the likeliest first; as many as were asked
 *     for
 */
public record TokenScore(
    int token, String text, List<Byte> bytes, double logProbability, List<Alternative> likeliest) {

  /**
   * A token that could have stood there.
   *
   * @param token its id
   * @param text what it stands for
   * @param bytes in UTF-8
   * @param logProbability as above
   */
  public record Alternative(int token, String text, List<Byte> bytes, double logProbability) {
    public Alternative {
      bytes = List.copyOf(bytes);
    }
  }

  public TokenScore {
    bytes = List.copyOf(bytes);
    likeliest = List.copyOf(likeliest);
  }
}
