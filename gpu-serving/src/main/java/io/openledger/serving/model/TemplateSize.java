package io.openledger.serving.model;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.SetTag;
import com.hubspot.jinjava.tree.TagNode;
import io.openledger.serving.model.ChatTemplate.Raised;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How large a template's values are when each list in a list is counted each time: what printing
 * them would cost. A list of twice the same list doubles it, so that forty assignments would print
 * for ever; it is refused where it is assigned.
 */
final class TemplateSize {

  private static final int DEPTH = 60;

  private TemplateSize() {}

  /** Refuses more than {@link ChatTemplate#MOST_VALUES} values, or lists too deep in lists. */
  static void refuseDeep(@Nullable Object value) {
    count(value, 0, 0);
  }

  private static int count(@Nullable Object value, int depth, int before) {
    int count = before + 1;
    if (count > ChatTemplate.MOST_VALUES || depth > DEPTH) {
      throw new Raised("values over the limit");
    }
    if (value instanceof Map<?, ?> map) {
      for (Object each : map.values()) {
        count = count(each, depth + 1, count);
      }
    } else if (value instanceof Collection<?> all) {
      for (Object each : all) {
        count = count(each, depth + 1, count);
      }
    }
    return count;
  }

  /** Whether a value is, or has somewhere in it, this very list. */
  static boolean holds(@Nullable Object value, Object list) {
    if (value == list) {
      return true;
    }
    Collection<?> all =
        value instanceof Map<?, ?> map
            ? map.values()
            : value instanceof Collection<?> some ? some : java.util.List.of();
    return all.stream().anyMatch(each -> holds(each, list));
  }

  /** {@code set}, with a look at what was assigned. */
  static final class BoundedSet extends SetTag {
    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      String output = super.interpret(tag, interpreter);
      String targets = tag.getHelpers().split("=", 2)[0];
      for (String target : targets.split(",")) {
        refuseDeep(interpreter.getContext().get(target.strip().split("\\.", 2)[0]));
      }
      return output;
    }
  }
}
