package io.openledger.runtime.ledger;

import io.openledger.api.Hash256;
import io.openledger.api.reward.FeeSplit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the chain has decided of the rules of answers. */
@FunctionalInterface
public interface ChainTerms {

  /**
   * What held at a time, from what is final and stored.
   *
   * @param deployment which chain and contracts
   * @param block the last final block that was read when this was computed: the same blocks give
   *     the same terms
   * @param blockHash its hash
   * @param feeSplit the fee split; empty if there was none yet
   * @param policy the attribution policy; empty if there was none yet
   * @param epochLength how long an epoch is, 1 second or more; empty if that was not said yet
   */
  record Terms(
      Hash256 deployment,
      long block,
      Hash256 blockHash,
      Optional<FeeSplit> feeSplit,
      Optional<NamedPolicy> policy,
      Optional<Duration> epochLength) {}

  /**
   * A policy as the chain names it.
   *
   * @param version from 1
   * @param hash SHA-256 of its canonical text
   */
  record NamedPolicy(long version, Hash256 hash) {}

  /** What can be said of a time. */
  sealed interface Answer {}

  /**
   * What held then, for good: nothing that is read later changes it.
   *
   * @param terms empty where the chain has no say, as it has no contract that decides
   */
  record Known(Optional<Terms> terms) implements Answer {}

  /**
   * Something that was not read, or is not final, may have changed what held then.
   *
   * @param why for whoever asked
   * @param remedy for administrators; empty where it ends by itself
   * @param readTo the time of the last final block that was read, by the chain's clock; empty if
   *     there is none
   */
  record NotYet(String why, String remedy, Optional<Instant> readTo) implements Answer {

    /** What ends by itself when the chain was read further. */
    public NotYet(String why, Instant readTo) {
      this(why, "", Optional.of(readTo));
    }
  }

  /**
   * What held at a time.
   *
   * @param c in whose transaction it is read
   */
  Answer at(Connection c, Instant time) throws SQLException;
}
