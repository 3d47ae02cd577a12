package io.openledger.runtime.ledger;

import io.openledger.api.Hash256;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.runtime.ledger.ChainTerms.NamedPolicy;
import io.openledger.runtime.ledger.ChainTerms.Terms;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By which terms the answers of an epoch are made. Decided once for all nodes, and kept.
 *
 * @param epoch from 1
 * @param start when it began: with the end of the one before; the first one, and one before which
 *     the clock was ahead, when somebody first asked for its terms
 * @param terms what the chain said; empty where it has no say, and the configuration counts
 */
record EpochTerms(long epoch, Instant start, Optional<Terms> terms) {

  /** The epoch that runs: it is closed by the next closing. */
  static long running(Connection c) throws SQLException {
    return 1 + Sql.number(c, "SELECT COALESCE(MAX(epoch), 0) FROM ol_epochs");
  }

  /** What was decided for an epoch, if anything was. */
  static Optional<EpochTerms> find(Connection c, long epoch) throws SQLException {
    return Sql.first(c, "SELECT * FROM ol_epoch_terms WHERE epoch = ?", EpochTerms::read, epoch);
  }

  /** When an epoch began: with the end of the one before; empty for the first. */
  static Optional<Instant> start(Connection c, long epoch) throws SQLException {
    return Sql.first(
        c,
        "SELECT closed_at FROM ol_epochs WHERE epoch = ?",
        row -> Sql.instant(row, "closed_at"),
        epoch - 1);
  }

  /** Writes down what is decided. The caller holds the lock of the policies. */
  void keep(Connection c, Instant now) throws SQLException {
    Optional<Terms> t = terms;
    Sql.update(
        c,
        "INSERT INTO ol_epoch_terms (epoch, started_at, decided_at, deployment, finalized_number,"
            + " finalized_hash, fee_split, policy_version, policy_hash, epoch_seconds)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        epoch,
        start,
        now,
        t.map(Terms::deployment),
        t.map(Terms::block),
        t.map(Terms::blockHash),
        t.flatMap(Terms::feeSplit).map(EpochTerms::text),
        t.flatMap(Terms::policy).map(NamedPolicy::version),
        t.flatMap(Terms::policy).map(NamedPolicy::hash),
        t.flatMap(Terms::epochLength).map(Duration::toSeconds));
  }

  private static EpochTerms read(ResultSet row) throws SQLException {
    Optional<Terms> terms = Optional.empty();
    Optional<String> deployment = Sql.text(row, "deployment");
    if (deployment.isPresent()) {
      Optional<NamedPolicy> policy = Optional.empty();
      Optional<String> hash = Sql.text(row, "policy_hash");
      if (hash.isPresent()) {
        policy =
            Optional.of(new NamedPolicy(row.getLong("policy_version"), Hash256.parse(hash.get())));
      }
      terms =
          Optional.of(
              new Terms(
                  Hash256.parse(deployment.get()),
                  row.getLong("finalized_number"),
                  Sql.hash(row, "finalized_hash"),
                  Sql.text(row, "fee_split").map(EpochTerms::split),
                  policy,
                  row.getObject("epoch_seconds") == null
                      ? Optional.empty()
                      : Optional.of(Duration.ofSeconds(row.getLong("epoch_seconds")))));
    }
    return new EpochTerms(row.getLong("epoch"), Sql.instant(row, "started_at"), terms);
  }

  /** Basis points in the order of the roles. */
  private static String text(FeeSplit split) {
    return Stream.of(FeeRole.values())
        .map(role -> Integer.toString(split.of(role)))
        .collect(Collectors.joining(","));
  }

  private static FeeSplit split(String text) {
    String[] parts = text.split(",");
    Map<FeeRole, Integer> split = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      split.put(role, Integer.parseInt(parts[role.ordinal()]));
    }
    return new FeeSplit(split);
  }
}
