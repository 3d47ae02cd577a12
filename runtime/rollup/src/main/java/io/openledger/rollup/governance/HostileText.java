package io.openledger.rollup.governance;

import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.ProposalText;
import io.openledger.api.reward.ChainAddress;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Text from the chain, made fit to be looked at: characters that cannot be seen, that reorder
 * others (Unicode UAX 9, "Trojan Source") or that terminals obey are replaced by U+FFFD, and what
 * is too long is cut. What remains can still lie in words.
 */
final class HostileText {

  private static final int REPLACEMENT = 0xFFFD;

  /** Marks that may stand on one letter; more of them climb over the lines around. */
  private static final int MARKS = 3;

  private static final int SUFFIX = PolicyDraft.PROPOSER_MARK.length() + 42;

  private static final Set<UnicodeScript> LOOKALIKES =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.CYRILLIC,
          UnicodeScript.GREEK,
          UnicodeScript.ARMENIAN,
          UnicodeScript.CHEROKEE,
          UnicodeScript.COPTIC,
          UnicodeScript.LISU);

  private HostileText() {}

  /** A whole text of a proposer, from its bytes, which need not be UTF-8. */
  static ProposalText of(byte[] utf8) {
    // a character has at most four bytes: no more need be decoded than could be shown
    int used = Math.min(utf8.length, 4 * ProposalText.LONGEST);
    String text = new String(utf8, 0, used, StandardCharsets.UTF_8);
    StringBuilder shown = new StringBuilder();
    boolean altered = append(text, ProposalText.LONGEST, true, shown);
    boolean cut = used < utf8.length || text.length() > ProposalText.LONGEST;
    return new ProposalText(shown.toString(), utf8.length, cut, altered, boundTo(utf8));
  }

  /** A text within a line. */
  static String line(String text, int longest) {
    StringBuilder shown = new StringBuilder();
    append(text, longest, false, shown);
    return shown + (text.length() > longest ? "…" : "");
  }

  private static boolean append(String text, int longest, boolean breaks, StringBuilder out) {
    boolean altered = false;
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int chars = Character.charCount(c);
      if (i + chars > longest) {
        break;
      }
      i += chars;
      marks = mark(c) ? marks + 1 : 0;
      boolean shown = c == '\n' ? breaks : marks <= MARKS && visible(c);
      out.appendCodePoint(shown ? c : REPLACEMENT);
      altered |= !shown || c == REPLACEMENT;
    }
    return altered;
  }

  /**
   * Whether a word has letters of several alphabets that share shapes, as {@code pаy} with a
   * Cyrillic а has (Unicode UTS 39, "Mixed-Script Detection"). A word that is whole in another
   * alphabet is not found.
   */
  static boolean mixesAlphabets(String text) {
    UnicodeScript first = UnicodeScript.COMMON;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (!Character.isLetter(c)) {
        first = mark(c) ? first : UnicodeScript.COMMON;
        continue;
      }
      UnicodeScript script = UnicodeScript.of(c);
      if (LOOKALIKES.contains(script)) {
        if (first != UnicodeScript.COMMON && first != script) {
          return true;
        }
        first = script;
      }
    }
    return false;
  }

  private static boolean mark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean visible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // fillers that fonts draw as nothing though their type is letter or mark
      default ->
          c != 0x115F
              && c != 0x1160
              && c != 0x3164
              && c != 0xFFA0
              && c != 0x2800
              && c != 0x034F
              && c != 0x17B4
              && c != 0x17B5
              && c != 0x1D159
              && c != 0x16FE4
              && !(c >= 0xFE00 && c <= 0xFE0F)
              && !(c >= 0xE0100 && c <= 0xE01EF)
              && !(c >= 0x180B && c <= 0x180F);
    };
  }

  /** Whom the end of a text reserves the proposal for (Governor, front-running protection). */
  static Optional<ChainAddress> boundTo(byte[] utf8) {
    if (utf8.length < SUFFIX) {
      return Optional.empty();
    }
    String end = new String(utf8, utf8.length - SUFFIX, SUFFIX, StandardCharsets.ISO_8859_1);
    String address = end.substring(PolicyDraft.PROPOSER_MARK.length());
    return end.startsWith(PolicyDraft.PROPOSER_MARK) && address.matches("0x[0-9a-fA-F]{40}")
        ? Optional.of(new ChainAddress(address))
        : Optional.empty();
  }
}
