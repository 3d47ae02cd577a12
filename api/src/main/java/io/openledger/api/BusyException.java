package io.openledger.api;

import java.time.Duration;

/** An {@link ErrorCode#BUSY} that says when it is worth coming back. */
public class BusyException extends OpenLedgerException {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param arrived what arrived, in words, with the actual values
   * @param allowed what is allowed, with the limits
   * @param retryAfter an estimate, in whole seconds, at least 1
   */
  public BusyException(String arrived, String allowed, Duration retryAfter) {
    super(ErrorCode.BUSY, arrived, allowed, "ask again in about " + retryAfter.toSeconds() + " s");
    if (retryAfter.toSeconds() < 1) {
      throw new IllegalArgumentException("retry after " + retryAfter);
    }
    this.retryAfter = retryAfter;
  }

  /** An estimate of when there may be room, at least one second. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
