package io.openledger.serving.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** White space as Unicode has it, in expressions and in texts. */
final class Blanks {

  /** Hexadecimal digits and one vertical tab there, blanks here. */
  private static final Pattern OTHERWISE = Pattern.compile("\\\\[hHvV]");

  private static final Pattern ONLY = Pattern.compile("\\[?(?:\\\\[srntf]|[ \r\n\t\f])+]?");

  private Blanks() {}

  static boolean is(char unit) {
    return switch (unit) {
      case '\u0085', '\u00A0', '\u1680', '\u2028', '\u2029', '\u202F', '\u205F', '\u3000' -> true;
      default ->
          unit == ' ' || unit >= '\t' && unit <= '\r' || unit >= '\u2000' && unit <= '\u200A';
    };
  }

  /**
   * Whether one character's expression stands for blanks alone, or for others alone. Where this
   * platform does not read it, or reads something else, it might stand for both.
   */
  static boolean apart(String one) {
    if (OTHERWISE.matcher(one).find()) {
      return false;
    }
    Matcher matcher;
    try {
      matcher = Pattern.compile(one, Pattern.UNICODE_CHARACTER_CLASS | Pattern.DOTALL).matcher("");
    } catch (PatternSyntaxException e) {
      return false;
    }
    boolean blanks = false;
    for (int unit = 0; unit <= 0x3000; unit++) {
      blanks |= is((char) unit) && matches(matcher, unit);
    }
    return !blanks || ONLY.matcher(one).matches();
  }

  private static boolean matches(Matcher matcher, int point) {
    return matcher.reset(Character.toString(point)).matches();
  }

  /** The longest run of blanks, or of others, in UTF-16 code units. */
  static int longestRun(String text) {
    int longest = 0;
    int run = 0;
    boolean before = false;
    for (int i = 0; i < text.length(); i++) {
      boolean blank = is(text.charAt(i));
      run = blank == before ? run + 1 : 1;
      before = blank;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** The sum of the squares of the lengths of runs of blanks, about. */
  static long squares(String text) {
    long squares = 0;
    long run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = is(text.charAt(i)) ? run + 1 : 0;
      squares += 2 * run;
    }
    return squares;
  }
}
