package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * Text in the one form in which it is hashed, stored and indexed: no byte order mark, line ends as
 * {@code \n}, Unicode NFC.
 *
 * @param text normalised
 * @param sha256 of the text in UTF-8
 */
record Content(String text, Hash256 sha256) {

  /**
   * Normalises.
   *
   * @param maximum bytes of UTF-8
   * @throws OpenLedgerException {@link ErrorCode#CONTRIBUTION_TOO_LARGE}, {@link
   *     ErrorCode#CONTRIBUTION_ENCODING} for what no UTF-8 can hold or databases cannot keep,
   *     {@link ErrorCode#CONTRIBUTION_EMPTY} when nothing is left
   */
  static Content normalise(String raw, int maximum) {
    if (raw.length() > maximum) {
      throw tooLarge("more than " + raw.length(), maximum);
    }
    String text = normalised(raw.startsWith("\uFEFF") ? raw.substring(1) : raw);
    if (text.indexOf('\0') >= 0) {
      throw encoding("a zero character at position " + text.indexOf('\0'));
    }
    if (text.isBlank()) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_EMPTY,
          "a contribution without content",
          "at least one character that is not a blank",
          "send the text that is to be contributed");
    }
    byte[] utf8 = utf8(text);
    if (utf8.length > maximum) {
      throw tooLarge(Integer.toString(utf8.length), maximum);
    }
    return new Content(text, Hash256.sha256(utf8));
  }

  /** Line ends and composition alone: also of what is looked for in such texts. */
  static String normalised(String text) {
    return Normalizer.normalize(
        text.replace("\r\n", "\n").replace('\r', '\n'), Normalizer.Form.NFC);
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] utf8 = new byte[bytes.remaining()];
      bytes.get(utf8);
      return utf8;
    } catch (CharacterCodingException e) {
      throw encoding("half of a surrogate pair");
    }
  }

  private static OpenLedgerException tooLarge(String bytes, int maximum) {
    return new OpenLedgerException(
        ErrorCode.CONTRIBUTION_TOO_LARGE,
        "a contribution of " + bytes + " bytes",
        "at most " + maximum + " bytes of UTF-8 (openledger.limits.contribution-bytes)",
        "contribute it in parts, each of which can be credited by itself");
  }

  private static OpenLedgerException encoding(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CONTRIBUTION_ENCODING,
        arrived,
        "text that UTF-8 can hold, without zero characters",
        "correct the text and contribute it again");
  }
}
