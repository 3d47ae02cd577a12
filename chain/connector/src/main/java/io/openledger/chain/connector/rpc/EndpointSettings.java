package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Duration;

/**
 * When endpoints are believed, and how long they are left alone.
 *
 * @param quorum how many must say the same, 1 to the number of endpoints; 0 for more than half of
 *     those configured. With 1, each is believed where it is not contradicted
 * @param refresh most time between two looks at heads, 10 ms to 1 h
 * @param patience how long others are waited for before one is taken for slow, and more are asked;
 *     10 ms to 10 min
 * @param lagBlocks an endpoint is late if its newest block is so many behind, 1 to 1 000 000
 * @param lagTime an endpoint is late if its newest block is so much older, 1 s to 1 day
 * @param backOff how long an endpoint is left alone after a failure, 10 ms to 1 h; doubled each
 *     time
 * @param longestBackOff where doubling ends, {@code backOff} to 1 h
 * @param leastTip least priority fee of a unit of gas, in wei
 * @param mostTip most of it, whatever endpoints ask for
 */
public record EndpointSettings(
    int quorum,
    Duration refresh,
    Duration patience,
    long lagBlocks,
    Duration lagTime,
    Duration backOff,
    Duration longestBackOff,
    Wei leastTip,
    Wei mostTip) {

  /**
   * More than half; heads every 2 s; slow after 2 s; 10 blocks or 30 s late; left alone for 0.25 s
   * to 30 s; tips of 1 wei to 10 gwei.
   */
  public static final EndpointSettings USUAL =
      new EndpointSettings(
          0,
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          10,
          Duration.ofSeconds(30),
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          Wei.of(1),
          Wei.of(10_000_000_000L));

  public EndpointSettings {
    if (quorum < 0) {
      throw OpenLedgerException.invalid("quorum", quorum, "0 (more than half) or more");
    }
    within("time between looks at heads", refresh, Duration.ofMillis(10), Duration.ofHours(1));
    within("patience", patience, Duration.ofMillis(10), Duration.ofMinutes(10));
    within("allowed lag", lagTime, Duration.ofSeconds(1), Duration.ofDays(1));
    within("back-off", backOff, Duration.ofMillis(10), Duration.ofHours(1));
    within("longest back-off", longestBackOff, backOff, Duration.ofHours(1));
    if (lagBlocks < 1 || lagBlocks > 1_000_000) {
      throw OpenLedgerException.invalid("allowed lag in blocks", lagBlocks, "1 to 1 000 000");
    }
    if (leastTip.compareTo(mostTip) > 0) {
      throw OpenLedgerException.invalid("least tip", leastTip, "at most " + mostTip + " wei");
    }
  }

  private static void within(String what, Duration given, Duration least, Duration most) {
    if (given.compareTo(least) < 0 || given.compareTo(most) > 0) {
      throw OpenLedgerException.invalid(what, given, least + " to " + most);
    }
  }

  /** The same with another quorum. */
  public EndpointSettings withQuorum(int endpoints) {
    return new EndpointSettings(
        endpoints,
        refresh,
        patience,
        lagBlocks,
        lagTime,
        backOff,
        longestBackOff,
        leastTip,
        mostTip);
  }

  /** The same with another patience. */
  public EndpointSettings withPatience(Duration time) {
    return new EndpointSettings(
        quorum, refresh, time, lagBlocks, lagTime, backOff, longestBackOff, leastTip, mostTip);
  }

  /** How many of so many endpoints must say the same. */
  int quorumOf(int endpoints) {
    int needed = quorum == 0 ? endpoints / 2 + 1 : quorum;
    if (needed > endpoints) {
      throw OpenLedgerException.invalid(
          "quorum", needed, "at most the number of endpoints, " + endpoints);
    }
    return needed;
  }
}
