package io.openledger.runtime.rest;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The members of one object of a request, read by name and type. Null means absent. Keeps track of
 * what was read, so that what nobody asked for can be refused. One thread.
 */
final class JsonFields {

  private final String path;
  private final JsonObject json;
  private final Set<String> read = new HashSet<>();

  /**
   * @param path of the object inside the body, for messages; empty, or with a dot at its end
   */
  JsonFields(String path, JsonObject json) {
    this.path = path;
    this.json = json;
  }

  /** The member as it is. */
  Optional<JsonValue> value(String name) {
    read.add(name);
    JsonValue value = json.get(name);
    return value == null || value == JsonValue.NULL ? Optional.empty() : Optional.of(value);
  }

  Optional<String> text(String name) {
    return value(name).map(v -> as(v, JsonString.class, name, "a text").getString());
  }

  String requiredText(String name) {
    return text(name).orElseThrow(() -> refuse(name, "missing", "a text"));
  }

  boolean flag(String name, boolean otherwise) {
    Optional<JsonValue> value = value(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    return switch (value.get().getValueType()) {
      case TRUE -> true;
      case FALSE -> false;
      default -> throw refuse(name, kind(value.get()), "true or false");
    };
  }

  OptionalLong whole(String name) {
    Optional<JsonValue> value = value(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          as(value.get(), JsonNumber.class, name, "a whole number").longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw refuse(name, "not a whole number of 64 bits", "a whole number");
    }
  }

  OptionalInt integer(String name) {
    OptionalLong value = whole(name);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.getAsLong() != (int) value.getAsLong()) {
      throw refuse(name, Long.toString(value.getAsLong()), "a whole number of 32 bits");
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  OptionalDouble number(String name) {
    Optional<JsonValue> value = value(name);
    return value.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(as(value.get(), JsonNumber.class, name, "a number").doubleValue());
  }

  Optional<JsonFields> object(String name) {
    return value(name)
        .map(v -> new JsonFields(path + name + ".", as(v, JsonObject.class, name, "an object")));
  }

  /** The objects of an array; empty when it is absent. */
  List<JsonFields> objects(String name) {
    JsonArray array =
        value(name)
            .map(v -> as(v, JsonArray.class, name, "an array"))
            .orElse(JsonValue.EMPTY_JSON_ARRAY);
    return IntStream.range(0, array.size())
        .mapToObj(
            i -> {
              String element = name + "[" + i + "]";
              JsonObject object = as(array.get(i), JsonObject.class, element, "an object");
              return new JsonFields(path + element + ".", object);
            })
        .toList();
  }

  /** A text, or an array of texts; empty when it is absent. */
  List<String> texts(String name) {
    Optional<JsonValue> value = value(name);
    if (value.isPresent() && value.get() instanceof JsonString one) {
      return List.of(one.getString());
    }
    return value
        .map(v -> as(v, JsonArray.class, name, "a text or an array of texts"))
        .orElse(JsonValue.EMPTY_JSON_ARRAY)
        .stream()
        .map(v -> as(v, JsonString.class, name, "a text or an array of texts").getString())
        .toList();
  }

  /** Members that are there, not null, and were not read. */
  Set<String> unread() {
    Set<String> left = new HashSet<>();
    json.forEach(
        (name, value) -> {
          if (value != JsonValue.NULL && !read.contains(name)) {
            left.add(name);
          }
        });
    return left;
  }

  /** Refuses what nobody asked for: it was meant to do something, and would not. */
  void requireAllRead() {
    for (String name : unread()) {
      throw refuse(name, "not known here", "the members that the OpenAPI document lists");
    }
  }

  /** A refusal of one member. */
  RequestException refuse(String name, String arrived, String allowed) {
    return RequestException.parameter(path + name, arrived, allowed);
  }

  private <T> T as(JsonValue value, Class<T> type, String name, String allowed) {
    if (!type.isInstance(value)) {
      throw refuse(name, kind(value), allowed);
    }
    return type.cast(value);
  }

  private static String kind(JsonValue value) {
    return switch (value.getValueType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case TRUE, FALSE -> "a truth value";
      case NULL -> "null";
    };
  }
}
