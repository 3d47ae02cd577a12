package io.openledger.serving.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One object of a small JSON file, read with its limits and refused with its name. {@code null}
 * counts as absent, as the files' writers mean it.
 */
public final class JsonFile {

  private final String name;
  private final JsonObject object;
  private final Broken broken;

  private JsonFile(String name, JsonObject object, Broken broken) {
    this.name = name;
    this.object = object;
    this.broken = broken;
  }

  /**
   * Reads a file that holds one JSON object.
   *
   * @param limit the largest size, in bytes
   */
  public static JsonFile read(Path file, long limit, Broken broken) {
    String name = String.valueOf(file.getFileName());
    String text;
    try {
      long size = Files.size(file);
      if (size > limit) {
        throw broken.because(name + " has " + size + " bytes", "at most " + limit);
      }
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw broken.because(
          name + " cannot be read as UTF-8 (" + e.getClass().getSimpleName() + ")",
          "a JSON file in UTF-8",
          e);
    }
    return parse(name, text, broken);
  }

  /** A file that was read already; {@code file} is only named. */
  public static JsonFile parse(Path file, byte[] content, Broken broken) {
    String name = String.valueOf(file.getFileName());
    try {
      return parse(
          name,
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString(),
          broken);
    } catch (CharacterCodingException e) {
      throw broken.because(name + " cannot be read as UTF-8", "a JSON file in UTF-8", e);
    }
  }

  static JsonFile parse(String name, String text, Broken broken) {
    try {
      return new JsonFile(name, JsonParser.parseString(text).getAsJsonObject(), broken);
    } catch (JsonParseException | IllegalStateException | StackOverflowError e) {
      throw broken.because(name + " is not a JSON object", "one JSON object", e);
    }
  }

  /** The value, unless it is absent or null. */
  public Optional<JsonElement> get(String key) {
    @Nullable JsonElement value = object.get(key);
    return value == null || value.isJsonNull() ? Optional.empty() : Optional.of(value);
  }

  /** All keys, in the file's order. */
  public List<String> keys() {
    return List.copyOf(object.keySet());
  }

  /** A nested object. */
  public Optional<JsonFile> object(String key) {
    return get(key)
        .map(
            value -> {
              if (!value.isJsonObject()) {
                throw wrong(key, value, "an object");
              }
              return new JsonFile(name + ", " + key, value.getAsJsonObject(), broken);
            });
  }

  /** A text. */
  public Optional<String> text(String key) {
    return get(key)
        .map(
            value -> {
              if (!(value instanceof JsonPrimitive text) || !text.isString()) {
                throw wrong(key, value, "a text");
              }
              return text.getAsString();
            });
  }

  /** A list of texts. */
  public Optional<List<String>> texts(String key) {
    return get(key)
        .map(
            value -> {
              List<String> texts = new ArrayList<>();
              if (value instanceof JsonArray array) {
                for (JsonElement each : array) {
                  if (each instanceof JsonPrimitive text && text.isString()) {
                    texts.add(text.getAsString());
                  }
                }
              }
              if (!(value instanceof JsonArray array) || texts.size() != array.size()) {
                throw wrong(key, value, "a list of texts");
              }
              return texts;
            });
  }

  /** True or false. */
  public boolean flag(String key, boolean absent) {
    return get(key)
        .map(
            value -> {
              if (!(value instanceof JsonPrimitive flag) || !flag.isBoolean()) {
                throw wrong(key, value, "true or false");
              }
              return flag.getAsBoolean();
            })
        .orElse(absent);
  }

  /** An integer within limits. */
  public OptionalInt integer(String key, int least, int most) {
    Optional<JsonElement> value = get(key);
    return value.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(integer(key, value.get(), least, most));
  }

  /** An integer that must be there. */
  public int required(String key, int least, int most) {
    return integer(key, least, most)
        .orElseThrow(
            () -> broken.because(name + " has no " + key, key + " from " + least + " to " + most));
  }

  /** An integer or a list of them; empty when absent. */
  public List<Integer> integers(String key, int least, int most) {
    List<Integer> result = new ArrayList<>();
    get(key)
        .ifPresent(
            value -> {
              if (value instanceof JsonArray array) {
                array.forEach(each -> result.add(integer(key, each, least, most)));
              } else {
                result.add(integer(key, value, least, most));
              }
            });
    return result;
  }

  /** A finite number. */
  public OptionalDouble number(String key) {
    Optional<JsonElement> value = get(key);
    if (value.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (value.get() instanceof JsonPrimitive number && number.isNumber()) {
      double result = number.getAsDouble();
      if (Double.isFinite(result)) {
        return OptionalDouble.of(result);
      }
    }
    throw wrong(key, value.get(), "a finite number");
  }

  private int integer(String key, JsonElement value, int least, int most) {
    if (value instanceof JsonPrimitive number && number.isNumber()) {
      double exact = number.getAsDouble();
      if (exact == Math.rint(exact) && exact >= least && exact <= most) {
        return (int) exact;
      }
    }
    throw wrong(key, value, "an integer from " + least + " to " + most);
  }

  private RuntimeException wrong(String key, JsonElement value, String allowed) {
    String shown = value.toString();
    return broken.because(
        name + " has " + key + " = " + (shown.length() > 80 ? shown.substring(0, 80) : shown),
        allowed);
  }
}
