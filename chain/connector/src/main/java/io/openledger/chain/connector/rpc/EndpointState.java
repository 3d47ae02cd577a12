package io.openledger.chain.connector.rpc;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How an endpoint does, for metrics and administrators. It names the endpoint and never its
 * address.
 *
 * @param name as configured
 * @param status whether it is asked
 * @param detail why it is not, and what to do
 * @param head its newest block when it was last asked
 * @param lag blocks that it is behind the others, 0 if it is not
 * @param lastError the last thing that went wrong with it
 * @param failures how often it did not answer as it should
 * @param contradictions how often what it said was outvoted
 * @param since when the status began, by the wall clock, for people to read
 * @param retryIn how long it is left alone from now on
 */
public record EndpointState(
    String name,
    Status status,
    Optional<String> detail,
    Optional<BlockHeader> head,
    long lag,
    Optional<String> lastError,
    long failures,
    long contradictions,
    Instant since,
    Optional<Duration> retryIn) {

  /** Whether an endpoint is asked. */
  public enum Status {
    /** Not asked yet. */
    UNKNOWN,
    /** Asked for everything. */
    UP,
    /** Behind the others: not asked for what is new. */
    LATE,
    /** It does not answer; asked again after the back-off. */
    DOWN,
    /** It wants to be asked less; asked again after the time that it told. */
    THROTTLED,
    /** It is of another chain; asked again for its id after the longest back-off. */
    WRONG_CHAIN,
    /** It contradicted what is settled: put aside until {@link Endpoints#lift}. */
    ASIDE
  }

  /** Whether it is asked at all. */
  public boolean up() {
    return status == Status.UP || status == Status.LATE;
  }
}
