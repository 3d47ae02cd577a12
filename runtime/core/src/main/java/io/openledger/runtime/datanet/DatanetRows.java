package io.openledger.runtime.datanet;

import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.Visibility;
import io.openledger.runtime.Caller;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows of datanets and grants. */
final class DatanetRows {

  private static final String COLUMNS = "SELECT d.* FROM ol_datanets d";

  private DatanetRows() {}

  static Optional<DatanetRow> find(Connection c, DatanetId id) throws SQLException {
    return Sql.first(c, COLUMNS + " WHERE d.id = ?", DatanetRows::read, id.value());
  }

  /** Finds it and keeps others from changing it until the transaction ends. */
  static Optional<DatanetRow> lock(Connection c, DatanetId id) throws SQLException {
    return Sql.first(c, COLUMNS + " WHERE d.id = ? FOR UPDATE", DatanetRows::read, id.value());
  }

  /** All, by name. */
  static List<DatanetRow> list(Connection c) throws SQLException {
    List<DatanetRow> all = Sql.list(c, COLUMNS, DatanetRows::read);
    // here and not in the statement: databases order names by their locale
    all.sort(Comparator.comparing(row -> row.datanet().id()));
    return all;
  }

  static List<DatanetRow> findAll(Connection c, Set<DatanetId> ids) throws SQLException {
    return ids.isEmpty()
        ? List.of()
        : Sql.list(
            c,
            COLUMNS + " WHERE d.id IN (" + Sql.marks(ids.size()) + ")",
            DatanetRows::read,
            ids.stream().map(DatanetId::value).toArray());
  }

  static void insert(Connection c, DatanetRow row) throws SQLException {
    Datanet d = row.datanet();
    Sql.update(
        c,
        "INSERT INTO ol_datanets (id, uid, title, description, visibility, owner_kind, owner_name,"
            + " created_at, version, accepted, active, frontier, root)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', ?)",
        d.id().value(),
        row.uid(),
        d.title(),
        d.description(),
        d.visibility(),
        d.owner().kind(),
        d.owner().name(),
        d.createdAt(),
        row.root());
  }

  /** Writes a new state and its line in the journal. */
  static void advance(
      Connection c, DatanetRow next, String change, long sequence, Caller by, Instant at)
      throws SQLException {
    String id = next.datanet().id().value();
    Sql.update(
        c,
        "UPDATE ol_datanets SET version = ?, accepted = ?, active = ?, frontier = ?, root = ?"
            + " WHERE id = ?",
        next.datanet().version(),
        next.frontier().size(),
        next.datanet().contributions(),
        next.frontier().encode(),
        next.root(),
        id);
    Sql.update(
        c,
        "INSERT INTO ol_changes (datanet, version, kind, sequence_number, root, changed_by,"
            + " changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        id,
        next.datanet().version(),
        change,
        sequence,
        next.root(),
        by.grantee().toString(),
        at);
  }

  private static DatanetRow read(ResultSet row) throws SQLException {
    return new DatanetRow(
        new Datanet(
            new DatanetId(row.getString("id")),
            row.getString("title"),
            row.getString("description"),
            Visibility.valueOf(row.getString("visibility")),
            new Grantee(
                Grantee.Kind.valueOf(row.getString("owner_kind")), row.getString("owner_name")),
            Sql.instant(row, "created_at"),
            row.getLong("version"),
            row.getLong("active")),
        row.getString("uid"),
        MerkleFrontier.decode(row.getLong("accepted"), row.getString("frontier")),
        Sql.hash(row, "root"));
  }

  /** What grants in force give to the caller, by datanet. */
  static Map<DatanetId, Set<DatanetRight>> granted(Connection c, Caller caller, Instant now)
      throws SQLException {
    List<Object> args = new ArrayList<>();
    args.add(now);
    args.add(caller.grantee().kind());
    args.add(caller.grantee().name());
    String roles = "";
    if (!caller.roles().isEmpty()) {
      roles =
          " OR (grantee_kind = 'ROLE' AND grantee_name IN ("
              + Sql.marks(caller.roles().size())
              + "))";
      caller.roles().forEach(r -> args.add(r.label()));
    }
    Map<DatanetId, Set<DatanetRight>> granted = new HashMap<>();
    Sql.list(
        c,
        "SELECT datanet, rights FROM ol_grants WHERE (expires IS NULL OR expires > ?)"
            + " AND ((grantee_kind = ? AND grantee_name = ?)"
            + roles
            + ")",
        row ->
            granted
                .computeIfAbsent(
                    new DatanetId(row.getString("datanet")),
                    id -> EnumSet.noneOf(DatanetRight.class))
                .addAll(rights(row.getString("rights"))),
        args.toArray());
    return granted;
  }

  static List<Grant> grants(Connection c, DatanetId datanet, Instant now) throws SQLException {
    return Sql.list(
        c,
        "SELECT * FROM ol_grants WHERE datanet = ? AND (expires IS NULL OR expires > ?)"
            + " ORDER BY grantee_kind, grantee_name",
        row ->
            new Grant(
                datanet,
                new Grantee(
                    Grantee.Kind.valueOf(row.getString("grantee_kind")),
                    row.getString("grantee_name")),
                rights(row.getString("rights")),
                row.getString("expires") == null
                    ? Optional.empty()
                    : Optional.of(Sql.instant(row, "expires"))),
        datanet.value(),
        now);
  }

  /** Replaces the grantee's grant; the datanet's row must be locked. */
  static void replaceGrant(Connection c, Grant grant, Caller by, Instant at) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_grants WHERE datanet = ? AND grantee_kind = ? AND grantee_name = ?",
        grant.datanet().value(),
        grant.grantee().kind(),
        grant.grantee().name());
    if (!grant.rights().isEmpty()) {
      Sql.update(
          c,
          "INSERT INTO ol_grants (datanet, grantee_kind, grantee_name, rights, expires,"
              + " granted_by, granted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
          grant.datanet().value(),
          grant.grantee().kind(),
          grant.grantee().name(),
          grant.rights().stream().sorted().map(Enum::name).collect(Collectors.joining(",")),
          grant.expires(),
          by.grantee().toString(),
          at);
    }
  }

  private static Set<DatanetRight> rights(String text) {
    Set<DatanetRight> rights = EnumSet.noneOf(DatanetRight.class);
    for (String right : text.split(",", -1)) {
      rights.add(DatanetRight.valueOf(right));
    }
    return rights;
  }
}
