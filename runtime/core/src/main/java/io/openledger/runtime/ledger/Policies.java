package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Policy;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The policies in force. Their rules come from the configuration, their versions from the store: a
 * policy whose rules differ from those kept last gets the next version. Safe for any thread.
 */
public final class Policies {

  private final Map<String, Policy> configured;
  private volatile Map<String, Policy> versioned = Map.of();

  public Policies(Map<String, Policy> configured) {
    this.configured = Map.copyOf(configured);
  }

  /** Gives each policy its version. Once, before any answer. */
  public void adopt(Connection c, Instant now) throws SQLException {
    Sql.lock(c, "policies");
    Map<String, Policy> adopted = new HashMap<>();
    for (Policy policy : configured.values()) {
      adopted.put(policy.name(), adopt(c, policy, now));
    }
    versioned = Map.copyOf(adopted);
  }

  private static Policy adopt(Connection c, Policy policy, Instant now) throws SQLException {
    int last =
        Math.toIntExact(
            Sql.number(
                c,
                "SELECT COALESCE(MAX(version), 0) FROM ol_policies WHERE name = ?",
                policy.name()));
    if (last > 0) {
      Policy same = at(policy, last);
      long matching =
          Sql.number(
              c,
              "SELECT COUNT(*) FROM ol_policies WHERE name = ? AND version = ? AND hash = ?",
              policy.name(),
              last,
              same.hash());
      if (matching == 1) {
        return same;
      }
    }
    Policy next = at(policy, last + 1);
    Sql.update(
        c,
        "INSERT INTO ol_policies (name, version, hash, since) VALUES (?, ?, ?, ?)",
        next.name(),
        next.version(),
        next.hash(),
        now);
    return next;
  }

  private static Policy at(Policy p, int version) {
    return new Policy(
        p.name(),
        version,
        p.feePerAnswer(),
        p.feePerToken(),
        p.feeSplit(),
        p.thresholds(),
        p.nearDuplicateBasisPoints());
  }

  /**
   * A policy by name.
   *
   * @param name empty: the default
   * @throws OpenLedgerException {@link ErrorCode#POLICY_UNKNOWN}
   */
  public Policy require(Optional<String> name) {
    Policy policy = versioned.get(name.orElse(OpenLedgerConfig.DEFAULT_POLICY));
    if (policy == null) {
      String shown = name.orElse(OpenLedgerConfig.DEFAULT_POLICY);
      throw new OpenLedgerException(
          ErrorCode.POLICY_UNKNOWN,
          "no policy '" + (shown.length() > 80 ? shown.substring(0, 80) + "…" : shown) + "'",
          "one of " + configured.keySet().stream().sorted().toList(),
          "name one of these, or add it to openledger.policies");
    }
    return policy;
  }
}
