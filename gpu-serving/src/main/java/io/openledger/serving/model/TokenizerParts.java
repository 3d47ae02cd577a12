package io.openledger.serving.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks the parts of a {@code tokenizer.json} before the native library sees them: it ends the
 * process where a part contradicts itself, for instance where a template names a special token that
 * it does not list, or strips more characters than a token has. Only parts are let through that the
 * supported families' tokenizers use and whose settings are checked here; what the library itself
 * refuses with an error (a wrong type, an unknown field) is left to it.
 */
final class TokenizerParts {

  /** A part's types; a type is not enough to be safe where {@link #settings} has a case for it. */
  private static final Map<String, Set<String>> TYPES =
      Map.of(
          "normalizer",
          Set.of("Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace"),
          "pre_tokenizer",
          Set.of(
              "Sequence",
              "ByteLevel",
              "Split",
              "Digits",
              "Metaspace",
              "Punctuation",
              "Whitespace",
              "WhitespaceSplit"),
          "post_processor",
          Set.of("Sequence", "ByteLevel", "TemplateProcessing"),
          "decoder",
          Set.of("Sequence", "ByteLevel", "ByteFallback", "Fuse", "Metaspace", "Replace", "Strip"));

  /** What a part of type Sequence lists its parts as. */
  private static final Map<String, String> LISTS =
      Map.of(
          "normalizer",
          "normalizers",
          "pre_tokenizer",
          "pretokenizers",
          "post_processor",
          "processors",
          "decoder",
          "decoders");

  /** Settings that are no flag or text: {@link #settings} has a check for each. */
  private static final Set<String> CHECKED =
      Set.of("pattern", "start", "stop", "single", "pair", "special_tokens");

  private static final List<String> MODELS = List.of("BPE", "Unigram");
  private static final int PARTS = 64;
  private static final int DEPTH = 8;
  private static final int LONGEST = 4096;
  private static final long IDS = 1L << 22;

  /** How many times longer replacements may make a text; {@code " "} to U+2581 is 3. */
  private static final long GROWTH = 16;

  private static final JsonElement PAIR =
      JsonParser.parseString(
          "[{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}},"
              + " {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}]");

  private int parts;
  private int byteLevels;
  private int metaspaces;
  private long growth = 1;
  private SplitPattern.Nature nature = SplitPattern.Nature.HARMLESS;

  /** What texts must not have. Known once all parts are checked. */
  SplitPattern.Nature nature() {
    return nature;
  }

  /** Whether a key of the file's object is a part that is checked here. */
  static boolean has(String key) {
    return TYPES.containsKey(key);
  }

  /**
   * Checks one part, with those that it is made of.
   *
   * @param key {@code normalizer}, {@code pre_tokenizer}, {@code post_processor}, {@code decoder}
   * @throws io.openledger.api.OpenLedgerException naming the part and its type
   */
  void check(String key, JsonElement value) {
    growth = 1;
    check(key, value, 0);
  }

  /**
   * Checks and copies one setting of the model. A prefix of subwords ends the process where a merge
   * is shorter than it; dropout would make the same text different tokens each time.
   */
  static void checkModel(String key, JsonReader from, JsonWriter to, TokenizerCopy.Copying copying)
      throws IOException {
    switch (from.peek() == JsonToken.NULL ? "null" : key) {
      case "type" -> {
        String type = from.nextString();
        if (!MODELS.contains(type)) {
          throw refuse("model", "type " + type, String.join(", ", MODELS));
        }
        to.value(type);
      }
      case "continuing_subword_prefix" -> {
        if (!from.nextString().isEmpty()) {
          throw refuse("model", key, "none");
        }
        to.nullValue();
      }
      case "dropout" -> {
        if (from.nextDouble() != 0) {
          throw refuse("model", key, "none");
        }
        to.nullValue();
      }
      default -> copying.copy();
    }
  }

