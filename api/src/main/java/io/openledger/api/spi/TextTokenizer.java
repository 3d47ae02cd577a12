package io.openledger.api.spi;

import io.openledger.api.Hash256;

/** Text to tokens and back. Safe for any thread. */
public interface TextTokenizer {

  /** The tokens of a text, without special tokens. */
  TokenizedText encode(String text);

  /** The text of tokens, without special tokens. */
  String decode(int[] tokens);

  /** One more than the largest id. */
  int vocabularySize();

  /** SHA-256 of what defines it: equal digests tokenize equally. */
  Hash256 digest();
}
