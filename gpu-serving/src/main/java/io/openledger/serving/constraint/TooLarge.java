package io.openledger.serving.constraint;

/** An automaton went over a limit. Without a stack trace: it is caught and tried smaller. */
final class TooLarge extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooLarge(String what) {
    super(what, null, false, false);
  }
}
