package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;

/**
 * What an endpoint may cost.
 *
 * @param connect most time until a connection stands
 * @param answer most time until the last byte of an answer is there, connecting included
 * @param answerBytes most bytes of an answer, 1 KiB to 64 MiB
 * @param depth most nesting of an answer's JSON, 8 to 1000
 */
public record RpcLimits(Duration connect, Duration answer, int answerBytes, int depth) {

  /** 3 s to connect, 10 s to answer, 8 MiB, 32 levels. */
  public static final RpcLimits USUAL =
      new RpcLimits(Duration.ofSeconds(3), Duration.ofSeconds(10), 8 << 20, 32);

  public RpcLimits {
    if (connect.toMillis() < 1
        || answer.toMillis() < 1
        || answer.compareTo(Duration.ofMinutes(10)) > 0) {
      throw OpenLedgerException.invalid("time limit", connect + " and " + answer, "1 ms to 10 min");
    }
    if (answerBytes < 1024 || answerBytes > 64 << 20) {
      throw OpenLedgerException.invalid("limit of an answer", answerBytes, "1 KiB to 64 MiB");
    }
    if (depth < 8 || depth > 1000) {
      throw OpenLedgerException.invalid("limit of nesting", depth, "8 to 1000");
    }
  }
}
