package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;

/**
 * Tokens of one answer.
 *
 * @param promptTokens read
 * @param completionTokens generated
 */
public record Usage(int promptTokens, int completionTokens) {

  public Usage {
    if (promptTokens < 0 || completionTokens < 0) {
      throw OpenLedgerException.invalid(
          "usage", promptTokens + " and " + completionTokens + " tokens", "0 or more each");
    }
  }

  /** Both together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
