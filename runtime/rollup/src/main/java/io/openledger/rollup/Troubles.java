package io.openledger.rollup;

import io.openledger.api.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** What several services say of one trouble, said once. */
final class Troubles {

  private static final String CODES = "OPENLEDGER-";

  /** Outages: whoever meets one says what it was about to do, and it is one all the same. */
  private static final List<ErrorCode> OUTAGES =
      List.of(ErrorCode.CHAIN_UNAVAILABLE, ErrorCode.LEDGER_UNAVAILABLE);

  private Troubles() {}

  /** The texts in their order, without those that tell what one before them has told. */
  static String once(List<String> texts) {
    List<String> told = new ArrayList<>();
    for (String text : texts) {
      if (told.stream().noneMatch(before -> same(before, text))) {
        told.add(text);
      }
    }
    return String.join("; ", told);
  }

  private static boolean same(String a, String b) {
    return message(a).equals(message(b))
        || OUTAGES.stream().anyMatch(code -> begins(a, code) && begins(b, code));
  }

  private static boolean begins(String text, ErrorCode code) {
    return message(text).startsWith(code.id() + ":");
  }

  /** Without who says it, such as {@code following the roots:}. */
  private static String message(String text) {
    int begin = text.indexOf(CODES);
    return begin < 0 ? text : text.substring(begin);
  }
}
