package io.openledger.samples.clausedesk;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of a JSON object from outside. Each read says what is allowed; a field of another type
 * or over its limit is refused by name. A null counts as absent.
 *
 * <p>Read by hand instead of bound to a class, because a binding answers a wrong type with a stack
 * trace, and an unknown field not at all.
 */
final class Fields {

  private final JsonObject object;

  private Fields(JsonObject object, Set<String> known) {
    this.object = object;
    Set<String> unknown = new TreeSet<>(object.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      // names alone, shortened: they come from outside
      String first = unknown.iterator().next();
      throw OpenLedgerException.invalid(
          "a field of the request",
          "'" + (first.length() > 40 ? first.substring(0, 40) + "…" : first) + "'",
          String.join(", ", new TreeSet<>(known)));
    }
  }

  /**
   * Reads a body.
   *
   * @throws OpenLedgerException {@link ErrorCode#MALFORMED_REQUEST} when it is not a JSON object
   */
  static Fields parse(String body, Set<String> known) {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return new Fields(reader.readObject(), known);
    } catch (JsonException | ClassCastException | IllegalStateException e) {
      throw new OpenLedgerException(
          ErrorCode.MALFORMED_REQUEST,
          body.length() + " characters that are not a JSON object",
          "one JSON object with " + String.join(", ", new TreeSet<>(known)),
          "correct the body and send it again",
          e);
    }
  }

  /** A text that must be there. Its length is judged by who uses it. */
  String text(String name) {
    return optionalText(name)
        .orElseThrow(() -> OpenLedgerException.invalid(name, "missing", "a text"));
  }

  /** A text that may be absent. */
  Optional<String> optionalText(String name) {
    JsonValue value = value(name);
    if (value == JsonValue.NULL) {
      return Optional.empty();
    }
    if (value instanceof JsonString text) {
      return Optional.of(text.getString());
    }
    throw wrongType(name, value, "a text");
  }

  /** A whole number in a range, or what counts when it is absent. */
  long integer(String name, long absent, long least, long most) {
    String allowed = "a whole number from " + least + " to " + most;
    JsonValue value = value(name);
    if (value == JsonValue.NULL) {
      return absent;
    }
    if (!(value instanceof JsonNumber number)) {
      throw wrongType(name, value, allowed);
    }
    try {
      long exact = number.longValueExact();
      if (exact >= least && exact <= most) {
        return exact;
      }
    } catch (ArithmeticException e) {
      // a fraction or beyond 64 bits: told below
    }
    throw OpenLedgerException.invalid(name, shown(number), allowed);
  }

  /** A number in a range, or what counts when it is absent. */
  double number(String name, double absent, double least, double most) {
    String allowed = "a number from " + least + " to " + most;
    JsonValue value = value(name);
    if (value == JsonValue.NULL) {
      return absent;
    }
    if (!(value instanceof JsonNumber number)) {
      throw wrongType(name, value, allowed);
    }
    double actual = number.doubleValue();
    if (actual >= least && actual <= most) {
      return actual;
    }
    throw OpenLedgerException.invalid(name, shown(number), allowed);
  }

  /** The objects of a list; empty when absent. */
  List<Fields> objects(String name, Set<String> known) {
    JsonValue value = value(name);
    if (value == JsonValue.NULL) {
      return List.of();
    }
    if (!(value instanceof JsonArray array)) {
      throw wrongType(name, value, "a list of objects");
    }
    List<Fields> objects = new ArrayList<>();
    for (JsonValue element : array) {
      if (!(element instanceof JsonObject one)) {
        throw wrongType(name, element, "a list of objects");
      }
      objects.add(new Fields(one, known));
    }
    return List.copyOf(objects);
  }

  /** The texts of a list; empty when absent. */
  List<String> texts(String name) {
    JsonValue value = value(name);
    if (value == JsonValue.NULL) {
      return List.of();
    }
    if (!(value instanceof JsonArray array)) {
      throw wrongType(name, value, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (JsonValue element : array) {
      if (!(element instanceof JsonString text)) {
        throw wrongType(name, element, "a list of texts");
      }
      texts.add(text.getString());
    }
    return List.copyOf(texts);
  }

  private JsonValue value(String name) {
    return object.getOrDefault(name, JsonValue.NULL);
  }

  private static OpenLedgerException wrongType(String name, JsonValue value, String allowed) {
    return OpenLedgerException.invalid(name, "of the type " + value.getValueType(), allowed);
  }

  private static String shown(JsonNumber number) {
    String digits = number.toString();
    return digits.length() > 40 ? digits.substring(0, 40) + "…" : digits;
  }
}
