package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A regular expression of Python's over the paths of modules. An adapter's expressions are not
 * ours, and one that tries and gives back may never come to an end; here all places that a part may
 * end at are followed at once (Thompson 1968), so that a match costs the expression's length times
 * the path's, and loops in loops a few times more. What that cannot do (references, looking behind,
 * modes, atomic parts) is refused by name.
 *
 * <p>Places in a path, 0 to its length, are bits of a {@code long}. Immutable; safe for any thread.
 */
final class ModulePattern {

  private static final int LONGEST = 1000;
  private static final int LONGEST_PATH = 63;
  private static final int DEPTH = 40;
  private static final int REPEATS = 100_000;

  /** How many steps all matches of one adapter may take: a second or two. */
  static final class Budget {
    private long left = 200_000_000;

    private void spend(ModulePattern pattern) {
      if (--left < 0) {
        throw refuse("patterns whose matching takes too long, such as " + pattern.source);
      }
    }
  }

  /** A part of an expression: from a set of places to the set of those that it may end at. */
  private interface Part {
    long step(Match match, long from);
  }

  /** One path that is looked at. */
  private record Match(ModulePattern pattern, String path, Budget budget) {}

  private final String source;
  private final Part whole;
  private int at;
  private int depth;

  private ModulePattern(String source) {
    this.source = source;
    this.whole = alternatives();
    if (at < source.length()) {
      throw wrong("')' without '('");
    }
  }

  /**
   * Reads an expression.
   *
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_UNSUPPORTED}
   */
  static ModulePattern of(String source) {
    if (source.length() > LONGEST) {
      throw refuse("a pattern of " + source.length() + " characters");
    }
    return new ModulePattern(source);
  }

  /** Whether the whole path matches. */
  boolean matches(String path, Budget budget) {
    return ends(path, 1, budget) >> path.length() != 0;
  }

