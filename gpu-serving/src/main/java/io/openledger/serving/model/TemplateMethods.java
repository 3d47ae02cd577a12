package io.openledger.serving.model;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.objects.SafeString;
import com.hubspot.jinjava.objects.collections.PyList;
import com.hubspot.jinjava.util.ForLoop;
import io.openledger.serving.model.ChatTemplate.Raised;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * The methods of Python's texts, lists and dictionaries that chat templates call, and no others: no
 * method of a Java object is ever called, and no property is read but those of lists, maps and the
 * loop. A text that a method makes is bounded before it is made.
 */
final class TemplateMethods extends ELResolver {

  private static final ELResolver PROPERTIES =
      JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY;

  private final int limit;

  /**
   * @param limit how long a text, and how many values a list, may be
   */
  TemplateMethods(int limit) {
    this.limit = limit;
  }

  @Override
  public @Nullable Object invoke(
      ELContext context,
      @Nullable Object base,
      Object method,
      Class<?> @Nullable [] types,
      Object @Nullable [] params) {
    // Jinjava calls its filters and tests as methods, too.
    if (base instanceof Filter || base instanceof ExpTest) {
      return PROPERTIES.invoke(context, base, method, types, params);
    }
    context.setPropertyResolved(true);
    @Nullable Object[] arguments = params == null ? new Object[0] : params;
    String name = String.valueOf(method);
    if (base instanceof CharSequence || base instanceof SafeString) {
      return onText(String.valueOf(base), name, arguments);
    }
    if (base instanceof List<?> list) {
      return onList(list, name, arguments);
    }
    if (base instanceof Map<?, ?> map) {
      return onMap(map, name, arguments);
    }
    throw unknown(name);
  }

  private static Raised unknown(String name) {
    return new Raised("no method " + name.substring(0, Math.min(40, name.length())));
  }

  private @Nullable Object onText(String text, String name, @Nullable Object[] arguments) {
    return switch (name) {
      case "strip" -> strip(text, arguments, true, true);
      case "lstrip" -> strip(text, arguments, true, false);
      case "rstrip" -> strip(text, arguments, false, true);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "title" -> title(text);
      case "capitalize" ->
          text.isEmpty()
              ? text
              : text.substring(0, 1).toUpperCase(Locale.ROOT)
                  + text.substring(1).toLowerCase(Locale.ROOT);
      case "startswith" -> text.startsWith(text(arguments, 0));
      case "endswith" -> text.endsWith(text(arguments, 0));
      case "find" -> (long) text.indexOf(text(arguments, 0));
      case "rfind" -> (long) text.lastIndexOf(text(arguments, 0));
      case "count" -> count(text, text(arguments, 0));
      case "replace" -> replace(text, text(arguments, 0), text(arguments, 1));
      case "split" -> split(text, arguments);
      case "splitlines" -> list(List.of(text.split("\r\n|\n|\r")));
      case "join" -> join(text, arguments);
      case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
      default -> throw unknown(name);
    };
  }

  private static String text(@Nullable Object[] arguments, int at) {
    if (at < arguments.length
        && (arguments[at] instanceof CharSequence || arguments[at] instanceof SafeString)) {
      return String.valueOf(arguments[at]);
    }
    throw new Raised("a method without the text it needs");
  }

  private static String strip(
      String text, @Nullable Object[] arguments, boolean left, boolean right) {
    @Nullable String cut = arguments.length > 0 ? text(arguments, 0) : null;
    int from = 0;
    int to = text.length();
    while (left && from < to && stripped(text.charAt(from), cut)) {
      from++;
    }
    while (right && to > from && stripped(text.charAt(to - 1), cut)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean stripped(char c, @Nullable String cut) {
    return cut == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c)
        : cut.indexOf(c) >= 0;
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder(text);
    boolean inside = false;
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      out.setCharAt(i, inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }

  private static long count(String text, String what) {
    if (what.isEmpty()) {
      return text.length() + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length())) {
      count++;
    }
    return count;
  }

  private String replace(String text, String what, String with) {
    long length = text.length() + count(text, what) * (long) (with.length() - what.length());
    if (length > limit) {
      throw new Raised("a text over the limit");
    }
    return text.replace(what, with);
  }

  private Object split(String text, @Nullable Object[] arguments) {
    long most = arguments.length > 1 && arguments[1] instanceof Number n ? n.longValue() : -1;
    List<Object> parts = new ArrayList<>();
    if (arguments.length == 0 || arguments[0] == null) {
      for (String part : text.strip().split("\\s+")) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
      return list(parts);
    }
    String separator = text(arguments, 0);
    if (separator.isEmpty()) {
      throw new Raised("split at an empty text");
    }
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return list(parts);
  }

  private Object join(String separator, @Nullable Object[] arguments) {
    if (arguments.length == 0 || !(arguments[0] instanceof Iterable<?> values)) {
      throw new Raised("join without a list");
    }
    StringBuilder out = new StringBuilder();
    String between = "";
    for (Object value : values) {
      if (!(value instanceof CharSequence)) {
        throw new Raised("join of what are no texts");
      }
      out.append(between).append(value);
      between = separator;
      if (out.length() > limit) {
        throw new Raised("a text over the limit");
      }
    }
    return out.toString();
  }

  private PyList list(List<?> values) {
    if (values.size() > ChatTemplate.MOST_VALUES) {
      throw new Raised("a list over the limit");
    }
    return new PyList(new ArrayList<Object>(values));
  }

  @SuppressWarnings("unchecked")
  private @Nullable Object onList(List<?> list, String name, @Nullable Object[] arguments) {
    switch (name) {
      case "append" -> {
        if (arguments.length != 1 || list.size() >= ChatTemplate.MOST_VALUES) {
          throw new Raised("a list over the limit");
        }
        boolean nests = arguments[0] instanceof Iterable<?> || arguments[0] instanceof Map<?, ?>;
        if (nests) {
          TemplateSize.refuseDeep(arguments[0]);
          // Such a list has no end.
          if (TemplateSize.holds(arguments[0], list)) {
            throw new Raised("a list in itself");
          }
        }
        ((List<@Nullable Object>) list).add(arguments[0]);
        if (nests) {
          TemplateSize.refuseDeep(list);
        }
        return "";
      }
      case "count" -> {
        return list.stream().filter(each -> each != null && each.equals(arguments[0])).count();
      }
      default -> throw unknown(name);
    }
  }

  private @Nullable Object onMap(Map<?, ?> map, String name, @Nullable Object[] arguments) {
    switch (name) {
      case "get" -> {
        Object value = map.get(text(arguments, 0));
        return value != null ? value : arguments.length > 1 ? arguments[1] : null;
      }
      case "keys" -> {
        return list(List.copyOf(map.keySet()));
      }
      case "values" -> {
        return list(new ArrayList<>(map.values()));
      }
      case "items" -> {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(new PyList(new ArrayList<>(List.of(key, value)))));
        return list(items);
      }
      default -> throw unknown(name);
    }
  }

  @Override
  public @Nullable Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof Map<?, ?> || base instanceof List<?> || base instanceof ForLoop) {
      return PROPERTIES.getValue(context, base, property);
    }
    // As an attribute that is not there.
    context.setPropertyResolved(true);
    return null;
  }

  @Override
  public @Nullable Class<?> getType(ELContext context, Object base, Object property) {
    return PROPERTIES.getType(context, base, property);
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    throw new Raised("nothing can be set so");
  }

  @Override
  public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
    return Object.class;
  }

  @Override
  public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(
      ELContext context, Object base) {
    return null;
  }
}
