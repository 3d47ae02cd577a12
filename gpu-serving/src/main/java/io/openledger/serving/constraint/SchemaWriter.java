package io.openledger.serving.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.openledger.api.OpenLedgerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON Schema (2020-12, and what draft 7 has in common with it) into an automaton whose
 * texts are all accepted by the schema; not all that the schema accepts are among them. {@link
 * Schemas} lists what is supported; any other keyword is refused with its name.
 *
 * <p>One class above the usual size, because it is one table of keywords; each keyword is a few
 * lines, and they call each other.
 */
final class SchemaWriter {

  private static final int NESTING = 200;
  private static final int MOST_NUMBER = 1_000_000;
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$comment",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$defs",
          "definitions");
  private static final Map<String, Set<String>> KEYWORDS =
      Map.of(
          "object", Set.of("properties", "required", "additionalProperties"),
          "array", Set.of("items", "minItems", "maxItems"),
          "string", Set.of("minLength", "maxLength", "pattern", "format"),
          "integer", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
          "number", Set.of(),
          "boolean", Set.of(),
          "null", Set.of());
  private static final String DATE =
      "((?:[1-9]\\d{3})-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])"
          + "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31))";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+\\-](?:0\\d|1[0-7]):[0-5]\\d)";
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Map<String, String> FORMATS =
      Map.of(
          "date", "^" + DATE + "$",
          "date-time", "^" + DATE + "T" + TIME + "$",
          "time", "^" + TIME + "$",
          "uuid", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
          "ipv4", "^" + OCTET + "(?:\\." + OCTET + "){3}$");

  private final JsonElement root;
  private final int depth;
  private final Nfa nfa = new Nfa();
  private final Map<String, Integer> active = new HashMap<>();
  private int nesting;
  private boolean deep;

  /**
   * @param depth how often a definition may stand in itself, and how deep values without a schema
   *     go
   */
  SchemaWriter(JsonElement root, int depth) {
    this.root = root;
    this.depth = depth;
  }

  /** Whether a smaller depth would make a smaller automaton. */
  boolean deep() {
    return deep;
  }

  Nfa nfa() {
    return nfa;
  }

  /** The state at the end of all values, from state 0 on. */
  int write() {
    return value(root, nfa.state());
  }

  private static RuntimeException refuse(String what) {
    return OpenLedgerException.invalidText(
        "JSON Schema", what, "the keywords that the serving engine documents");
  }

  private int value(JsonElement schema, int from) {
    if (++nesting > NESTING) {
      throw refuse("nested deeper than " + NESTING);
    }
    int end = one(schema, nfa.fork(from));
    nesting--;
    return end;
  }

  private int one(JsonElement schema, int from) {
    if (schema instanceof JsonPrimitive flag && flag.isBoolean()) {
      // Nothing is accepted by false: a state that nothing leads to.
      return flag.getAsBoolean() ? any(from, depth) : nfa.state();
    }
    if (!(schema instanceof JsonObject object)) {
      throw refuse("a schema that is neither an object nor true or false");
    }
    Set<String> keys = new HashSet<>(object.keySet());
    keys.removeAll(ANNOTATIONS);
    if (keys.contains("$id") && schema == root) {
      keys.remove("$id");
    }
    for (String alone : List.of("$ref", "anyOf", "allOf")) {
      if (keys.contains(alone)) {
        if (keys.size() > 1) {
          keys.remove(alone);
          throw refuse(alone + " beside " + keys.iterator().next());
        }
        return composed(alone, object, from);
      }
    }
    if (keys.contains("enum") || keys.contains("const")) {
      return listed(object, keys, from);
    }
    return typed(object, keys, from);
  }

  private int composed(String keyword, JsonObject object, int from) {
    if (keyword.equals("$ref")) {
      return reference(text(object, "$ref"), from);
    }
    JsonArray parts = array(object, keyword);
    if (parts.isEmpty() || keyword.equals("allOf") && parts.size() > 1) {
      throw refuse(keyword + " of " + parts.size() + " schemas");
    }
    int end = nfa.state();
    parts.forEach(part -> nfa.skip(value(part, from), end));
    return end;
  }

  private int reference(String reference, int from) {
    JsonElement target = root;
    if (!reference.equals("#")) {
      String[] path = reference.split("/", -1);
      boolean local =
          path.length == 3
              && path[0].equals("#")
              && (path[1].equals("$defs") || path[1].equals("definitions"));
      if (!local) {
        throw refuse("$ref " + reference);
      }
      String name = path[2].replace("~1", "/").replace("~0", "~");
      target =
          root instanceof JsonObject object
                  && object.get(path[1]) instanceof JsonObject definitions
                  && definitions.has(name)
              ? definitions.get(name)
              : missing(reference);
    }
    int times = active.merge(reference, 1, Integer::sum);
    if (times > 1) {
      deep = true;
    }
    int end = times > depth ? nfa.state() : value(target, from);
    active.merge(reference, -1, Integer::sum);
    return end;
  }

  private static JsonElement missing(String reference) {
    throw refuse("$ref " + reference + " to nothing");
  }

  private int listed(JsonObject object, Set<String> keys, int from) {
    for (String key : keys) {
      if (!Set.of("enum", "const", "type").contains(key)) {
        throw refuse("enum or const beside " + key);
      }
    }
    if (keys.contains("enum") && keys.contains("const")) {
      throw refuse("enum beside const");
    }
    List<JsonElement> values = new ArrayList<>();
    if (keys.contains("enum")) {
      array(object, "enum").forEach(values::add);
    } else {
      values.add(object.get("const"));
    }
    List<String> types = keys.contains("type") ? types(object) : List.of();
    int end = nfa.state();
    for (JsonElement value : values) {
      if (types.isEmpty() || types.stream().anyMatch(type -> is(value, type))) {
        nfa.skip(literal(nfa.fork(from), JsonText.of(value)), end);
      }
    }
    return end;
  }

  private static boolean is(JsonElement value, String type) {
    return switch (type) {
      case "object" -> value.isJsonObject();
      case "array" -> value.isJsonArray();
      case "null" -> value.isJsonNull();
      case "boolean" -> value instanceof JsonPrimitive one && one.isBoolean();
      case "string" -> value instanceof JsonPrimitive one && one.isString();
      case "number" -> value instanceof JsonPrimitive one && one.isNumber();
      default ->
          value instanceof JsonPrimitive one
              && one.isNumber()
              && one.getAsString().matches("-?[0-9]+");
    };
  }

  private int literal(int from, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw refuse("half a character");
      }
    }
    return nfa.bytes(from, text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> types(JsonObject object) {
    List<String> types = new ArrayList<>();
    if (object.get("type") instanceof JsonArray several) {
      several.forEach(
          each -> types.add(each instanceof JsonPrimitive one ? one.getAsString() : ""));
    } else {
      types.add(text(object, "type"));
    }
    for (String type : types) {
      if (!KEYWORDS.containsKey(type)) {
        throw refuse("type " + type);
      }
    }
    return types;
  }

  private static Set<String> keywords(String type) {
    return KEYWORDS.getOrDefault(type, Set.of());
  }

  private int typed(JsonObject object, Set<String> keys, int from) {
    if (keys.isEmpty()) {
      return any(from, depth);
    }
    List<String> types = keys.contains("type") ? types(object) : implied(keys);
    keys.remove("type");
    for (String key : keys) {
      if (types.stream().noneMatch(type -> keywords(type).contains(key))) {
        throw refuse(key + (types.isEmpty() ? "" : " beside type " + String.join(", ", types)));
      }
    }
    // A bound counts for numbers, too, not only for the integers beside them.
    if (types.contains("number") && keys.stream().anyMatch(keywords("integer")::contains)) {
      throw refuse("bounds of type number");
    }
    int end = nfa.state();
    for (String type : types) {
      nfa.skip(typed(type, object, nfa.fork(from)), end);
    }
    return end;
  }

  /** The one type whose keywords these are: other values would do, but need not be made. */
  private static List<String> implied(Set<String> keys) {
    for (String type : List.of("object", "array", "string")) {
      if (keywords(type).containsAll(keys)) {
        return List.of(type);
      }
    }
    throw refuse(keys.iterator().next() + " without a type");
  }

  private int typed(String type, JsonObject schema, int from) {
    return switch (type) {
      case "object" -> object(schema, from);
      case "array" -> array(schema, from);
      case "string" -> string(schema, from);
      case "integer" -> integer(schema, from);
      case "number" -> Numbers.number(nfa, from);
      case "boolean" -> {
        int end = literal(from, "true");
        nfa.skip(literal(nfa.fork(from), "false"), end);
        yield end;
      }
      default -> literal(from, "null");
    };
  }

  private int integer(JsonObject schema, int from) {
    long least = -Numbers.MOST;
    long most = Numbers.MOST;
    for (String key : keywords("integer")) {
      if (!schema.has(key)) {
        continue;
      }
      if (!(schema.get(key) instanceof JsonPrimitive one) || !one.isNumber()) {
        throw refuse(key + " that is no number");
      }
      double bound = one.getAsDouble();
      if (bound != Math.rint(bound) || Math.abs(bound) > Numbers.MOST) {
        throw refuse(key + " that is no integer of at most 15 digits");
      }
      switch (key) {
        case "minimum" -> least = Math.max(least, (long) bound);
        case "exclusiveMinimum" -> least = Math.max(least, (long) bound + 1);
        case "maximum" -> most = Math.min(most, (long) bound);
        default -> most = Math.min(most, (long) bound - 1);
      }
    }
    return least > most ? nfa.state() : Numbers.integer(nfa, from, least, most);
  }

  private int string(JsonObject schema, int from) {
    boolean counted = schema.has("minLength") || schema.has("maxLength");
    boolean shaped = schema.has("pattern");
    boolean formed = schema.has("format");
    if ((counted ? 1 : 0) + (shaped ? 1 : 0) + (formed ? 1 : 0) > 1) {
      throw refuse("pattern, format and lengths beside each other");
    }
    int open = literal(from, "\"");
    int content;
    if (counted) {
      content = counted(schema, open);
    } else if (shaped) {
      content = pattern(open, text(schema, "pattern"));
    } else if (formed) {
      @Nullable String format = FORMATS.get(text(schema, "format"));
      if (format == null) {
        throw refuse("format " + text(schema, "format"));
      }
      content = pattern(open, format);
    } else {
      content = Pattern.any(nfa, open);
    }
    return literal(content, "\"");
  }

  private int pattern(int from, String source) {
    try {
      return Pattern.write(nfa, from, source);
    } catch (Pattern.Unsupported e) {
      throw refuse("pattern with " + e.getMessage());
    }
  }

  private int counted(JsonObject schema, int from) {
    int least = number(schema, "minLength", 0);
    int most = number(schema, "maxLength", -1);
    int at = nfa.fork(from);
    int end = nfa.state();
    for (int i = 0; i < least || i < most; i++) {
      if (i >= least) {
        nfa.skip(at, end);
      }
      int next = nfa.state();
      CodePoints.ANY.write(nfa, at, next);
      at = next;
    }
    if (most < 0) {
      return Pattern.any(nfa, at);
    }
    if (most >= least) {
      nfa.skip(at, end);
    }
    return end;
  }

  private int array(JsonObject schema, int from) {
    int least = number(schema, "minItems", 0);
    int most = number(schema, "maxItems", -1);
    int open = literal(from, "[");
    int end = nfa.state();
    if (least == 0) {
      nfa.edge(open, ']', ']', end);
    }
    JsonElement items = schema.has("items") ? schema.get("items") : new JsonPrimitive(true);
    int at = open;
    int count = 0;
    while (most < 0 ? count < Math.max(1, least) : count < most) {
      int start = nfa.fork(at);
      int behind = nfa.fork(item(items, start));
      count++;
      if (count >= least) {
        nfa.edge(behind, ']', ']', end);
      }
      at = separator(behind, ',');
      if (most < 0 && count >= Math.max(1, least)) {
        nfa.skip(at, start);
      }
    }
    return end;
  }

  private int item(JsonElement items, int from) {
    boolean free = items instanceof JsonPrimitive flag && flag.isBoolean() && flag.getAsBoolean();
    return free ? any(from, depth - 1) : value(items, from);
  }

  /** A comma or a colon, and perhaps one blank. */
  private int separator(int from, char separator) {
    int behind = nfa.range(from, separator, separator);
    int next = nfa.state();
    nfa.skip(behind, next);
    nfa.edge(behind, ' ', ' ', next);
    return next;
  }

  private int object(JsonObject schema, int from) {
    JsonObject properties = new JsonObject();
    if (schema.has("properties")) {
      if (!(schema.get("properties") instanceof JsonObject named)) {
        throw refuse("properties that are no object");
      }
      properties = named;
    }
    Set<String> required = new HashSet<>();
    if (schema.has("required")) {
      for (JsonElement each : array(schema, "required")) {
        required.add(each instanceof JsonPrimitive name ? name.getAsString() : "");
      }
    }
    for (String name : required) {
      if (!properties.has(name)) {
        throw refuse("required " + name + " that properties does not have");
      }
    }
    if (properties.isEmpty() && !schema.has("properties")) {
      JsonElement values =
          schema.has("additionalProperties")
              ? schema.get("additionalProperties")
              : new JsonPrimitive(true);
      return map(values, from);
    }
    return members(properties, required, from);
  }

  /** Declared members in their order, and no others: the schema accepts an object without them. */
  private int members(JsonObject properties, Set<String> required, int from) {
    int none = literal(from, "{");
    int some = nfa.state();
    for (Map.Entry<String, JsonElement> each : properties.entrySet()) {
      int member = nfa.fork(none);
      nfa.skip(separator(some, ','), member);
      int key = separator(literal(member, JsonText.quoted(each.getKey())), ':');
      int behind = value(each.getValue(), key);
      int nextNone = nfa.state();
      int nextSome = nfa.state();
      nfa.skip(behind, nextSome);
      if (!required.contains(each.getKey())) {
        nfa.skip(none, nextNone);
        nfa.skip(some, nextSome);
      }
      none = nextNone;
      some = nextSome;
    }
    int end = nfa.state();
    nfa.edge(none, '}', '}', end);
    nfa.edge(some, '}', '}', end);
    return end;
  }

  /** Any names, values by one schema. */
  private int map(JsonElement values, int from) {
    int open = literal(from, "{");
    int end = nfa.state();
    nfa.edge(open, '}', '}', end);
    int member = nfa.fork(open);
    int name = literal(Pattern.any(nfa, literal(member, "\"")), "\"");
    int behind = nfa.fork(item(values, separator(name, ':')));
    nfa.edge(behind, '}', '}', end);
    nfa.skip(separator(behind, ','), member);
    return end;
  }

  /** Any value, so many arrays or objects deep. */
  private int any(int from, int levels) {
    deep = true;
    int end = nfa.state();
    nfa.skip(Numbers.number(nfa, nfa.fork(from)), end);
    int text = literal(nfa.fork(from), "\"");
    nfa.skip(literal(Pattern.any(nfa, text), "\""), end);
    for (String word : List.of("true", "false", "null")) {
      nfa.skip(literal(nfa.fork(from), word), end);
    }
    if (levels > 0) {
      int array = literal(nfa.fork(from), "[");
      nfa.edge(array, ']', ']', end);
      int item = nfa.fork(array);
      int behind = nfa.fork(any(item, levels - 1));
      nfa.edge(behind, ']', ']', end);
      nfa.skip(separator(behind, ','), item);
      int object = literal(nfa.fork(from), "{");
      nfa.edge(object, '}', '}', end);
      int member = nfa.fork(object);
      int name = literal(Pattern.any(nfa, literal(member, "\"")), "\"");
      int value = nfa.fork(any(separator(name, ':'), levels - 1));
      nfa.edge(value, '}', '}', end);
      nfa.skip(separator(value, ','), member);
    }
    return end;
  }

  private static String text(JsonObject object, String key) {
    if (object.get(key) instanceof JsonPrimitive text && text.isString()) {
      return text.getAsString();
    }
    throw refuse(key + " that is no text");
  }

  private static JsonArray array(JsonObject object, String key) {
    if (object.get(key) instanceof JsonArray array) {
      return array;
    }
    throw refuse(key + " that is no list");
  }

  private static int number(JsonObject object, String key, int absent) {
    if (!object.has(key)) {
      return absent;
    }
    if (object.get(key) instanceof JsonPrimitive number && number.isNumber()) {
      double value = number.getAsDouble();
      if (value == Math.rint(value) && value >= 0 && value <= MOST_NUMBER) {
        return (int) value;
      }
    }
    throw refuse(key + " that is no integer from 0 to " + MOST_NUMBER);
  }
}
