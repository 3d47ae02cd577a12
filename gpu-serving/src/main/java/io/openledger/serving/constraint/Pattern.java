package io.openledger.serving.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * A regular expression of ECMA-262, as far as it is regular, written into an automaton as the
 * content of a JSON string. Anchors stand at the beginning and the end of an alternative; look
 * around, back references, word borders and properties are refused.
 *
 * <p>Where readings differ, only what all of them accept is made: a dot and what a class leaves out
 * stop at U+FFFF (with and without the flag {@code u} then mean the same), at every line end that
 * any dialect knows and at every blank; {@code \s} makes blanks of ASCII.
 */
final class Pattern {

  private static final int DEPTH = 40;
  private static final int MOST_REPEATS = 10_000;

  private static final CodePoints DIGITS = new CodePoints().add('0', '9');
  private static final CodePoints WORDS =
      new CodePoints().add('0', '9').add('A', 'Z').add('_', '_').add('a', 'z');
  private static final CodePoints BLANKS = new CodePoints().add('\t', '\r').add(' ', ' ');
  // what \S and the like leave out
  private static final CodePoints ALL_BLANKS =
      new CodePoints()
          .add(BLANKS)
          .add(0x1C, 0x1F)
          .add(0x85, 0x85)
          .add(0xA0, 0xA0)
          .add(0x1680, 0x1680)
          .add(0x2000, 0x200B)
          .add(0x2028, 0x2029)
          .add(0x202F, 0x202F)
          .add(0x205F, 0x205F)
          .add(0x3000, 0x3000)
          .add(0xFEFF, 0xFEFF);
  private static final CodePoints LINE_ENDS =
      new CodePoints().add('\n', '\r').add(0x85, 0x85).add(0x2028, 0x2029);
  private static final int HIGHEST = 0xFFFF;

  private final String source;
  private int at;
  private int depth;

  private Pattern(String source) {
    this.source = source;
  }

