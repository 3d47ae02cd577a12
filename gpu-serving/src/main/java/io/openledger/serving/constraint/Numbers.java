package io.openledger.serving.constraint;

/** Numbers as JSON writes them, short enough to be finite doubles and exact longs. */
final class Numbers {

  /** Digits of an integer, and bounds of one: the integers that doubles hold exactly. */
  static final long MOST = 999_999_999_999_999L;

  private static final int DIGITS = 15;

  private Numbers() {}

  /** An integer of at most 15 digits. */
  static int integer(Nfa nfa, int from) {
    return integer(nfa, from, -MOST, MOST);
  }

  /** An integer from a least to a most one, both at most {@link #MOST} from 0. */
  static int integer(Nfa nfa, int from, long least, long most) {
    int end = nfa.state();
    if (least < 0) {
      int minus = nfa.range(nfa.fork(from), '-', '-');
      natural(nfa, minus, Math.max(1, -most), -least, end);
    }
    if (most >= 0) {
      natural(nfa, nfa.fork(from), Math.max(0, least), most, end);
    }
    return end;
  }

  private static void natural(Nfa nfa, int from, long least, long most, int end) {
    long first = 0;
    long last = 9;
    for (int digits = 1; digits <= DIGITS; digits++) {
      long low = Math.max(least, first);
      long high = Math.min(most, last);
      if (low <= high) {
        digits(nfa, from, Long.toString(low), Long.toString(high), 0, end);
      }
      first = last + 1;
      last = last * 10 + 9;
    }
  }

  /** Texts of digits from one to another of the same length, from a place on. */
  private static void digits(Nfa nfa, int from, String low, String high, int at, int end) {
    if (at == low.length()) {
      nfa.skip(from, end);
      return;
    }
    char least = low.charAt(at);
    char most = high.charAt(at);
    if (least == most) {
      digits(nfa, nfa.range(from, least, most), low, high, at + 1, end);
      return;
    }
    String lowRest = low.substring(at + 1);
    String highRest = high.substring(at + 1);
    String nines = "9".repeat(lowRest.length());
    String zeros = "0".repeat(lowRest.length());
    // Digits behind which anything may follow are one edge: else the two sides would double at
    // each place.
    char first = lowRest.equals(zeros) ? least : (char) (least + 1);
    char last = highRest.equals(nines) ? most : (char) (most - 1);
    if (first > least) {
      digits(nfa, nfa.range(from, least, least), lowRest, nines, 0, end);
    }
    if (first <= last) {
      free(nfa, nfa.range(from, first, last), lowRest.length(), end);
    }
    if (last < most) {
      digits(nfa, nfa.range(from, most, most), zeros, highRest, 0, end);
    }
  }

  private static void free(Nfa nfa, int from, int digits, int end) {
    nfa.skip(nfa.range(from, '0', '9', digits, digits), end);
  }

  /** A number: an integer of 15 digits, perhaps 15 more behind a point, perhaps an exponent. */
  static int number(Nfa nfa, int from) {
    int sign = nfa.fork(from);
    int whole = nfa.state();
    nfa.skip(sign, whole);
    nfa.edge(sign, '-', '-', whole);
    int behind = nfa.range(whole, '0', '0');
    nfa.skip(nfa.range(nfa.range(whole, '1', '9'), '0', '9', 0, DIGITS - 1), behind);
    int fraction = nfa.state();
    nfa.skip(behind, fraction);
    nfa.skip(nfa.range(nfa.range(behind, '.', '.'), '0', '9', 1, DIGITS), fraction);
    int exponent = nfa.state();
    nfa.edge(fraction, 'e', 'e', exponent);
    nfa.edge(fraction, 'E', 'E', exponent);
    int digits = nfa.state();
    nfa.skip(exponent, digits);
    nfa.edge(exponent, '+', '+', digits);
    nfa.edge(exponent, '-', '-', digits);
    int end = nfa.range(digits, '0', '9', 1, 2);
    nfa.skip(fraction, end);
    return end;
  }
}
