package io.openledger.runtime.rest;

/**
 * What of JSON is refused before it is parsed, because parsers differ in what they make of it: deep
 * nesting (a stack that overflows), long numbers (time that grows with the square of their length),
 * and halves of surrogate pairs, which are no text (RFC 7493 §2.1). One pass, no memory; what is no
 * JSON at all is the parser's to refuse.
 */
final class JsonLimits {

  /** Arrays and objects in one another. */
  static final int DEPTH = 200;

  /** Characters of a number. */
  static final int DIGITS = 100;

  private final String text;
  private int at;

  private JsonLimits(String text) {
    this.text = text;
  }

  /**
   * Refuses a text that is over a limit.
   *
   * @throws RequestException says which
   */
  static void require(String text) {
    new JsonLimits(text).scan();
  }

  private void scan() {
    int depth = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        if (++depth > DEPTH) {
          throw RequestException.malformed(
              "JSON that is nested deeper than " + DEPTH, "at most " + DEPTH + " levels");
        }
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == '-' || c >= '0' && c <= '9') {
        number();
      }
    }
  }

  private void number() {
    int begin = at - 1;
    while (at < text.length() && "0123456789+-.eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at - begin > DIGITS) {
      throw RequestException.malformed(
          "a number of " + (at - begin) + " characters", "at most " + DIGITS + " characters");
    }
  }

  /** Past the quote at the end of a text. */
  private void string() {
    boolean half = false;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        break;
      }
      char unit = c == '\\' ? escaped() : c;
      if (half != Character.isLowSurrogate(unit)) {
        throw halved();
      }
      half = Character.isHighSurrogate(unit);
    }
    if (half) {
      throw halved();
    }
  }

  /** What an escape stands for, as far as it matters here. */
  private char escaped() {
    char kind = at < text.length() ? text.charAt(at++) : ' ';
    if (kind != 'u' || at + 4 > text.length()) {
      return ' ';
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(text.charAt(at + i), 16);
      if (digit < 0) {
        return ' ';
      }
      unit = unit << 4 | digit;
    }
    at += 4;
    return (char) unit;
  }

  private static RequestException halved() {
    return RequestException.malformed(
        "a text with half of a character (an unpaired surrogate)", "whole characters");
  }
}
