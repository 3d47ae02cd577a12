package io.openledger.api.spi;

/** How an index keeps its documents on disk. Every form gives the same answers, to the bit. */
public enum IndexForm {
  /** Text and sorted suffixes: answers fastest, 4.5 to 6 bytes a token. */
  FAST,
  /**
   * Compressed, without the text, which is decoded when it is asked for: several times smaller,
   * slower to write and to ask.
   */
  COMPACT
}
