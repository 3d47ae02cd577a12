package io.openledger.api.datanet;

import io.openledger.api.OpenLedgerException;
import java.util.List;

/**
 * Contributions to find by what they say: every phrase stands in each of them, word for word.
 *
 * <p>Phrases are compared token by token, so a phrase begins and ends where tokens do: a word that
 * is cut short finds nothing. A first word is found at the beginning of a text, behind a blank, and
 * wherever else the tokenizer cuts it alike.
 *
 * @param phrases 1 to {@value #MOST_PHRASES}, each of 1 to {@value #LONGEST_PHRASE} characters, not
 *     blank
 * @param scope where, and for what
 * @param limit how many contributions are listed, 0 to {@value #MOST_LISTED}; all are counted
 */
public record DatanetSearch(List<String> phrases, DatanetScope scope, int limit) {

  /** How many phrases may be asked for together. */
  public static final int MOST_PHRASES = 16;

  /** UTF-16 code units of a phrase. */
  public static final int LONGEST_PHRASE = 2000;

  /** How many contributions can be listed: the text of each is cut into tokens to show where. */
  public static final int MOST_LISTED = 100;

  /** How many places are listed of a contribution. */
  public static final int MOST_PLACES = 100;

  public DatanetSearch {
    if (phrases.isEmpty() || phrases.size() > MOST_PHRASES) {
      throw OpenLedgerException.invalid(
          "the number of phrases", phrases.size(), "1 to " + MOST_PHRASES);
    }
    phrases.forEach(DatanetSearch::requirePhrase);
    if (limit < 0 || limit > MOST_LISTED) {
      throw OpenLedgerException.invalid("limit", limit, "0 to " + MOST_LISTED);
    }
    phrases = List.copyOf(phrases);
  }

  /** Refuses what is no phrase. Does not repeat it: it may be a contributor's text. */
  static void requirePhrase(String phrase) {
    if (phrase.isBlank() || phrase.length() > LONGEST_PHRASE) {
      throw OpenLedgerException.invalid(
          "a phrase",
          phrase.isBlank() ? "blank" : phrase.length() + " characters long",
          "1 to " + LONGEST_PHRASE + " characters that are not all blanks");
    }
  }

  /** Twenty contributions with all of some phrases, in every datanet that the caller may use. */
  public static DatanetSearch of(String... phrases) {
    return new DatanetSearch(List.of(phrases), DatanetScope.all(), 20);
  }

  /** The same phrases elsewhere, or for another purpose. */
  public DatanetSearch in(DatanetScope other) {
    return new DatanetSearch(phrases, other, limit);
  }
}
