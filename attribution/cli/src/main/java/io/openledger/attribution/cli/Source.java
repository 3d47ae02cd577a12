package io.openledger.attribution.cli;

import io.openledger.api.OpenLedgerException;

/**
 * A text to index.
 *
 * @param name what it is called in answers: a path below the folder that was named, or the id of a
 *     JSON line
 * @param text not blank
 */
record Source(String name, String text) {

  static final int LONGEST_NAME = 1000;

  Source {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw OpenLedgerException.invalidText(
          "a document's name", name, "1 to " + LONGEST_NAME + " characters");
    }
  }
}
