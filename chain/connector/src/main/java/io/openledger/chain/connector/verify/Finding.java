package io.openledger.chain.connector.verify;

/**
 * What one step of a check found.
 *
 * @param outcome whether it holds
 * @param text what was compared with what, in words; names from the report are shown without
 *     control characters
 */
public record Finding(Outcome outcome, String text) {

  /** Whether something holds. */
  public enum Outcome {
    /** It was compared, and is so. */
    HOLDS("[ok]"),
    /** It could not be compared; nothing speaks against it. */
    OPEN("[??]"),
    /** It was compared, and is not so. */
    FAILS("[NO]");

    private final String mark;

    Outcome(String mark) {
      this.mark = mark;
    }
  }

  public Finding {
    text = text.replaceAll("\\p{Cntrl}", "?");
    if (text.length() > 1000) {
      text = text.substring(0, 1000) + "…";
    }
  }

  static Finding of(boolean holds, String text) {
    return new Finding(holds ? Outcome.HOLDS : Outcome.FAILS, text);
  }

  static Finding open(String text) {
    return new Finding(Outcome.OPEN, text);
  }

  /** One line. */
  @Override
  public String toString() {
    return outcome.mark + " " + text;
  }
}