  /** What the pattern says is not supported, in words. */
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unsupported(String what) {
      super(what, null, false, false);
    }
  }

  /** A part, written from a state to the state that it returns. */
  private interface Part {
    int write(Nfa nfa, int from);
  }

  /** Writes the content of strings in which the pattern is found. */
  static int write(Nfa nfa, int from, String source) {
    Pattern pattern = new Pattern(source);
    List<Part> alternatives = new ArrayList<>();
    do {
      alternatives.add(pattern.whole());
    } while (pattern.take('|'));
    if (pattern.at < source.length()) {
      throw new Unsupported("')' without '('");
    }
    return either(alternatives).write(nfa, from);
  }

  /** An alternative of the whole pattern: found anywhere unless it is anchored. */
  private Part whole() {
    boolean begins = take('^');
    Part found = sequence();
    boolean ends = take('$');
    return (automaton, from) -> {
      int behind = found.write(automaton, begins ? from : any(automaton, from));
      return ends ? behind : any(automaton, behind);
    };
  }

  /** Any number of any characters. */
  static int any(Nfa nfa, int from) {
    int loop = nfa.fork(from);
    CodePoints.ANY.write(nfa, loop, loop);
    return nfa.fork(loop);
  }

  private static Part either(List<Part> parts) {
    return (automaton, from) -> {
      int end = automaton.state();
      for (Part part : parts) {
        automaton.skip(part.write(automaton, automaton.fork(from)), end);
      }
      return end;
    };
  }

  private Part alternatives() {
    if (++depth > DEPTH) {
      throw new Unsupported("groups deeper than " + DEPTH);
    }
    List<Part> parts = new ArrayList<>();
    do {
      parts.add(sequence());
    } while (take('|'));
    depth--;
    return either(parts);
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (at < source.length() && "|)$".indexOf(source.charAt(at)) < 0) {
      parts.add(repeated(atom()));
    }
    return (automaton, from) -> {
      int end = automaton.fork(from);
      for (Part part : parts) {
        end = part.write(automaton, end);
      }
      return end;
    };
  }

  private Part repeated(Part part) {
    int least = 1;
    int most = 1;
    if (take('*')) {
      least = 0;
      most = -1;
    } else if (take('+')) {
      most = -1;
    } else if (take('?')) {
      least = 0;
    } else if (take('{')) {
      least = number();
      most = least;
      if (take(',')) {
        most = peek() == '}' ? -1 : number();
      }
      expect('}');
      if (most >= 0 && most < least) {
        throw new Unsupported("a repetition from " + least + " to " + most);
      }
    } else {
      return part;
    }
    // Lazy or not, the language is the same.
    boolean lazy = take('?');
    if (!lazy && at < source.length() && "*+?{".indexOf(source.charAt(at)) >= 0) {
      throw new Unsupported("a repetition of a repetition");
    }
    return times(part, least, most);
  }

  private static Part times(Part part, int least, int most) {
    return (automaton, from) -> {
      int at = automaton.fork(from);
      for (int i = 0; i < least; i++) {
        at = part.write(automaton, automaton.fork(at));
      }
      if (most < 0) {
        int loop = automaton.fork(at);
        automaton.skip(part.write(automaton, loop), loop);
        return automaton.fork(loop);
      }
      int end = automaton.state();
      for (int i = least; i < most; i++) {
        automaton.skip(at, end);
        at = part.write(automaton, automaton.fork(at));
      }
      automaton.skip(at, end);
      return end;
    };
  }

  private Part atom() {
    if (take('(')) {
      if (take('?') && !take(':')) {
        throw new Unsupported("a group that begins with '(?" + peek() + "'");
      }
      Part group = alternatives();
      expect(')');
      return group;
    }
    if (take('[')) {
      return one(bracket());
    }
    if (take('.')) {
      return one(LINE_ENDS.not(HIGHEST));
    }
    if (take('\\')) {
      return one(escape());
    }
    char next = peek();
    if ("^*+?{}]".indexOf(next) >= 0) {
      throw new Unsupported("'" + next + "' at place " + at);
    }
    int point = point();
    return one(new CodePoints().add(point, point));
  }

  private static Part one(CodePoints points) {
    return (automaton, from) -> {
      int start = automaton.fork(from);
      int end = automaton.state();
      points.write(automaton, start, end);
      return end;
    };
  }

  private CodePoints bracket() {
    boolean not = take('^');
    CodePoints points = new CodePoints();
    boolean blanks = false;
    while (!take(']')) {
      if (peek() == '\\' && at + 1 < source.length() && source.charAt(at + 1) == 's') {
        blanks = true;
      }
      CodePoints first = take('\\') ? escape() : null;
      if (first != null && first.single() < 0) {
        points.add(first);
        continue;
      }
      int low = first == null ? point() : first.single();
      int high = low;
      if (peek() == '-' && at + 1 < source.length() && source.charAt(at + 1) != ']') {
        at++;
        high = take('\\') ? escape().single() : point();
        if (high < low) {
          throw new Unsupported("a range of a class that is empty or of a class");
        }
      }
      points.add(low, high);
    }
    if (!not) {
      return points;
    }
    return blanks ? points.add(ALL_BLANKS).not(HIGHEST) : points.not(HIGHEST);
  }

  private CodePoints escape() {
    char kind = next();
    return switch (kind) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.not(HIGHEST);
      case 'w' -> WORDS;
      case 'W' -> WORDS.not(HIGHEST);
      case 's' -> BLANKS;
      case 'S' -> ALL_BLANKS.not(HIGHEST);
      case 'n' -> new CodePoints().add('\n', '\n');
      case 'r' -> new CodePoints().add('\r', '\r');
      case 't' -> new CodePoints().add('\t', '\t');
      case 'f' -> new CodePoints().add('\f', '\f');
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      default -> {
        boolean known = kind < 128 && !Character.isLetterOrDigit(kind);
        if (!known) {
          throw new Unsupported("'\\" + kind + "'");
        }
        yield new CodePoints().add(kind, kind);
      }
    };
  }

  private CodePoints hexadecimal(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw new Unsupported("an escape without " + digits + " hexadecimal digits");
      }
      value = value * 16 + digit;
    }
    if (Character.isSurrogate((char) value)) {
      throw new Unsupported("half a character");
    }
    return new CodePoints().add(value, value);
  }

  private int number() {
    int start = at;
    int value = 0;
    while (at < source.length() && Character.digit(source.charAt(at), 10) >= 0) {
      value = value * 10 + Character.digit(source.charAt(at++), 10);
      if (value > MOST_REPEATS) {
        throw new Unsupported("more than " + MOST_REPEATS + " repetitions");
      }
    }
    if (at == start) {
      throw new Unsupported("a repetition without a number");
    }
    return value;
  }

  private int point() {
    int point = source.codePointAt(Math.min(at, source.length() - 1));
    if (at >= source.length()) {
      throw new Unsupported("an end where more must follow");
    }
    if (point > HIGHEST || Character.isSurrogate((char) point)) {
      // Without the flag u it would be two characters.
      throw new Unsupported("a character beyond U+FFFF");
    }
    at++;
    return point;
  }

  private char peek() {
    return at < source.length() ? source.charAt(at) : '\0';
  }

  private char next() {
    if (at >= source.length()) {
      throw new Unsupported("an end where more must follow");
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

  private void expect(char expected) {
    if (!take(expected)) {
      throw new Unsupported("no '" + expected + "' at place " + at);
    }
  }
}
