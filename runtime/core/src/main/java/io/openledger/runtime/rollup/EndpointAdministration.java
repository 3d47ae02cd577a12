package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The endpoints through which a server sees the chain, as an administrator sees them and may decide
 * about them. Each server of a cluster has its own view of them; decisions are kept in the
 * database, with who took them, and reach the other servers within seconds. Safe for any thread,
 * and there while the chain is not.
 *
 * <p>All methods throw {@link OpenLedgerException} with {@link
 * io.openledger.api.ErrorCode#FORBIDDEN} for callers who are no administrators.
 */
public interface EndpointAdministration {

  /** Most decisions that are shown. */
  int MOST_DECISIONS = 50;

  /** Whether an endpoint is asked. */
  enum Status {
    /** Not asked yet. */
    UNKNOWN,
    /** Asked for everything. */
    UP,
    /** Behind the others: not asked for what is new. */
    LATE,
    /** It does not answer; asked again after a while. */
    DOWN,
    /** It wants to be asked less; asked again after a while. */
    THROTTLED,
    /** It is of another chain. */
    WRONG_CHAIN,
    /** It contradicted what is settled: not asked until it is lifted, or the server starts anew. */
    ASIDE
  }

  /**
   * An endpoint.
   *
   * @param name as configured
   * @param address scheme, host and port: what else is configured may be a provider's key
   * @param detail why it is not asked, and what to do
   * @param head the number of its newest block, when it was last asked
   * @param lag blocks that it is behind the others
   * @param lastError the last thing that went wrong with it
   * @param failures how often it did not answer as it should
   * @param contradictions how often what it said was outvoted
   * @param since when the status began
   * @param retryIn how long it is left alone from now on
   */
  record Endpoint(
      String name,
      String address,
      Status status,
      Optional<String> detail,
      OptionalLong head,
      long lag,
      Optional<String> lastError,
      long failures,
      long contradictions,
      Instant since,
      Optional<Duration> retryIn) {}

  /** A block that stays. */
  record Block(long number, Hash256 hash) {}

  /**
   * What an administrator decided.
   *
   * @param kind {@code LIFT} or {@code ACCEPT}
   * @param subject the endpoint's name, or which block was accepted in place of which
   * @param by who
   */
  record Decision(String kind, String subject, String by, Instant at) {}

  /**
   * How the endpoints are.
   *
   * @param chainId which chain is meant
   * @param quorum how many must say the same
   * @param settled the last block that enough endpoints called final
   * @param dispute why what they call final now is not believed; nothing is settled meanwhile
   * @param endpoints as configured
   * @param decisions the newest first, at most {@value #MOST_DECISIONS}
   */
  record Standing(
      long chainId,
      int quorum,
      Optional<Block> settled,
      Optional<String> dispute,
      List<Endpoint> endpoints,
      List<Decision> decisions) {
    public Standing {
      endpoints = List.copyOf(endpoints);
      decisions = List.copyOf(decisions);
    }
  }

  /** How they are. Asks the database, and no endpoint. */
  Standing standing();

  /**
   * Asks an endpoint again that was put aside, on each server where it is; elsewhere nothing
   * happens.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if there is none of that name
   */
  Standing lift(String endpoint);

  /**
   * Takes what enough endpoints call final now for final, although it does not follow from what
   * was: after the chain itself was set back. What was settled by blocks that are gone stays as it
   * is in the ledger and in the outbox; look through it.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it does follow, so that there is nothing
   *     to accept; {@code CHAIN_DISPUTED} or {@code CHAIN_UNAVAILABLE} if too few endpoints say the
   *     same now
   */
  Standing acceptFinality();
}
