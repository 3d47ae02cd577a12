package io.openledger.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every refusal of this system is: a code, what arrived, what is allowed, and what to do next.
 *
 * <p>Messages never hold a prompt or a contributor's text; each part ends after 1000 characters. It
 * rolls back a JTA transaction like any unchecked exception.
 */
public class OpenLedgerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Characters of each part: a name from a hostile file must not fill a log. */
  private static final int LONGEST = 1000;

  private final ErrorCode code;
  private final String arrived;
  private final String allowed;
  private final String remedy;

  /**
   * @param code the entry of the table
   * @param arrived what arrived, in words, with the actual values
   * @param allowed what is allowed, with the limits
   * @param remedy what to do next
   */
  public OpenLedgerException(ErrorCode code, String arrived, String allowed, String remedy) {
    this(code, arrived, allowed, remedy, null);
  }

  /**
   * @param code the entry of the table
   * @param arrived what arrived, in words, with the actual values
   * @param allowed what is allowed, with the limits
   * @param remedy what to do next
   * @param cause what lies beneath, or null
   */
  public OpenLedgerException(
      ErrorCode code, String arrived, String allowed, String remedy, @Nullable Throwable cause) {
    super(
        Objects.requireNonNull(code, "code").id()
            + ": "
            + shortened(Objects.requireNonNull(arrived, "arrived"))
            + "; allowed: "
            + shortened(Objects.requireNonNull(allowed, "allowed"))
            + "; "
            + shortened(Objects.requireNonNull(remedy, "remedy")),
        cause);
    this.code = code;
    this.arrived = shortened(arrived);
    this.allowed = shortened(allowed);
    this.remedy = shortened(remedy);
  }

  private static String shortened(String part) {
    return part.length() > LONGEST ? part.substring(0, LONGEST) + "…" : part;
  }

  /** An {@link ErrorCode#INVALID_ARGUMENT} for a value that is out of its range. */
  public static OpenLedgerException invalid(String what, @Nullable Object actual, String allowed) {
    return new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        what + " is " + actual,
        allowed,
        "correct " + what + " and call again");
  }

  /**
   * An {@link ErrorCode#INVALID_ARGUMENT} for a text, which may be hostile: it is shown in quotes,
   * 80 characters of it at most, control characters as question marks, so that it cannot forge a
   * line of a log.
   */
  public static OpenLedgerException invalidText(String what, String actual, String allowed) {
    String shown = actual.length() > 80 ? actual.substring(0, 80) + "…" : actual;
    return invalid(what, "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'", allowed);
  }

  /** The entry of the table. */
  public ErrorCode code() {
    return code;
  }

  /** What arrived. */
  public String arrived() {
    return arrived;
  }

  /** What is allowed. */
  public String allowed() {
    return allowed;
  }

  /** What to do next. */
  public String remedy() {
    return remedy;
  }
}
