package io.openledger.rollup.support;

import io.openledger.rollup.outbox.OutboxSettings;
import java.time.Duration;

/** How an outbox sends in tests of what is sent with it: as usual, and sooner. */
public final class QuickOutbox {

  /** What waits is never paid more for, however slow the machine is. */
  private static final Duration BUMP_AFTER = Duration.ofMinutes(5);

  private QuickOutbox() {}

  /**
   * Of chain 1612.
   *
   * @param interval between two turns
   * @param resend how long after it was sent something is sent again
   */
  public static OutboxSettings settings(Duration interval, Duration resend) {
    OutboxSettings usual = OutboxSettings.usual(1612);
    return new OutboxSettings(
        usual.chainId(),
        usual.feeCeiling(),
        usual.gasMargin(),
        usual.gasCeiling(),
        usual.maxWaiting(),
        usual.window(),
        interval,
        usual.lease(),
        resend,
        BUMP_AFTER,
        usual.bump(),
        usual.deadAfter(),
        usual.keep());
  }
}
