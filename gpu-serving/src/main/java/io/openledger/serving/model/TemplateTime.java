package io.openledger.serving.model;

import io.openledger.serving.model.ChatTemplate.Raised;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code strftime_now}: the time in the usual of C's directives, in English. */
final class TemplateTime {

  private static final int LIMIT = 200;

  private TemplateTime() {}

  static String format(String format, ZonedDateTime now) {
    if (format.length() > LIMIT) {
      throw new Raised("a format of time over the limit");
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      char directive = ++i < format.length() ? format.charAt(i) : ' ';
      String pattern =
          switch (directive) {
            case '%' -> "'%'";
            case 'Y' -> "yyyy";
            case 'y' -> "yy";
            case 'm' -> "MM";
            case 'd' -> "dd";
            case 'B' -> "MMMM";
            case 'b' -> "MMM";
            case 'A' -> "EEEE";
            case 'a' -> "EEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            default -> throw new Raised("a format of time with %" + directive);
          };
      out.append(DateTimeFormatter.ofPattern(pattern, Locale.US).format(now));
    }
    return out.toString();
  }
}
