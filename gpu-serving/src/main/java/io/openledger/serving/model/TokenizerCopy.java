package io.openledger.serving.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a {@code tokenizer.json} the native library is given: a copy written here, of what was
 * checked. The library ends the whole process where parts of a file are not well-formed (it takes
 * for granted that a decoder is JSON whose numbers fit), and knows settings that this engine
 * overrules. So whatever it reads is strict JSON, without truncation, padding and unknown keys, of
 * parts that {@link TokenizerParts} let through.
 */
final class TokenizerCopy {

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?");
  private static final int DEPTH = 6;

  private final JsonReader from;
  private final JsonWriter to;
  private final TokenizerParts parts = new TokenizerParts();

  /**
   * A copy.
   *
   * @param json what the library is given
   * @param nature as {@link TokenizerParts#nature}
   */
  record Checked(String json, SplitPattern.Nature nature) {}

  private TokenizerCopy(JsonReader from, JsonWriter to) {
    this.from = from;
    this.to = to;
  }

  /**
   * The copy. Takes as much memory as the text.
   *
   * @throws io.openledger.api.OpenLedgerException naming a part that is not let through
   * @throws IOException and RuntimeException when it is not JSON
   */
  static Checked of(String tokenizer) throws IOException {
    StringWriter text = new StringWriter(tokenizer.length());
    SplitPattern.Nature nature;
    try (JsonReader from = new JsonReader(new StringReader(tokenizer));
        JsonWriter to = new JsonWriter(text)) {
      from.setStrictness(Strictness.STRICT);
      to.setHtmlSafe(false);
      TokenizerCopy writer = new TokenizerCopy(from, to);
      writer.root();
      nature = writer.parts.nature();
      if (from.peek() != JsonToken.END_DOCUMENT) {
        throw refuse("text after its object", "one JSON object");
      }
    }
    String copy = text.toString();
    if (lone(copy)) {
      throw refuse("half a character", "whole characters");
    }
    return new Checked(copy, nature);
  }

  private void root() throws IOException {
    Set<String> seen = new HashSet<>();
    from.beginObject();
    to.beginObject();
    while (from.hasNext()) {
      String name = from.nextName();
      if (!seen.add(name)) {
        throw refuse(name + " twice", "each key once");
      }
      if (TokenizerParts.has(name)) {
        JsonElement part = JsonParser.parseReader(from);
        parts.check(name, part);
        to.name(name).jsonValue(part.toString());
      } else if (name.equals("added_tokens") || name.equals("model") || name.equals("version")) {
        to.name(name);
        if (name.equals("model")) {
          model();
        } else {
          value(0);
        }
      } else {
        from.skipValue();
      }
    }
    from.endObject();
    to.endObject();
  }

  private void model() throws IOException {
    Set<String> seen = new HashSet<>();
    from.beginObject();
    to.beginObject();
    while (from.hasNext()) {
      String name = from.nextName();
      if (!seen.add(name)) {
        throw refuse("model with " + name + " twice", "each key once");
      }
      to.name(name);
      TokenizerParts.checkModel(name, from, to, () -> value(1));
    }
    if (!seen.contains("type")) {
      throw refuse("a model without a type", "a type");
    }
    from.endObject();
    to.endObject();
  }

  /** Where a value is copied. */
  interface Copying {
    void copy() throws IOException;
  }

  private void value(int depth) throws IOException {
    if (depth > DEPTH) {
      throw refuse("lists or objects deeper than " + DEPTH, "at most as deep");
    }
    switch (from.peek()) {
      case BEGIN_ARRAY -> {
        from.beginArray();
        to.beginArray();
        while (from.hasNext()) {
          value(depth + 1);
        }
        from.endArray();
        to.endArray();
      }
      case BEGIN_OBJECT -> {
        from.beginObject();
        to.beginObject();
        while (from.hasNext()) {
          to.name(from.nextName());
          value(depth + 1);
        }
        from.endObject();
        to.endObject();
      }
      case STRING -> to.value(from.nextString());
      case NUMBER -> to.jsonValue(number(from.nextString()));
      case BOOLEAN -> to.value(from.nextBoolean());
      default -> {
        from.nextNull();
        to.nullValue();
      }
    }
  }

  /** As it is spelled, so that no digit of a score changes. */
  private static String number(String spelled) {
    if (!NUMBER.matcher(spelled).matches()) {
      throw refuse("a number of " + spelled.length() + " characters", "one that a double holds");
    }
    return spelled;
  }

  private static boolean lone(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static RuntimeException refuse(String arrived, String allowed) {
    return Broken.CHECKPOINT.because("tokenizer.json has " + arrived, allowed);
  }
}
