package io.openledger.serving.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.openledger.serving.model.JsonQuote;
import java.util.Map;

/** JSON without blanks, strings spelled as {@link CodePoints} spells them. */
final class JsonText {

  private JsonText() {}

  static String of(JsonElement value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonElement value, StringBuilder out) {
    if (value instanceof JsonObject object) {
      out.append('{');
      String comma = "";
      for (Map.Entry<String, JsonElement> each : object.entrySet()) {
        out.append(comma).append(quoted(each.getKey())).append(':');
        write(each.getValue(), out);
        comma = ",";
      }
      out.append('}');
    } else if (value instanceof JsonArray array) {
      out.append('[');
      String comma = "";
      for (JsonElement each : array) {
        out.append(comma);
        write(each, out);
        comma = ",";
      }
      out.append(']');
    } else if (value instanceof JsonPrimitive text && text.isString()) {
      out.append(quoted(text.getAsString()));
    } else {
      // A number as the schema spells it, true, false, null.
      out.append(value);
    }
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    JsonQuote.quote(text, out);
    return out.toString();
  }
}
