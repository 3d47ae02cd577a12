package io.openledger.api.governance;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A number that governance decides.
 *
 * @param key its name
 * @param value that holds
 * @param minimum the least that it may be changed to
 * @param maximum the most
 * @param pending a change that was decided and holds later
 * @param nextChange before which no further change is executed
 */
public record GovernedParameter(
    String key,
    BigInteger value,
    BigInteger minimum,
    BigInteger maximum,
    Optional<Pending> pending,
    Instant nextChange) {

  /**
   * A change that waits for its time.
   *
   * @param value that is to hold
   * @param from when
   */
  public record Pending(BigInteger value, Instant from) {}
}
