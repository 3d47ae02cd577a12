package io.openledger.runtime.rest;

import io.openledger.api.Page;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads query and path parameters. JAX-RS would convert them itself, but answers a bad one with
 * 404.
 */
final class Parameters {

  /** How many items a page has when nothing is said. */
  private static final int LIMIT = 50;

  private Parameters() {}

  static long offset(@Nullable String text) {
    return text == null ? 0 : whole("offset", text, 0, Long.MAX_VALUE);
  }

  static int limit(@Nullable String text) {
    return text == null ? LIMIT : (int) whole("limit", text, 1, Page.MAX_LIMIT);
  }

  static long whole(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw RequestException.parameter(
        name, "'" + text + "'", "a whole number from " + least + " to " + most);
  }

  static Instant instant(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw RequestException.parameter(
          name, "'" + text + "'", "a time such as 2026-11-21T07:00:00Z");
    }
  }

  static LocalDate date(String name, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw RequestException.parameter(name, "'" + text + "'", "a date such as 2026-11-21");
    }
  }

  /** A constant by its name, without regard to case. */
  static <E extends Enum<E>> E constant(String name, String text, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(c -> c.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                RequestException.parameter(
                    name,
                    "'" + text + "'",
                    "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)));
  }

  static Optional<String> optional(@Nullable String text) {
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