  private void check(String key, JsonElement value, int depth) {
    if (value.isJsonNull() && depth == 0) {
      return;
    }
    if (!(value instanceof JsonObject part)) {
      throw refuse(key, "a value that is no object", "null or an object with a type");
    }
    String type = text(key, part, "type");
    Set<String> allowed = TYPES.getOrDefault(key, Set.of());
    if (!allowed.contains(type)) {
      throw refuse(key, "type " + type, String.join(", ", allowed.stream().sorted().toList()));
    }
    if (++parts > PARTS || depth > DEPTH) {
      throw refuse(key, "more parts, or deeper ones", PARTS + " parts, " + DEPTH + " deep");
    }
    if (type.equals("Sequence")) {
      String list = LISTS.getOrDefault(key, "");
      if (part.size() != 2) {
        throw refuse(key, "a Sequence with another setting", "type and " + list);
      }
      for (JsonElement each : array(key, part, list)) {
        check(key, each, depth + 1);
      }
      return;
    }
    settings(key, type, part);
  }

  /** Beside what a type's own check looks at, flags and short texts alone. */
  private void settings(String key, String type, JsonObject part) {
    for (Map.Entry<String, JsonElement> each : part.entrySet()) {
      boolean own = CHECKED.contains(each.getKey());
      boolean plain =
          each.getValue() instanceof JsonPrimitive value
              && (value.isBoolean() || value.isString() && value.getAsString().length() <= LONGEST);
      if (each.getKey().length() > LONGEST || !own && !plain && !each.getValue().isJsonNull()) {
        throw refuse(key, type + " with another setting", "flags and texts");
      }
    }
    refuseStray(key, type, part);
    switch (type) {
      case "TemplateProcessing" -> template(part);
      case "Split", "Replace" -> pattern(key, part);
      case "ByteLevel" -> {
        // Each writes a byte beyond ASCII as two: one after another they would double a text.
        if (key.equals("pre_tokenizer") && ++byteLevels > 1) {
          throw refuse(key, "ByteLevel twice", "once");
        }
      }
      case "Metaspace" -> {
        if (key.equals("pre_tokenizer") && ++metaspaces > 1) {
          throw refuse(key, "Metaspace twice", "once");
        }
        if (text(key, part, "replacement").codePoints().count() != 1) {
          throw refuse(key, "a replacement", "one character");
        }
      }
      case "Strip" -> {
        if (key.equals("decoder")) {
          strip(part);
        }
      }
      case "Prepend" -> {
        if (text(key, part, "prepend").isEmpty()) {
          throw refuse(key, "an empty text to prepend", "a text");
        }
      }
      default -> {
        // flags alone
      }
    }
  }

  /** Only one space at the beginning is stripped by the families that strip at all. */
  private static void strip(JsonObject part) {
    String content = text("decoder", part, "content");
    long start = number("decoder", part, "start", 1);
    long stop = number("decoder", part, "stop", 0);
    if (content.codePoints().count() != 1) {
      throw refuse("decoder", "Strip from " + start + ", " + stop, "one character");
    }
  }

  private void refuseStray(String key, String type, JsonObject part) {
    Set<String> owned =
        switch (type) {
          case "TemplateProcessing" -> Set.of("single", "pair", "special_tokens");
          case "Split", "Replace" -> Set.of("pattern");
          case "Strip" -> key.equals("decoder") ? Set.of("start", "stop") : Set.of();
          default -> Set.of();
        };
    for (String setting : CHECKED) {
      if (part.has(setting) && !owned.contains(setting)) {
        throw refuse(key, type + " with " + setting, "its own settings");
      }
    }
  }

