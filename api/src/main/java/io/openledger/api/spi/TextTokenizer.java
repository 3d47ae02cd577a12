package io.openledger.api.spi;

import io.openledger.api.Hash256;
import java.util.Arrays;
import java.util.Optional;

/** Text to tokens and back. Safe for any thread. */
public interface TextTokenizer {

  /** The tokens of a text, without special tokens. */
  TokenizedText encode(String text);

  /**
   * The tokens of a text as they would be behind a blank; places are those of the text. Empty when
   * the text is, or begins with a blank itself.
   */
  default Optional<TokenizedText> encodeBehindBlank(String text) {
    if (text.isEmpty() || Character.isWhitespace(text.charAt(0))) {
      return Optional.empty();
    }
    TokenizedText longer = encode(" " + text);
    // a token of the added blank alone stands nowhere in the text
    int from = 0;
    while (from < longer.length() && longer.ends()[from] <= 1) {
      from++;
    }
    int[] starts = Arrays.copyOfRange(longer.starts(), from, longer.length());
    int[] ends = Arrays.copyOfRange(longer.ends(), from, longer.length());
    for (int i = 0; i < starts.length; i++) {
      starts[i] = Math.max(0, starts[i] - 1);
      ends[i]--;
    }
    return Optional.of(
        new TokenizedText(
            Arrays.copyOfRange(longer.tokens(), from, longer.length()),
            starts,
            ends,
            Arrays.copyOfRange(longer.continues(), from, longer.length())));
  }

  /** The text of tokens, without special tokens. */
  String decode(int[] tokens);

  /** One more than the largest id. */
  int vocabularySize();

  /** SHA-256 of what defines it: equal digests tokenize equally. */
  Hash256 digest();
}
