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
 */
public record TokenizedText(int[] tokens, int[] starts, int[] ends) {

  public TokenizedText {
    if (tokens.length != starts.length || tokens.length != ends.length) {
      throw OpenLedgerException.invalid(
          "tokenized text",
          tokens.length + "/" + starts.length + "/" + ends.length + " entries",
          "as many starts and ends as tokens");
    }
  }

  /** How many tokens. */
  public int length() {
    return tokens.length;
  }
}
