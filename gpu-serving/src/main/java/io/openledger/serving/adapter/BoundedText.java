package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A text that may be looked at only so often: an adapter's regular expressions are not ours, and
 * some never come to an end.
 */
final class BoundedText implements CharSequence {

  private static final int LOOKS = 100_000;
  private static final int LONGEST_PATTERN = 1000;

  private final CharSequence text;
  private final int[] left;

  private BoundedText(CharSequence text, int[] left) {
    this.text = text;
    this.left = left;
  }

  /** Whether the whole text matches. */
  static boolean matches(String pattern, String text) {
    if (pattern.length() > LONGEST_PATTERN) {
      throw refuse("a pattern of " + pattern.length() + " characters", null);
    }
    try {
      return Pattern.compile(pattern).matcher(new BoundedText(text, new int[] {LOOKS})).matches();
    } catch (PatternSyntaxException | StackOverflowError | TooMany e) {
      throw refuse("the pattern " + pattern, e);
    }
  }

  /** What the last group captured where the pattern matches from the start on; else empty. */
  static String lastGroup(String pattern, String text) {
    if (pattern.length() > LONGEST_PATTERN) {
      throw refuse("a pattern of " + pattern.length() + " characters", null);
    }
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(new BoundedText(text, new int[] {LOOKS}));
      return matcher.lookingAt() ? matcher.group(matcher.groupCount()) : "";
    } catch (PatternSyntaxException | StackOverflowError | TooMany e) {
      throw refuse("the pattern " + pattern, e);
    }
  }

  private static OpenLedgerException refuse(String what, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_UNSUPPORTED,
        "adapter_config.json has " + what,
        "a regular expression of at most " + LONGEST_PATTERN + " characters that ends soon",
        "name the modules instead",
        cause);
  }

  private static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left[0] < 0) {
      throw new TooMany();
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
