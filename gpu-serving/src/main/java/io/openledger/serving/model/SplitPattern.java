package io.openledger.serving.model;

/**
 * Checks a regular expression by which a tokenizer splits texts, before the native library runs it.
 * That library searches by trying and giving back, and where it has given back ten million times
 * for one match it ends the whole process. So only expressions are let through that give back at
 * most {@value #STEPS} times for each character of a text, whatever the text: those of the
 * published tokenizers are far from that.
 *
 * <p>What can give back is a repetition without an end, or a choice, that something follows which
 * may not be there. A repetition stands on one character alone, at most one in an alternative can
 * give back, and the choices before it count as often as they can be made. What cannot be judged
 * like this (references, recursion, looking behind, modes) is refused by name.
 *
 * @see <a href="https://github.com/kkos/oniguruma/blob/master/doc/RE">the library's syntax</a>
 */
final class SplitPattern {

  /** For each character of a text. */
  static final int STEPS = 4;

  /** Choices of an alternative without a repetition that gives back, multiplied. */
  private static final long CHOICES = 10_000;

  private static final int DEPTH = 8;
  private static final int REPEATS = 100;
  private static final int FOLDED = 8;
  private static final String CLASSES = "dDsSwWhHntrfvae";
  private static final String BORDERS = "bBAzZ";

  private final String source;
  private int at;
  private int depth;
  private boolean folding;
  private boolean ending;
  private boolean apart = true;
  private long choices;
  private int steps;

  private SplitPattern(String source) {
    this.source = source;
  }

  /** What is not let through, in words. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String what) {
      super(what, null, false, false);
    }
  }

  /**
   * What a part of an expression may do.
   *
   * @param needed whether it may not be there
   * @param ways in how many it can be met, without those that have no end
   * @param counted those of them that something follows
   * @param open repetitions without an end that nothing follows yet
   * @param giving repetitions without an end that something follows
   * @param mixed whether one of the open ones is of blanks and others
   */
  private record Part(
      boolean needed, long ways, long counted, int open, int giving, boolean mixed) {
    static final Part ONE = new Part(true, 1, 1, 0, 0, false);
  }

  /**
   * What a text must not have.
   *
   * @param quadratic whether it asks for the end of a line: then a search may look through the same
   *     blanks from each of them anew
   * @param apart whether each repetition that can give back is of blanks, or of anything but
   *     blanks: then none gives back more than a run of blanks, or a run of others, has
   */
  record Nature(boolean quadratic, boolean apart) {
    static final Nature HARMLESS = new Nature(false, true);

    Nature with(Nature other) {
      return new Nature(quadratic || other.quadratic, apart && other.apart);
    }
  }

  /**
   * Checks.
   *
   * @throws Refused with what it has
   */
  static Nature check(String source) {
    SplitPattern pattern = new SplitPattern(source);
    pattern.alternatives(true);
    if (pattern.at < source.length()) {
      throw new Refused("')' without '('");
    }
    if (pattern.steps > STEPS || pattern.choices > CHOICES) {
      throw new Refused("more ways to try than " + STEPS + " for each character");
    }
    return new Nature(pattern.ending, pattern.apart);
  }

  private Part alternatives(boolean whole) {
    if (++depth > DEPTH) {
      throw new Refused("groups deeper than " + DEPTH);
    }
    boolean needed = false;
    long ways = 0;
    int open = 0;
    int giving = 0;
    boolean mixed = false;
    do {
      Part part = sequence();
      needed |= part.needed;
      ways = limited(ways + part.ways);
      open = Math.max(open, part.open);
      giving = Math.max(giving, part.giving);
      mixed |= part.mixed;
      if (whole) {
        choices = limited(choices + part.counted);
        steps += part.giving == 0 ? 0 : (int) Math.min(part.counted, STEPS + 1);
      }
    } while (take('|'));
    depth--;
    return new Part(needed, ways, ways, open, giving, mixed);
  }

  private Part sequence() {
    boolean needed = false;
    long counted = 1;
    long pending = 1;
    int open = 0;
    int giving = 0;
    boolean mixed = false;
    int length = 0;
    while (at < source.length() && source.charAt(at) != '|' && source.charAt(at) != ')') {
      if (folding && ++length > FOLDED) {
        throw new Refused("more than " + FOLDED + " characters of any case");
      }
      Part part = quantified();
      if (part.needed) {
        giving += open;
        open = 0;
        apart &= !mixed;
        mixed = false;
        counted = limited(counted * pending * part.ways);
        pending = 1;
        needed = true;
      } else {
        pending = limited(pending * part.ways);
      }
      giving += part.giving;
      open += part.open;
      mixed |= part.mixed;
      if (giving > 1) {
        throw new Refused("two repetitions of one alternative that can both give back");
      }
    }
    return new Part(needed, limited(counted * pending), counted, open, giving, mixed);
  }

  private static long limited(long count) {
    return Math.min(count, CHOICES + 1);
  }

