package io.openledger.serving.model;

import io.openledger.api.spi.TextTokenizer;

/** A tokenizer that also knows how a prompt begins. Safe for any thread. */
public interface PromptTokenizer extends TextTokenizer {

  /**
   * The tokens of a prompt: special tokens that the text spells out are recognised, and those that
   * the tokenizer's settings put around a text are added unless the text begins with them.
   */
  int[] encodePrompt(String text);
}
