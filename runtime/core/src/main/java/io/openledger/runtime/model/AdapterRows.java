package io.openledger.runtime.model;

import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.runtime.AdapterAdministration.Origin;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Adapters in the store. */
final class AdapterRows {

  private AdapterRows() {}

  /** All of them, by name. */
  static Map<ModelId, AdapterRow> all(Connection c) throws SQLException {
    Map<String, Set<String>> grants = new HashMap<>();
    Sql.list(
            c,
            "SELECT adapter, tenant FROM ol_adapter_grants",
            r -> List.of(r.getString(1), r.getString(2)))
        .forEach(g -> grants.computeIfAbsent(g.get(0), a -> new HashSet<>()).add(g.get(1)));
    Map<ModelId, AdapterRow> rows = new TreeMap<>();
    Sql.list(
            c,
            "SELECT name, origin, folder, version, owner, builder, registered, pinned"
                + " FROM ol_adapters",
            r ->
                new AdapterRow(
                    new ModelId(r.getString("name")),
                    Origin.valueOf(r.getString("origin")),
                    r.getString("folder"),
                    r.getLong("version"),
                    new AdapterAccess(
                        r.getString("owner"), grants.getOrDefault(r.getString("name"), Set.of())),
                    Sql.text(r, "builder"),
                    r.getBoolean("registered"),
                    r.getBoolean("pinned")))
        .forEach(row -> rows.put(row.id(), row));
    return rows;
  }

  /** Writes one, whether it was there or not. */
  static void put(Connection c, AdapterRow row, String by, Instant at) throws SQLException {
    delete(c, row.id());
    Sql.update(
        c,
        "INSERT INTO ol_adapters (name, origin, folder, version, owner, builder, registered, pinned,"
            + " changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.id().value(),
        row.origin(),
        row.folder(),
        row.version(),
        row.access().owner(),
        row.builder(),
        row.registered(),
        row.pinned(),
        by,
        at);
    Sql.batch(
        c,
        "INSERT INTO ol_adapter_grants (adapter, tenant) VALUES (?, ?)",
        row.access().granted().stream()
            .sorted()
            .map(tenant -> new Object[] {row.id().value(), tenant})
            .toList());
  }

  static void delete(Connection c, ModelId id) throws SQLException {
    Sql.lock(c, "adapters");
    Sql.update(c, "DELETE FROM ol_adapter_grants WHERE adapter = ?", id.value());
    Sql.update(c, "DELETE FROM ol_adapters WHERE name = ?", id.value());
  }
}
