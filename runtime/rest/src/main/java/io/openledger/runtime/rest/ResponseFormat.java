package io.openledger.runtime.rest;

import jakarta.json.JsonValue;
import java.util.Optional;

/** OpenAI's {@code response_format}: any text, any JSON object, or JSON that obeys a schema. */
final class ResponseFormat {

  private ResponseFormat() {}

  /** The JSON Schema that the answer obeys; empty: any text. */
  static Optional<String> schema(JsonFields json) {
    String type = json.requiredText("type");
    Optional<String> schema =
        switch (type) {
          case "text" -> Optional.empty();
          case "json_object" -> Optional.of("{\"type\":\"object\"}");
          case "json_schema" -> Optional.of(named(json));
          default -> throw json.refuse("type", "another", "text, json_object or json_schema");
        };
    json.requireAllRead();
    return schema;
  }

  private static String named(JsonFields json) {
    JsonFields named =
        json.object("json_schema")
            .orElseThrow(() -> json.refuse("json_schema", "missing", "a name and a schema"));
    named.requiredText("name");
    named.text("description");
    // a schema is obeyed strictly, or refused: there is nothing between
    named.flag("strict", true);
    JsonValue schema =
        named
            .value("schema")
            .filter(v -> v.getValueType() == JsonValue.ValueType.OBJECT)
            .orElseThrow(() -> named.refuse("schema", "missing, or no object", "a JSON Schema"));
    named.requireAllRead();
    return schema.toString();
  }
}
