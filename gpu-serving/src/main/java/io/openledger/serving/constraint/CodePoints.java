package io.openledger.serving.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of characters, and how one of them stands in a JSON string: as itself in UTF-8, or where
 * that is not allowed by its short escape. A control character that has none is left out: each
 * character has one spelling or none, so that lengths can be counted.
 */
final class CodePoints {

  /** What a string without a pattern is made of. */
  static final CodePoints ANY = new CodePoints().add(0, 0x10FFFF);

  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";

  private record Range(int low, int high) {}

  private final List<Range> ranges = new ArrayList<>();

  CodePoints add(int low, int high) {
    ranges.add(new Range(low, high));
    return this;
  }

  CodePoints add(CodePoints other) {
    ranges.addAll(other.ranges);
    return this;
  }

  /** Its one character; −1 when it has none or more. */
  int single() {
    return ranges.size() == 1 && ranges.get(0).low == ranges.get(0).high ? ranges.get(0).low : -1;
  }

  /** All others up to a highest. */
  CodePoints not(int highest) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort((a, b) -> Integer.compare(a.low, b.low));
    CodePoints result = new CodePoints();
    int from = 0;
    for (Range range : sorted) {
      if (range.low > from) {
        result.add(from, Math.min(range.low - 1, highest));
      }
      from = Math.max(from, range.high + 1);
    }
    return from <= highest ? result.add(from, highest) : result;
  }

  /** Writes one character of the set. */
  void write(Nfa nfa, int from, int to) {
    for (int i = 0; i < ESCAPED.length(); i++) {
      char escaped = ESCAPED.charAt(i);
      if (ranges.stream().anyMatch(r -> r.low <= escaped && escaped <= r.high)) {
        int escape = nfa.range(from, '\\', '\\');
        nfa.edge(escape, ESCAPES.charAt(i), ESCAPES.charAt(i), to);
      }
    }
    Utf8 utf8 = new Utf8(nfa, to);
    for (Range range : ranges) {
      utf8.literal(from, range.low, Math.min(range.high, '"' - 1));
      utf8.literal(from, Math.max(range.low, '"' + 1), Math.min(range.high, '\\' - 1));
      utf8.literal(from, Math.max(range.low, '\\' + 1), Math.min(range.high, 0xD7FF));
      utf8.literal(from, Math.max(range.low, 0xE000), range.high);
    }
  }

  /** Ranges of characters as ranges of bytes; what ends alike shares its states. */
  private static final class Utf8 {
    private static final int[] MOST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
    private final Nfa nfa;
    // by how many bytes of 0x80 to 0xBF lead to the end; −1: not made yet
    private final int[] tails = {-1, -1, -1, -1};

    Utf8(Nfa nfa, int to) {
      this.nfa = nfa;
      tails[0] = to;
    }

    private int tail(int bytes) {
      if (tails[bytes] < 0) {
        int next = tail(bytes - 1);
        tails[bytes] = nfa.state();
        nfa.edge(tails[bytes], 0x80, 0xBF, next);
      }
      return tails[bytes];
    }

    void literal(int from, int low, int high) {
      int least = Math.max(low, 0x20);
      for (int length = 1; length <= 4 && least <= high; length++) {
        int most = Math.min(high, MOST[length - 1]);
        if (least <= most) {
          split(from, encoded(least, length), encoded(most, length), 0, length);
          least = most + 1;
        }
      }
    }

    private static int[] encoded(int point, int length) {
      int[] bytes = new int[length];
      for (int i = length - 1; i > 0; i--) {
        bytes[i] = 0x80 | point & 0x3F;
        point >>= 6;
      }
      bytes[0] = length == 1 ? point : 0xFF << (8 - length) & 0xFF | point;
      return bytes;
    }

    /** From one text of bytes to another of its length, from the byte {@code at} on. */
    private void split(int from, int[] low, int[] high, int at, int length) {
      int rest = length - at - 1;
      if (rest == 0) {
        nfa.edge(from, low[at], high[at], tails[0]);
        return;
      }
      boolean whole = true;
      for (int i = at + 1; i < length; i++) {
        whole &= low[i] == 0x80 && high[i] == 0xBF;
      }
      if (whole) {
        nfa.edge(from, low[at], high[at], tail(rest));
      } else if (low[at] == high[at]) {
        int next = nfa.state();
        nfa.edge(from, low[at], low[at], next);
        split(next, low, high, at + 1, length);
      } else {
        split(from, low, filled(low, at, 0xBF), at, length);
        if (low[at] + 1 < high[at]) {
          nfa.edge(from, low[at] + 1, high[at] - 1, tail(rest));
        }
        split(from, filled(high, at, 0x80), high, at, length);
      }
    }

    private static int[] filled(int[] bytes, int at, int with) {
      int[] result = bytes.clone();
      Arrays.fill(result, at + 1, result.length, with);
      return result;
    }
  }
}
