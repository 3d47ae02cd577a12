package io.openledger.rollup.registration;

import io.openledger.api.Hash256;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What was handed to the registries, of one deployment, and what the server has. */
final class RegistrationRows {

  /**
   * A registration that was handed over.
   *
   * @param attempt from 1
   * @param businessKey of its message; empty if the chain had the entry already
   */
  record Registered(int attempt, Optional<String> businessKey) {}

  /** A batch whose end is not known yet. */
  record Open(Kind kind, long batch, String businessKey) {}

  private final String deployment;

  RegistrationRows(Hash256 deployment) {
    this.deployment = deployment.hex();
  }

  void lock(Connection c) throws SQLException {
    Sql.lock(c, "registration");
  }

  /** Names of datanets that have contributions, in order. */
  List<String> datanets(Connection c) throws SQLException {
    return Sql.list(
        c, "SELECT id FROM ol_datanets WHERE accepted > 0 ORDER BY id", row -> row.getString(1));
  }

  Optional<Registered> registered(Connection c, Kind kind, String name) throws SQLException {
    return Sql.first(
        c,
        "SELECT attempt, business_key FROM ol_registrations"
            + " WHERE deployment = ? AND kind = ? AND name = ?",
        row -> new Registered(row.getInt(1), Sql.text(row, "business_key")),
        deployment,
        kind,
        name);
  }

  void register(Connection c, Kind kind, String name, Registered registered) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_registrations WHERE deployment = ? AND kind = ? AND name = ?",
        deployment,
        kind,
        name);
    Sql.update(
        c,
        "INSERT INTO ol_registrations (deployment, kind, name, attempt, business_key)"
            + " VALUES (?, ?, ?, ?, ?)",
        deployment,
        kind,
        name,
        registered.attempt(),
        registered.businessKey());
  }

  /**
   * Datanets whose root was not anchored, as they are. One root is anchored once: a retraction
   * makes a version and no other root.
   */
  List<Entry> changedDatanets(Connection c, Set<String> among) throws SQLException {
    List<Entry> changed = new ArrayList<>();
    for (Entry without :
        Sql.list(
            c,
            "SELECT d.id, d.version, d.accepted, d.root FROM ol_datanets d WHERE d.accepted > 0"
                + " AND NOT EXISTS (SELECT 1 FROM ol_anchored a WHERE a.deployment = ?"
                + " AND a.kind = 'DATANET' AND a.name = d.id AND a.root = d.root) ORDER BY d.id",
            row ->
                new Entry(
                    Kind.DATANET,
                    row.getString("id"),
                    row.getLong("version"),
                    Sql.hash(row, "root"),
                    row.getLong("accepted"),
                    Hash256.ZERO),
            deployment)) {
      if (among.contains(without.name())) {
        changed.add(
            new Entry(
                Kind.DATANET,
                without.name(),
                without.version(),
                without.root(),
                without.size(),
                licences(c, without)));
      }
    }
    return changed;
  }

  /** SHA-256 of the licences of all contributions that the root is over, by name, one a line. */
  private static Hash256 licences(Connection c, Entry datanet) throws SQLException {
    List<String> licences =
        Sql.list(
            c,
            "SELECT DISTINCT licence FROM ol_contributions WHERE datanet = ?"
                + " AND sequence_number <= ?",
            row -> row.getString(1),
            datanet.name(),
            datanet.size());
    // in Java's order, which no database's collation changes
    return Hash256.sha256(String.join("\n", licences.stream().sorted().toList()) + "\n");
  }

  /** The last version of a name that was handed over, and its root. */
  Optional<Entry> last(Connection c, Kind kind, String name) throws SQLException {
    return Sql.first(
        c,
        "SELECT version, root FROM ol_anchored WHERE deployment = ? AND kind = ? AND name = ?"
            + " ORDER BY version DESC LIMIT 1",
        row ->
            new Entry(kind, name, row.getLong("version"), Sql.hash(row, "root"), 0, Hash256.ZERO),
        deployment,
        kind,
        name);
  }

  long nextBatch(Connection c, Kind kind) throws SQLException {
    return 1
        + Sql.number(
            c,
            "SELECT COALESCE(MAX(batch), 0) FROM ol_anchor_batches"
                + " WHERE deployment = ? AND kind = ?",
            deployment,
            kind);
  }

  void addBatch(Connection c, Kind kind, long batch, String businessKey, List<Entry> entries)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_anchor_batches (deployment, kind, batch, business_key, state)"
            + " VALUES (?, ?, ?, ?, 'SUBMITTED')",
        deployment,
        kind,
        batch,
        businessKey);
    List<Object[]> rows = new ArrayList<>();
    for (Entry e : entries) {
      rows.add(new Object[] {deployment, kind, e.name(), e.version(), e.root(), batch});
    }
    Sql.batch(
        c,
        "INSERT INTO ol_anchored (deployment, kind, name, version, root, batch)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        rows);
  }

  /** Batches whose messages may still end. */
  List<Open> open(Connection c) throws SQLException {
    return Sql.list(
        c,
        "SELECT kind, batch, business_key FROM ol_anchor_batches"
            + " WHERE deployment = ? AND state = 'SUBMITTED' ORDER BY batch",
        row -> new Open(Kind.valueOf(row.getString(1)), row.getLong(2), row.getString(3)),
        deployment);
  }

  /** Names that a batch which has not ended yet is about. */
  Set<String> underWay(Connection c, Kind kind) throws SQLException {
    return new HashSet<>(
        Sql.list(
            c,
            "SELECT a.name FROM ol_anchored a JOIN ol_anchor_batches b"
                + " ON b.deployment = a.deployment AND b.kind = a.kind AND b.batch = a.batch"
                + " WHERE a.deployment = ? AND a.kind = ? AND b.state = 'SUBMITTED'",
            row -> row.getString(1),
            deployment,
            kind));
  }

  /** A batch ended. What a reverted one was to anchor counts as not anchored. */
  void end(Connection c, Open open, String state) throws SQLException {
    if (state.equals("REVERTED")) {
      Sql.update(
          c,
          "DELETE FROM ol_anchored WHERE deployment = ? AND kind = ? AND batch = ?",
          deployment,
          open.kind(),
          open.batch());
    }
    Sql.update(
        c,
        "UPDATE ol_anchor_batches SET state = ? WHERE deployment = ? AND kind = ? AND batch = ?",
        state,
        deployment,
        open.kind(),
        open.batch());
  }
}