  /** Whether the path matches from its start or from behind one of its dots on. */
  boolean matchesEnd(String path, Budget budget) {
    long starts = 1;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      starts |= 1L << (dot + 1);
    }
    return ends(path, starts, budget) >> path.length() != 0;
  }

  /** The number behind the last place {@code .X.N.} where X matches; empty: there is none. */
  String numberBehind(String path, Budget budget) {
    for (int dot = path.lastIndexOf('.'); dot >= 0; dot = path.lastIndexOf('.', dot - 1)) {
      long ends = ends(path, 1L << (dot + 1), budget);
      for (int end = path.length(); end > dot; end--) {
        if ((ends >> end & 1) != 0 && end < path.length() && path.charAt(end) == '.') {
          int behind = end + 1;
          while (behind < path.length() && digit(path.charAt(behind))) {
            behind++;
          }
          int length = behind - end - 1;
          if (length > 0 && length <= 6 && behind < path.length() && path.charAt(behind) == '.') {
            return path.substring(end + 1, behind);
          }
        }
      }
    }
    return "";
  }

  private long ends(String path, long starts, Budget budget) {
    if (path.length() > LONGEST_PATH) {
      throw new IllegalArgumentException("a path of " + path.length() + " characters");
    }
    return whole.step(new Match(this, path, budget), starts);
  }

  private static OpenLedgerException refuse(String what) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_UNSUPPORTED,
        "adapter_config.json has " + what,
        "regular expressions of at most "
            + LONGEST
            + " characters, without references, looking"
            + " behind and modes, that end soon",
        "name the modules instead");
  }

  private OpenLedgerException wrong(String what) {
    return refuse("the pattern " + source + " with " + what);
  }

  private Part alternatives() {
    if (++depth > DEPTH) {
      throw wrong("groups deeper than " + DEPTH);
    }
    List<Part> parts = new ArrayList<>();
    do {
      parts.add(sequence());
    } while (take('|'));
    depth--;
    if (parts.size() == 1) {
      return parts.get(0);
    }
    return (match, from) -> {
      long ends = 0;
      for (Part part : parts) {
        ends |= part.step(match, from);
      }
      return ends;
    };
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (at < source.length() && source.charAt(at) != '|' && source.charAt(at) != ')') {
      parts.add(repeated());
    }
    return (match, from) -> {
      long places = from;
      for (Part part : parts) {
        match.budget.spend(match.pattern);
        if (places == 0) {
          return 0;
        }
        places = part.step(match, places);
      }
      return places;
    };
  }

  private Part repeated() {
    boolean fixed = at < source.length() && "^$".indexOf(source.charAt(at)) >= 0;
    Part part = atom();
    int least;
    int most = REPEATS;
    if (take('*')) {
      least = 0;
    } else if (take('+')) {
      least = 1;
    } else if (take('?')) {
      least = 0;
      most = 1;
    } else if (take('{')) {
      least = peek() == ',' ? 0 : number();
      most = !take(',') ? least : peek() == '}' ? REPEATS : number();
      if (!take('}') || most < least) {
        throw wrong("a repetition that is none");
      }
    } else {
      return part;
    }
    // Lazy or not, the same paths match.
    boolean lazy = take('?');
    if (fixed || !lazy && peek() == '+' || "*+?{".indexOf(peek()) >= 0) {
      throw wrong("a repetition of what cannot be repeated, or an atomic one");
    }
    return times(part, least, most);
  }

  /**
   * Places only rise, so that after as many repetitions as there are places only those are left
   * that a repetition may leave as they are: a further one changes nothing.
   */
  private static Part times(Part part, int least, int most) {
    return (match, from) -> {
      long places = from;
      for (int i = 0; i < least && i <= LONGEST_PATH; i++) {
        match.budget.spend(match.pattern);
        long next = part.step(match, places);
        if (next == places) {
          break;
        }
        places = next;
      }
      long all = places;
      for (int i = least; i < most && places != 0; i++) {
        match.budget.spend(match.pattern);
        places = part.step(match, places) & ~all;
        all |= places;
      }
      return all;
    };
  }

  private Part atom() {
    if (take('(')) {
      return group();
    }
    if (take('[')) {
      return one(bracket());
    }
    if (take('.')) {
      return one(c -> c != '\n');
    }
    if (take('^')) {
      return (match, from) -> from & 1;
    }
    if (take('$')) {
      return (match, from) -> from & 1L << match.path.length();
    }
    if (take('\\')) {
      char kind = next();
      if (kind == 'b' || kind == 'B') {
        return (match, from) -> from & borders(match.path, kind == 'b');
      }
      return one(escape(kind));
    }
    char literal = next();
    if ("*+?{".indexOf(literal) >= 0) {
      throw wrong("'" + literal + "' at place " + (at - 1));
    }
    return one(c -> c == literal);
  }

  private Part group() {
    boolean ahead = false;
    boolean not = false;
    if (take('?')) {
      if (take('=') || peek() == '!') {
        ahead = true;
        not = take('!');
      } else if (source.startsWith("P<", at) && source.indexOf('>', at) > 0) {
        at = source.indexOf('>', at) + 1;
      } else if (!take(':')) {
        throw wrong("a group that begins with '(?" + peek() + "'");
      }
    }
    Part part = alternatives();
    if (!take(')')) {
      throw wrong("'(' without ')'");
    }
    if (!ahead) {
      return part;
    }
    boolean wanted = !not;
    return (match, from) -> {
      long kept = 0;
      for (long left = from; left != 0; left &= left - 1) {
        long place = Long.lowestOneBit(left);
        kept |= part.step(match, place) != 0 == wanted ? place : 0;
      }
      return kept;
    };
  }

  private static Part one(IntPredicate accepted) {
    return (match, from) -> {
      match.budget.spend(match.pattern);
      long ends = 0;
      for (long left = from; left != 0; left &= left - 1) {
        int place = Long.numberOfTrailingZeros(left);
        if (place < match.path.length() && accepted.test(match.path.charAt(place))) {
          ends |= 1L << (place + 1);
        }
      }
      return ends;
    };
  }

  private static long borders(String path, boolean border) {
    long places = 0;
    for (int place = 0; place <= path.length(); place++) {
      boolean before = place > 0 && word(path.charAt(place - 1));
      boolean behind = place < path.length() && word(path.charAt(place));
      if (before != behind == border) {
        places |= 1L << place;
      }
    }
    return places;
  }

  private IntPredicate bracket() {
    boolean not = take('^');
    IntPredicate accepted = c -> false;
    boolean first = true;
    while (first || peek() != ']') {
      first = false;
      char low = next();
      IntPredicate one = low == '\\' ? escape(next()) : null;
      char start = low == '\\' ? source.charAt(at - 1) : low;
      boolean many = low == '\\' && "dDwWsS".indexOf(start) >= 0;
      if (peek() == '-' && at + 1 < source.length() && source.charAt(at + 1) != ']') {
        at++;
        char high = next();
        if (high == '\\') {
          escape(next());
          high = source.charAt(at - 1);
          many |= "dDwWsS".indexOf(high) >= 0;
        }
        char last = high;
        if (many || last < start) {
          throw wrong("a range of a class that is none");
        }
        accepted = accepted.or(c -> c >= start && c <= last);
      } else {
        accepted = accepted.or(one != null ? one : c -> c == start);
      }
    }
    at++;
    return not ? accepted.negate() : accepted;
  }

  private IntPredicate escape(char kind) {
    return switch (kind) {
      case 'd' -> ModulePattern::digit;
      case 'D' -> c -> !digit(c);
      case 'w' -> ModulePattern::word;
      case 'W' -> c -> !word(c);
      case 's' -> Character::isWhitespace;
      case 'S' -> c -> !Character.isWhitespace(c);
      default -> {
        if (kind < 128 && Character.isLetterOrDigit(kind)) {
          throw wrong("'\\" + kind + "'");
        }
        yield c -> c == kind;
      }
    };
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean word(int c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private int number() {
    int start = at;
    int value = 0;
    while (digit(peek())) {
      value = Math.min(REPEATS, 10 * value + next() - '0');
    }
    if (at == start) {
      throw wrong("a repetition without a number");
    }
    return value;
  }

  private char peek() {
    return at < source.length() ? source.charAt(at) : '\0';
  }

  private char next() {
    if (at >= source.length()) {
      throw wrong("an end where more must follow");
    }
    return source.charAt(at++);
  }

  private boolean take(char expected) {
    if (at < source.length() && source.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }
}
