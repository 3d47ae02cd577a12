package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.runtime.AdapterAdministration.Origin;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adapters in the store. Whoever changes one names the revision that it saw: one that another
 * changed meanwhile, here or on another server, is not overwritten.
 */
final class AdapterRows {

  private static final String COLUMNS =
      "SELECT name, origin, folder, version, owner, builder, registered, pinned, revision,"
          + " stored_bytes FROM ol_adapters";

  private AdapterRows() {}

  /**
   * What uploads an owner has.
   *
   * @param adapters how many
   * @param bytes of all their files
   */
  record Usage(long adapters, long bytes) {}

  /** All of them, by name. */
  static Map<ModelId, AdapterRow> all(Connection c) throws SQLException {
    Map<String, Set<String>> grants = new HashMap<>();
    Sql.list(
            c,
            "SELECT adapter, tenant FROM ol_adapter_grants",
            r -> List.of(r.getString(1), r.getString(2)))
        .forEach(g -> grants.computeIfAbsent(g.get(0), a -> new HashSet<>()).add(g.get(1)));
    Map<ModelId, AdapterRow> rows = new TreeMap<>();
    Sql.list(c, COLUMNS, r -> row(r, grants.getOrDefault(r.getString("name"), Set.of())))
        .forEach(row -> rows.put(row.id(), row));
    return rows;
  }

  /** One, by its key. */
  static Optional<AdapterRow> find(Connection c, ModelId id) throws SQLException {
    Set<String> grants =
        new HashSet<>(
            Sql.list(
                c,
                "SELECT tenant FROM ol_adapter_grants WHERE adapter = ?",
                r -> r.getString(1),
                id.value()));
    return Sql.first(c, COLUMNS + " WHERE name = ?", r -> row(r, grants), id.value());
  }

  private static AdapterRow row(ResultSet r, Set<String> grants) throws SQLException {
    return new AdapterRow(
        new ModelId(r.getString("name")),
        Origin.valueOf(r.getString("origin")),
        r.getString("folder"),
        r.getLong("version"),
        new AdapterAccess(r.getString("owner"), grants),
        Sql.text(r, "builder"),
        r.getBoolean("registered"),
        r.getBoolean("pinned"),
        r.getLong("revision"),
        r.getLong("stored_bytes"));
  }

  /** The number of the last change of any. */
  static long lastChange(Connection c) throws SQLException {
    return Sql.number(c, "SELECT last_change FROM ol_adapter_changes");
  }

  /** The revision of each. */
  static Map<ModelId, Long> revisions(Connection c) throws SQLException {
    Map<ModelId, Long> revisions = new HashMap<>();
    Sql.list(
            c,
            "SELECT name, revision FROM ol_adapters",
            r -> Map.entry(new ModelId(r.getString(1)), r.getLong(2)))
        .forEach(e -> revisions.put(e.getKey(), e.getValue()));
    return revisions;
  }

  /** Uploads of all. */
  static long uploads(Connection c) throws SQLException {
    return Sql.number(c, "SELECT COUNT(*) FROM ol_adapters WHERE origin = 'UPLOAD'");
  }

  /** Uploads of one owner, but for one of them. */
  static Usage usage(Connection c, String owner, ModelId without) throws SQLException {
    return Sql.first(
            c,
            "SELECT COUNT(*), COALESCE(SUM(stored_bytes), 0) FROM ol_adapters"
                + " WHERE owner = ? AND origin = 'UPLOAD' AND name <> ?",
            r -> new Usage(r.getLong(1), r.getLong(2)),
            owner,
            without.value())
        .orElseThrow(() -> new SQLException("no row of a sum"));
  }

  /** Until the transaction ends nobody else changes an adapter. */
  static void lock(Connection c) throws SQLException {
    Sql.lock(c, "adapters");
  }

  /**
   * Writes one, whether it was there or not.
   *
   * @param row with the revision that was seen; 0: none was there
   * @return with its new revision
   */
  static AdapterRow put(Connection c, AdapterRow row, String by, Instant at) throws SQLException {
    AdapterRow next = row.as(change(c, row));
    remove(c, row.id());
    Sql.update(
        c,
        "INSERT INTO ol_adapters (name, origin, folder, version, owner, builder, registered, pinned,"
            + " revision, stored_bytes, changed_by, changed_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        next.id().value(),
        next.origin(),
        next.folder(),
        next.version(),
        next.access().owner(),
        next.builder(),
        next.registered(),
        next.pinned(),
        next.revision(),
        next.bytes(),
        by,
        at);
    Sql.batch(
        c,
        "INSERT INTO ol_adapter_grants (adapter, tenant) VALUES (?, ?)",
        next.access().granted().stream()
            .sorted()
            .map(tenant -> new Object[] {next.id().value(), tenant})
            .toList());
    return next;
  }

  /**
   * Deletes one.
   *
   * @param row with the revision that was seen
   * @return the number of the change
   */
  static long delete(Connection c, AdapterRow row) throws SQLException {
    long change = change(c, row);
    remove(c, row.id());
    return change;
  }

  private static long change(Connection c, AdapterRow seen) throws SQLException {
    lock(c);
    long now =
        Sql.first(
                c,
                "SELECT revision FROM ol_adapters WHERE name = ?",
                r -> r.getLong(1),
                seen.id().value())
            .orElse(0L);
    if (now != seen.revision()) {
      throw changed(seen.id());
    }
    Sql.update(c, "UPDATE ol_adapter_changes SET last_change = last_change + 1");
    return lastChange(c);
  }

  private static void remove(Connection c, ModelId id) throws SQLException {
    Sql.update(c, "DELETE FROM ol_adapter_grants WHERE adapter = ?", id.value());
    Sql.update(c, "DELETE FROM ol_adapters WHERE name = ?", id.value());
  }

  /** Refuses a change of what is not any more as it was seen. */
  static OpenLedgerException changed(ModelId id) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_EXISTS,
        "an adapter " + id + " that was changed or registered meanwhile",
        "a change of the adapter as it is now, or a name that no model has",
        "look at the adapters and send it again");
  }
}
