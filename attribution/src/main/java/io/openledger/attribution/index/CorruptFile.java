package io.openledger.attribution.index;

/**
 * A file of the index is not what was written; the message says what arrived and what is expected.
 */
final class CorruptFile extends Exception {

  private static final long serialVersionUID = 1L;

  CorruptFile(String message) {
    super(message);
  }

  static void unless(boolean good, String message) throws CorruptFile {
    if (!good) {
      throw new CorruptFile(message);
    }
  }
}
