package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParsingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads request bodies, each with a limit that holds while reading. */
final class Bodies {

  /** Bytes of a body that holds a prompt or a contribution: a million characters, escaped. */
  static final int LARGE = 8 << 20;

  /** Bytes of a body of somebody whom the server does not know. */
  static final int STRANGERS = 1 << 20;

  /** Bytes of any other body. */
  static final int SMALL = 64 << 10;

  /** Bytes beyond a limit that are read and thrown away. */
  private static final int DRAINED = 1 << 20;

  private Bodies() {}

  /** The body's bytes; reads no more than one beyond the limit. */
  static byte[] bytes(InputStream body, int limit) {
    byte[] bytes;
    try {
      bytes = body.readNBytes(limit + 1);
    } catch (IOException e) {
      throw RequestException.malformed("a body that ended early", "the whole body");
    }
    if (bytes.length > limit) {
      drain(body);
      throw new RequestException(
          ErrorCode.REQUEST_TOO_LARGE,
          null,
          "a body of more than " + limit + " bytes",
          "at most " + limit + " bytes",
          "send less at once");
    }
    return bytes;
  }

  // A client that is still sending would see a broken connection instead of the answer; one that
  // sends without end is left to it.
  private static void drain(InputStream body) {
    try {
      for (int i = 0; i < DRAINED / SMALL && body.readNBytes(SMALL).length == SMALL; i++) {
        // thrown away
      }
    } catch (IOException e) {
      // the client, or a limit of the server's own, was faster
    }
  }

  /** The body as UTF-8; anything else is refused rather than made into garbage. */
  static String text(InputStream body, int limit) {
    return text(bytes(body, limit));
  }

  private static String text(byte[] body) {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw RequestException.malformed(
          "a byte at offset " + bytes.position() + " that is not UTF-8", "UTF-8");
    }
  }

  /** The body as one JSON object in which no name occurs twice. */
  static JsonFields json(InputStream body, int limit) {
    return json(bytes(body, limit));
  }

  /** The same, of a body that was read. */
  static JsonFields json(byte[] body) {
    String text = text(body);
    if (text.isBlank()) {
      throw RequestException.malformed("an empty body", "a JSON object");
    }
    JsonLimits.require(text);
    try (JsonReader reader = Json.reader(new StringReader(text))) {
      JsonStructure read = reader.read();
      if (read.getValueType() != JsonValue.ValueType.OBJECT) {
        throw RequestException.malformed("JSON that is not an object", "a JSON object");
      }
      return new JsonFields("", read.asJsonObject());
    } catch (JsonParsingException e) {
      // the parser's own message would repeat what was sent
      throw RequestException.malformed(
          "text that is not JSON at line "
              + e.getLocation().getLineNumber()
              + ", column "
              + e.getLocation().getColumnNumber(),
          "a JSON object (RFC 8259)");
    } catch (NumberFormatException | ArithmeticException e) {
      throw RequestException.malformed("a number with such an exponent", "a number of 64 bits");
    } catch (JsonException e) {
      throw RequestException.malformed(
          "JSON with a name that occurs twice in one object", "each name once");
    }
  }
}
