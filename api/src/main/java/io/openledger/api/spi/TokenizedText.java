package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;

/**
 * A text as tokens. Arrays are of equal length and are not written to.
 *
 * @param tokens ids
 * @param starts first character of each token in the text (UTF-16 code units, inclusive), never
 *     falling
 * @param ends after its last character (exclusive); a token inside a character covers the whole
 *     character
 * @param continues whether a token goes on with a word, or with a character, that a token before it
 *     began; see {@link #of}
 */
public record TokenizedText(int[] tokens, int[] starts, int[] ends, boolean[] continues) {

  public TokenizedText {
    if (tokens.length != starts.length
        || tokens.length != ends.length
        || tokens.length != continues.length) {
      throw OpenLedgerException.invalid(
          "tokenized text",
          tokens.length + "/" + starts.length + "/" + ends.length + " entries",
          "as many starts and ends as tokens");
    }
  }

  /** Tokens each of which is a word, or of which the words are not known. */
  public TokenizedText(int[] tokens, int[] starts, int[] ends) {
    this(tokens, starts, ends, new boolean[tokens.length]);
  }

  /**
   * Tokens of a text, with its words: a token goes on with what was begun before it when it shares
   * a character with the token before it, or when it begins {@linkplain #insideWord within a word}.
   */
  public static TokenizedText of(String text, int[] tokens, int[] starts, int[] ends) {
    boolean[] continues = new boolean[tokens.length];
    for (int i = 1; i < Math.min(tokens.length, Math.min(starts.length, ends.length)); i++) {
      continues[i] = ends[i - 1] > starts[i] || insideWord(text, starts[i]);
    }
    return new TokenizedText(tokens, starts, ends, continues);
  }

  /**
   * Whether a word goes on at a place: letters, digits or marks stand on both sides of it, or an
   * apostrophe between two such does on one side. Not where one of them is of a script that writes
   * no blanks between words: there each character with its marks is taken for a word.
   *
   * @param at 0 to the text's length; both ends are no inside
   */
  public static boolean insideWord(CharSequence text, int at) {
    if (at <= 0 || at >= text.length()) {
      return false;
    }
    int before = isApostrophe(text.charAt(at - 1)) ? at - 1 : at;
    int after = before == at && isApostrophe(text.charAt(at)) ? at + 1 : at;
    if (before == 0 || after == text.length()) {
      return false;
    }
    int left = Character.codePointBefore(text, before);
    int right = Character.codePointAt(text, after);
    return ofWord(left)
        && ofWord(right)
        && (isMark(right) || (hasBlanks(left) && hasBlanks(right)));
  }

  private static boolean isApostrophe(char c) {
    return c == '\'' || c == '\u2019';
  }

  private static boolean isMark(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean ofWord(int character) {
    return Character.isLetterOrDigit(character) || isMark(character);
  }

  /** Whether the character's script has blanks between words. */
  private static boolean hasBlanks(int character) {
    return switch (Character.UnicodeScript.of(character)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> false;
      default -> true;
    };
  }

  /** How many tokens. */
  public int length() {
    return tokens.length;
  }
}