  private void pattern(String key, JsonObject part) {
    if (!(part.get("pattern") instanceof JsonObject pattern) || pattern.size() != 1) {
      throw refuse(key, "no pattern", "one of String and Regex");
    }
    String kind = pattern.has("Regex") ? "Regex" : "String";
    if (text(key, pattern, kind).isEmpty()) {
      throw refuse(key, "an empty pattern", "a pattern");
    }
    if (kind.equals("Regex")) {
      if (!key.equals("pre_tokenizer")) {
        throw refuse(key, "a Regex", "a String");
      }
      try {
        nature = nature.with(SplitPattern.check(text(key, pattern, kind)));
      } catch (SplitPattern.Refused e) {
        throw refuse(
            key,
            "a Regex with " + e.getMessage(),
            "one that never tries more than " + SplitPattern.STEPS + " ways for each character");
      }
    }
    if (part.has("content")) {
      long from = utf8(text(key, pattern, kind));
      growth *= (utf8(text(key, part, "content")) + from - 1) / from;
      growth = Math.max(growth, 1);
      if (growth > GROWTH) {
        throw refuse(key, "replacements by more than " + GROWTH + " times as much", "less");
      }
    }
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void template(JsonObject part) {
    String key = "post_processor";
    if (!(part.get("special_tokens") instanceof JsonObject special)) {
      throw refuse(key, "no special_tokens", "an object");
    }
    Set<String> known = new HashSet<>();
    for (Map.Entry<String, JsonElement> each : special.entrySet()) {
      if (!(each.getValue() instanceof JsonObject token)
          || token.size() != 3
          || !text(key, token, "id").equals(each.getKey())) {
        throw refuse(key, "a special token under another id", "its own id");
      }
      JsonArray ids = array(key, token, "ids");
      JsonArray tokens = array(key, token, "tokens");
      if (ids.isEmpty() || ids.size() != tokens.size() || ids.size() > PARTS) {
        throw refuse(key, "a special token without ids, or more ids than tokens", "one for one");
      }
      for (JsonElement text : tokens) {
        if (!(text instanceof JsonPrimitive plain) || !plain.isString()) {
          throw refuse(key, "a token that is no text", "a text");
        }
      }
      for (JsonElement id : ids) {
        number(key, id, IDS - 1);
      }
      known.add(each.getKey());
    }
    pieces(array(key, part, "single"), known, Set.of("A"));
    // Texts are never read in pairs, and what files say of them is often nothing: a whole one.
    part.add("pair", PAIR.deepCopy());
  }

  private static void pieces(JsonArray pieces, Set<String> known, Set<String> sequences) {
    String key = "post_processor";
    if (pieces.size() > PARTS) {
      throw refuse(key, pieces.size() + " pieces", "at most " + PARTS);
    }
    Set<String> seen = new HashSet<>();
    for (JsonElement each : pieces) {
      if (!(each instanceof JsonObject piece) || piece.size() != 1) {
        throw refuse(key, "a piece that is none", "SpecialToken or Sequence");
      }
      boolean special = piece.has("SpecialToken");
      if (!(piece.get(special ? "SpecialToken" : "Sequence") instanceof JsonObject named)) {
        throw refuse(key, "a piece that is none", "SpecialToken or Sequence");
      }
      String id = text(key, named, "id");
      number(key, named, "type_id", 1 << 16);
      if (named.size() != 2) {
        throw refuse(key, "a piece with another setting", "id and type_id");
      }
      if (!(special ? known : sequences).contains(id) || !special && !seen.add(id)) {
        throw refuse(key, "a piece " + id, "listed special tokens, and each sequence once");
      }
    }
    if (!seen.equals(sequences)) {
      throw refuse(key, "a template without its sequences", sequences.toString());
    }
  }

  private static JsonArray array(String key, JsonObject of, String name) {
    if (of.get(name) instanceof JsonArray array) {
      return array;
    }
    throw refuse(key, "no list " + name, "a list");
  }

  private static String text(String key, JsonObject of, String name) {
    if (of.get(name) instanceof JsonPrimitive text
        && text.isString()
        && text.getAsString().length() <= LONGEST) {
      return text.getAsString();
    }
    throw refuse(key, "no text " + name, "a text of at most " + LONGEST + " characters");
  }

  private static long number(String key, JsonObject of, String name, long most) {
    JsonElement value = of.get(name);
    if (value == null) {
      throw refuse(key, "no " + name, "0 to " + most);
    }
    return number(key, value, most);
  }

  private static long number(String key, JsonElement value, long most) {
    if (value instanceof JsonPrimitive number && number.isNumber()) {
      String spelled = number.getAsString();
      if (spelled.matches("0|[1-9][0-9]{0,9}") && Long.parseLong(spelled) <= most) {
        return Long.parseLong(spelled);
      }
    }
    throw refuse(key, "a number", "an integer from 0 to " + most);
  }

  private static RuntimeException refuse(String key, String arrived, String allowed) {
    return Broken.CHECKPOINT.because("tokenizer.json, " + key + ", has " + arrived, allowed);
  }
}
