package io.openledger.runtime.datanet;

import io.openledger.api.OpenLedgerException;

/**
 * Short texts for people: no control characters, which break reports and which no database wants.
 */
final class Plain {

  private Plain() {}

  static void require(String what, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw OpenLedgerException.invalid(
          what, "a text with a control character", "one line of text without control characters");
    }
  }
}
