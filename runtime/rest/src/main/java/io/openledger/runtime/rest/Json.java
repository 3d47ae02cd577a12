package io.openledger.runtime.rest;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonConfig;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Building and answering JSON. The provider is looked up once: the look-up walks the class path,
 * and would do so for each object.
 */
final class Json {

  private static final JsonProvider PROVIDER = JsonProvider.provider();

  private static final JsonReaderFactory READERS =
      PROVIDER.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

  private Json() {}

  static JsonReader reader(Reader text) {
    return READERS.createReader(text);
  }

  static JsonObjectBuilder object() {
    return PROVIDER.createObjectBuilder();
  }

  /** An array of what a mapper makes of each item. */
  static <T> JsonArrayBuilder array(
      Collection<? extends T> items, Function<T, JsonObjectBuilder> mapper) {
    JsonArrayBuilder array = PROVIDER.createArrayBuilder();
    items.forEach(item -> array.add(mapper.apply(item)));
    return array;
  }

  /** An array of the items' texts. */
  static JsonArrayBuilder texts(Collection<?> items) {
    JsonArrayBuilder array = PROVIDER.createArrayBuilder();
    items.forEach(item -> array.add(item.toString()));
    return array;
  }

  /** An array of numbers. */
  static JsonArrayBuilder numbers(Collection<Integer> items) {
    JsonArrayBuilder array = PROVIDER.createArrayBuilder();
    items.forEach(array::add);
    return array;
  }

  /** Adds the value's text when there is one; absent values have no member. */
  static JsonObjectBuilder optional(JsonObjectBuilder object, String name, Optional<?> value) {
    value.ifPresent(v -> object.add(name, v.toString()));
    return object;
  }

  static Response ok(JsonObjectBuilder object) {
    return answer(Response.ok(), MediaType.APPLICATION_JSON, object.build());
  }

  /** Answers with bytes, so that no server's JSON provider has a say in them. */
  static Response answer(Response.ResponseBuilder response, String type, JsonValue json) {
    return response.type(type).entity(json.toString().getBytes(StandardCharsets.UTF_8)).build();
  }
}
