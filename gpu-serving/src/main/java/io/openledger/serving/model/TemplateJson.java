package io.openledger.serving.model;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import io.openledger.serving.model.ChatTemplate.Raised;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code tojson} as Hugging Face's templates have it: Python's {@code json.dumps} without ASCII
 * escapes, blanks behind commas and colons, keys in their order, {@code indent} where given.
 */
final class TemplateJson implements AdvancedFilter {

  private final int limit;

  TemplateJson(int limit) {
    this.limit = limit;
  }

  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(
      @Nullable Object value,
      JinjavaInterpreter interpreter,
      Object[] arguments,
      Map<String, Object> named) {
    TemplateSize.refuseDeep(value);
    @Nullable Object indent = arguments.length > 0 ? arguments[0] : named.get("indent");
    int blanks =
        indent instanceof Number number ? Math.max(0, Math.min(16, number.intValue())) : -1;
    StringBuilder out = new StringBuilder();
    write(value, blanks, 0, out);
    return out.toString();
  }

  private void write(@Nullable Object value, int indent, int depth, StringBuilder out) {
    if (out.length() > limit) {
      throw new Raised("JSON over the limit");
    }
    if (value instanceof Map<?, ?> map) {
      out.append('{');
      Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<?, ?> each = entries.next();
        line(indent, depth + 1, out);
        JsonQuote.quote(String.valueOf(each.getKey()), out);
        out.append(": ");
        write(each.getValue(), indent, depth + 1, out);
        comma(entries, indent, depth, out);
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      Iterator<?> values = list.iterator();
      while (values.hasNext()) {
        line(indent, depth + 1, out);
        write(values.next(), indent, depth + 1, out);
        comma(values, indent, depth, out);
      }
      out.append(']');
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      JsonQuote.quote(String.valueOf(value), out);
    }
  }

  private static void comma(Iterator<?> more, int indent, int depth, StringBuilder out) {
    if (more.hasNext()) {
      out.append(indent < 0 ? ", " : ",");
    } else {
      line(indent, depth, out);
    }
  }

  private static void line(int indent, int depth, StringBuilder out) {
    if (indent >= 0) {
      out.append('\n').append(" ".repeat(indent * depth));
    }
  }
}
