package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds answers against the OpenAPI document: status, media type, and each member of the body. Only
 * the words of JSON Schema that the document uses are known; another word fails.
 */
final class ApiContract {

  static final JsonObject DOCUMENT = read();

  private static final Set<String> KNOWN =
      Set.of(
          "type",
          "properties",
          "required",
          "items",
          "enum",
          "oneOf",
          "allOf",
          "additionalProperties",
          "$ref",
          "minItems",
          "maxItems",
          "minimum",
          "maximum",
          "pattern",
          "description",
          "format",
          "example",
          "examples",
          "default",
          "title");

  private ApiContract() {}

  private static JsonObject read() {
    try (InputStream in = ApiContract.class.getResourceAsStream("/META-INF/openapi.json")) {
      return Json.createReader(in).readObject();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The operation of a request, when the document has it. */
  static Optional<JsonObject> operation(String method, String path) {
    JsonObject best = null;
    int literals = -1;
    for (Map.Entry<String, JsonValue> each : DOCUMENT.getJsonObject("paths").entrySet()) {
      String form = each.getKey().replaceAll("\\{[^}]+}", "[^/]+");
      int own = each.getKey().replaceAll("\\{[^}]+}", "").length();
      JsonObject operation =
          each.getValue().asJsonObject().getJsonObject(method.toLowerCase(Locale.ROOT));
      if (operation != null && path.matches(form) && own > literals) {
        best = operation;
        literals = own;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Fails when an answer is not what the document says. */
  static void require(String method, String path, HttpResponse<String> response) {
    Optional<JsonObject> operation = operation(method, path);
    if (operation.isEmpty()) {
      return;
    }
    JsonObject responses = operation.get().getJsonObject("responses");
    String status = String.valueOf(response.statusCode());
    String what = method + " " + path + " " + status;
    assertThat(responses.containsKey(status) || response.statusCode() >= 400)
        .as(what + " is documented")
        .isTrue();
    JsonObject documented =
        resolve(
            responses.containsKey(status)
                ? responses.getJsonObject(status)
                : responses.getJsonObject("default"));
    JsonObject content = documented.getJsonObject("content");
    if (content == null) {
      assertThat(response.body()).as(what).isEmpty();
      return;
    }
    String type = response.headers().firstValue("Content-Type").orElse("none").split(";")[0];
    assertThat(content.keySet()).as(what).contains(type);
    JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
    // a report's own form is its codec's to prove: the fake server's are no JSON
    if (type.endsWith("json") && !path.matches("/api/reports/[^/]+")) {
      JsonStructure body = Json.createReader(new StringReader(response.body())).read();
      List<String> faults = new ArrayList<>();
      check(schema, body, "", faults);
      assertThat(faults).as(what + ": " + response.body()).isEmpty();
    }
  }

  private static JsonObject resolve(JsonObject node) {
    return node.containsKey("$ref")
        ? resolve(DOCUMENT.getValue(node.getString("$ref").substring(1)).asJsonObject())
        : node;
  }

  /** Adds what of a value does not obey a schema. */
  static void check(JsonObject given, JsonValue value, String at, List<String> faults) {
    JsonObject schema = resolve(given);
    for (String word : schema.keySet()) {
      assertThat(KNOWN).as("a word of the document").contains(word);
    }
    if (schema.containsKey("oneOf")) {
      long fit =
          schema.getJsonArray("oneOf").getValuesAs(JsonObject.class).stream()
              .filter(each -> obeys(each, value))
              .count();
      if (fit != 1) {
        faults.add(at + " fits " + fit + " of oneOf");
      }
      return;
    }
    if (!types(schema).isEmpty() && !types(schema).contains(type(value))) {
      if (!(types(schema).contains("number") && type(value).equals("integer"))) {
        faults.add(at + " is " + type(value) + ", not " + types(schema));
        return;
      }
    }
    if (schema.containsKey("enum") && !schema.getJsonArray("enum").contains(value)) {
      faults.add(at + " is " + value + ", none of " + schema.getJsonArray("enum"));
    }
    if (schema.containsKey("pattern")
        && value instanceof JsonString s
        && !s.getString().matches(schema.getString("pattern"))) {
      faults.add(at + " is " + s + ", not " + schema.getString("pattern"));
    }
    if (value instanceof JsonArray array && schema.containsKey("items")) {
      for (int i = 0; i < array.size(); i++) {
        check(schema.getJsonObject("items"), array.get(i), at + "[" + i + "]", faults);
      }
    }
    if (value instanceof JsonObject object) {
      members(schema, object, at, faults);
    }
  }

  private static void members(
      JsonObject schema, JsonObject object, String at, List<String> faults) {
    Set<String> known = new HashSet<>();
    boolean any = declare(schema, object, known, at, faults);
    object.keySet().stream()
        .filter(name -> !any && !known.contains(name))
        .forEach(name -> faults.add(at + "." + name + " is not in the document"));
  }

  /** Checks members; whether others may be there. */
  private static boolean declare(
      JsonObject given, JsonObject object, Set<String> known, String at, List<String> faults) {
    JsonObject schema = resolve(given);
    boolean any = false;
    if (schema.containsKey("allOf")) {
      for (JsonObject each : schema.getJsonArray("allOf").getValuesAs(JsonObject.class)) {
        any |= declare(each, object, known, at, faults);
      }
    }
    JsonObject properties = schema.getJsonObject("properties");
    if (properties != null) {
      known.addAll(properties.keySet());
      properties.forEach(
          (name, each) -> {
            if (object.containsKey(name)) {
              check(each.asJsonObject(), object.get(name), at + "." + name, faults);
            }
          });
    }
    if (schema.containsKey("required")) {
      schema.getJsonArray("required").getValuesAs(JsonString.class).stream()
          .filter(name -> !object.containsKey(name.getString()))
          .forEach(name -> faults.add(at + " lacks " + name.getString()));
    }
    if (schema.get("additionalProperties") instanceof JsonObject others) {
      object.forEach(
          (name, value) -> {
            if (!known.contains(name)) {
              check(others, value, at + "." + name, faults);
            }
          });
      return true;
    }
    return any || properties == null && !schema.containsKey("allOf");
  }

  private static boolean obeys(JsonObject schema, JsonValue value) {
    List<String> faults = new ArrayList<>();
    check(schema, value, "", faults);
    return faults.isEmpty();
  }

  private static List<String> types(JsonObject schema) {
    JsonValue type = schema.get("type");
    if (type instanceof JsonString one) {
      return List.of(one.getString());
    }
    return type instanceof JsonArray several
        ? several.getValuesAs(JsonString.class).stream().map(JsonString::getString).toList()
        : List.of();
  }

  private static String type(JsonValue value) {
    return switch (value.getValueType()) {
      case ARRAY -> "array";
      case OBJECT -> "object";
      case STRING -> "string";
      case NUMBER -> ((JsonNumber) value).isIntegral() ? "integer" : "number";
      case TRUE, FALSE -> "boolean";
      case NULL -> "null";
    };
  }
}