  private Part quantified() {
    int start = at;
    boolean border = source.charAt(at) == '^' || source.charAt(at) == '$' || border();
    boolean group = source.charAt(at) == '(';
    boolean looks = source.startsWith("(?=", at) || source.startsWith("(?!", at);
    Part atom = atom();
    String repeated = source.substring(start, at);
    int least = 1;
    long most = 1;
    if (take('*')) {
      least = 0;
      most = Long.MAX_VALUE;
    } else if (take('+')) {
      most = Long.MAX_VALUE;
    } else if (take('?')) {
      least = 0;
    } else if (take('{')) {
      least = peek() == ',' ? 0 : number();
      most = least;
      if (take(',')) {
        most = peek() == '}' ? Long.MAX_VALUE : number();
      }
      if (!take('}') || most < least || least > REPEATS) {
        throw new Refused("a repetition that is none, or of more than " + REPEATS);
      }
      if (peek() == '+' || peek() == '?') {
        throw new Refused("a repetition of a repetition");
      }
    } else {
      return atom;
    }
    boolean single = least == 0 && most == 1;
    if (border || looks || group && (!single || atom.open + atom.giving > 0)) {
      throw new Refused("a repetition of " + source.substring(start, Math.min(at, start + 40)));
    }
    // What is possessive gives nothing back.
    boolean keeps = take('+');
    if (!keeps) {
      take('?');
    }
    if ("*+?{".indexOf(peek()) >= 0) {
      throw new Refused("a repetition of a repetition");
    }
    boolean endless = most == Long.MAX_VALUE;
    if (!endless && most > REPEATS) {
      throw new Refused("a repetition of more than " + REPEATS);
    }
    long ways = keeps || endless ? 1 : limited((most - least) * atom.ways + 1);
    boolean open = endless && !keeps;
    return new Part(least > 0, ways, ways, open ? 1 : 0, 0, open && !Blanks.apart(repeated));
  }

  private boolean border() {
    return source.charAt(at) == '\\'
        && at + 1 < source.length()
        && BORDERS.indexOf(source.charAt(at + 1)) >= 0;
  }

  private Part atom() {
    char first = source.charAt(at++);
    switch (first) {
      case '(' -> {
        return group();
      }
      case '[' -> bracket();
      case '\\' -> escape();
      case '$' -> ending = true;
      case '*', '+', '?', '{', '}', ']' ->
          throw new Refused("'" + first + "' at place " + (at - 1));
      default -> {
        // itself
      }
    }
    return Part.ONE;
  }

  private Part group() {
    boolean outer = folding;
    boolean looks = false;
    if (take('?')) {
      if (source.startsWith("i:", at)) {
        at += 2;
        folding = true;
      } else if (peek() == '=' || peek() == '!') {
        at++;
        looks = true;
      } else if (!take(':')) {
        throw new Refused("a group that begins with '(?" + peek() + "'");
      }
    }
    Part part = alternatives(false);
    folding = outer;
    if (!take(')')) {
      throw new Refused("'(' without ')'");
    }
    if (looks && part.open + part.giving + part.ways > 1) {
      throw new Refused("a look ahead that repeats or chooses");
    }
    return looks ? Part.ONE : part;
  }

  private void bracket() {
    take('^');
    if (peek() == ']') {
      throw new Refused("an empty class");
    }
    for (int open = 1; open > 0; at++) {
      switch (peek()) {
        case '[' -> {
          // Whether that opens a class, or stands for itself, depends on what follows.
          if (source.startsWith("[:", at)) {
            throw new Refused("a class with [:");
          }
          open++;
        }
        case ']' -> open--;
        case '\\' -> at++;
        case '\0' -> throw new Refused("a class without its end");
        default -> {
          // one of the class
        }
      }
    }
  }

  private void escape() {
    char kind = peek();
    at++;
    if (kind == 'p' || kind == 'P') {
      int end = source.indexOf('}', at);
      if (peek() != '{' || end < 0) {
        throw new Refused("a property without a name");
      }
      at = end + 1;
    } else if (kind == 'z' || kind == 'Z') {
      ending = true;
    } else if (kind == 'x' || kind == 'u') {
      int digits = kind == 'x' ? 2 : 4;
      for (int i = 0; i < digits; i++, at++) {
        if (Character.digit(peek(), 16) < 0) {
          throw new Refused("an escape without " + digits + " hexadecimal digits");
        }
      }
    } else if (kind == '\0'
        || kind < 128
            && Character.isLetterOrDigit(kind)
            && CLASSES.indexOf(kind) < 0
            && BORDERS.indexOf(kind) < 0) {
      throw new Refused("'\\" + (kind == '\0' ? "" : kind) + "'");
    }
  }

  private int number() {
    int value = 0;
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      value = Math.min(10 * value + peek() - '0', REPEATS + 1);
      at++;
    }
    if (at == start) {
      throw new Refused("a repetition without a number");
    }
    return value;
  }

  private char peek() {
    return at < source.length() ? source.charAt(at) : '\0';
  }

  private boolean take(char expected) {
    if (peek() == expected && at < source.length()) {
      at++;
      return true;
    }
    return false;
  }
}
