package io.openledger.runtime.provenance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.spi.JsonProvider;
import java.io.IOException;
import java.io.StringReader;
import org.erdtman.jcs.JsonCanonicalizer;

/** JSON in the one form that has one hash (RFC 8785). */
public final class CanonicalJson {

  private static final JsonProvider JSON = provider();

  private CanonicalJson() {}

  // Jakarta JSON looks for its implementation through the thread's class loader, which on a thread
  // of the container may be an application's that does not see it.
  private static JsonProvider provider() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(CanonicalJson.class.getClassLoader());
    try {
      return JsonProvider.provider();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Begins an object. */
  public static JsonObjectBuilder object() {
    return JSON.createObjectBuilder();
  }

  /** Begins an array. */
  public static JsonArrayBuilder array() {
    return JSON.createArrayBuilder();
  }

  /** Parses an object that this class wrote. */
  public static JsonObject parse(String json) {
    try (JsonReader reader = JSON.createReader(new StringReader(json))) {
      return reader.readObject();
    } catch (JsonException | IllegalStateException e) {
      throw new OpenLedgerException(
          ErrorCode.INTERNAL,
          "a stored document that is not JSON",
          "what was written",
          "restore the database from a backup",
          e);
    }
  }

  /** The canonical form. Integers must lie within ±2⁵³, as RFC 8785 wants. */
  public static String write(JsonStructure json) {
    try {
      return new JsonCanonicalizer(json.toString()).getEncodedString();
    } catch (IOException e) {
      throw new IllegalStateException("JSON that was just built does not parse", e);
    }
  }

  /** SHA-256 of the canonical form. */
  public static Hash256 hash(JsonStructure json) {
    return Hash256.sha256(write(json));
  }
}
