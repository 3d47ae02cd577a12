package io.openledger.rollup.outbox;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Duration;

/**
 * How an outbox works. Periods but {@code interval} are measured by the database's clock or by the
 * JVM's steady one, never by the server's wall clock, which may jump.
 *
 * @param chainId the chain that is meant: bytes are signed for no other (EIP-155)
 * @param feeCeiling most wei that a unit of gas may ever cost
 * @param gasMargin percent that are added to an estimate, 0 to 400
 * @param gasCeiling most gas of one message, whoever estimates it, 21 000 to 1 000 000 000; at most
 *     what the chain's blocks have room for
 * @param maxWaiting messages that are not final, 1 to 1 000 000; one more is refused as busy
 * @param window messages that nodes are told of and that are in no block, 1 to 10 000; nodes keep
 *     only so many of one sender (geth: 64 without a gap)
 * @param interval from the end of a turn to the next; zero: turns are made by hand
 * @param lease how long a node that is silent keeps the right to send, at least twice the interval;
 *     a third of it is what one part of a turn may ask the chain for
 * @param resend when bytes that are in no block are told again
 * @param bumpAfter when a message that is in no block is offered higher fees
 * @param bump percent of a raise, 10 to 1000
 * @param deadAfter how long a foreign transaction must be seen at a message's nonce, in a finalized
 *     block, and none of ours anywhere, before the message gets another nonce
 * @param keep how long the bytes of a final message are kept
 */
public record OutboxSettings(
    long chainId,
    Wei feeCeiling,
    int gasMargin,
    long gasCeiling,
    int maxWaiting,
    int window,
    Duration interval,
    Duration lease,
    Duration resend,
    Duration bumpAfter,
    int bump,
    Duration deadAfter,
    Duration keep) {

  /** What Ethereum allows one transaction since Osaka (EIP-7825): 2^24 gas. */
  public static final long USUAL_GAS_CEILING = 1L << 24;

  public OutboxSettings {
    within("chain id", chainId, 1, Long.MAX_VALUE);
    within("margin of gas in percent", gasMargin, 0, 400);
    within("ceiling of gas", gasCeiling, 21_000, 1_000_000_000);
    within("most messages that wait", maxWaiting, 1, 1_000_000);
    within("window of messages in flight", window, 1, 10_000);
    within("raise of fees in percent", bump, 10, 1000);
    within("interval of the outbox in ms", interval.toMillis(), 0, 3_600_000);
    within("lease in ms", lease.toMillis(), 100, 3_600_000);
    within("time to send again in ms", resend.toMillis(), 0, 86_400_000);
    within("time to raise fees in ms", bumpAfter.toMillis(), 0, 86_400_000);
    within("time until a nonce counts as lost in ms", deadAfter.toMillis(), 0, 86_400_000);
    within("days that bytes are kept", keep.toDays(), 0, 36_500);
    if (lease.compareTo(interval.multipliedBy(2)) < 0) {
      throw OpenLedgerException.invalid(
          "lease", lease, "at least twice the interval between turns, " + interval);
    }
    if (feeCeiling.isZero() || feeCeiling.value().bitLength() > 128) {
      throw OpenLedgerException.invalid("fee ceiling", feeCeiling, "1 to 2^128 - 1 wei");
    }
  }

  private static void within(String what, long actual, long least, long most) {
    if (actual < least || actual > most) {
      throw OpenLedgerException.invalid(what, actual, least + " to " + most);
    }
  }

  /**
   * A ceiling of 500 gwei, 25 % of gas and at most 2^24 of it, 10 000 waiting, 48 in flight, a turn
   * each second, a lease of 30 s; sent again after 30 s, 15 % more after 30 s; lost after a minute;
   * bytes kept 30 days.
   */
  public static OutboxSettings usual(long chainId) {
    return new OutboxSettings(
        chainId,
        Wei.of(500_000_000_000L),
        25,
        USUAL_GAS_CEILING,
        10_000,
        48,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        15,
        Duration.ofMinutes(1),
        Duration.ofDays(30));
  }

  /** The same with another ceiling. */
  public OutboxSettings withCeiling(Wei ceiling) {
    return new OutboxSettings(
        chainId,
        ceiling,
        gasMargin,
        gasCeiling,
        maxWaiting,
        window,
        interval,
        lease,
        resend,
        bumpAfter,
        bump,
        deadAfter,
        keep);
  }

  /** The same with another ceiling of gas. */
  public OutboxSettings withGasCeiling(long gas) {
    return new OutboxSettings(
        chainId,
        feeCeiling,
        gasMargin,
        gas,
        maxWaiting,
        window,
        interval,
        lease,
        resend,
        bumpAfter,
        bump,
        deadAfter,
        keep);
  }

  GasRule gas() {
    return new GasRule(gasMargin, gasCeiling);
  }
}
