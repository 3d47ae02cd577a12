package io.openledger.runtime.datanet;

import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the index follows: the committed state of one datanet, read outside any transaction. */
final class IndexFeed {

  private static final String DOING = "reading the journal of a datanet";

  private final Store store;

  IndexFeed(Store store) {
    this.store = store;
  }

  /**
   * A contribution, as far as the index is concerned.
   *
   * @param sequence which
   * @param found whether answers may be attributed to it
   * @param compared whether it is known what it repeats
   * @param erased whether no file may hold its text
   */
  record Entry(long sequence, boolean found, boolean compared, boolean erased) {}

  /** The datanet as it is committed; empty when its creation is not. */
  Optional<DatanetRow> row(DatanetId datanet) {
    return store.requiresNew(DOING, c -> DatanetRows.find(c, datanet));
  }

  /** Whether the datanet's journal says that it had this root at this version. */
  boolean had(DatanetId datanet, long version, String root) {
    return store.requiresNew(
        DOING,
        c ->
            Sql.number(
                    c,
                    "SELECT COUNT(*) FROM ol_changes WHERE datanet = ? AND version = ?"
                        + " AND root = ?",
                    datanet.value(),
                    version,
                    root)
                == 1);
  }

  /** Every contribution that changed after a version, by sequence; after 0: all of them. */
  List<Entry> changed(DatanetId datanet, long after) {
    String since =
        after == 0
            ? ""
            : " AND c.sequence_number IN (SELECT j.sequence_number FROM ol_changes j"
                + " WHERE j.datanet = c.datanet AND j.version > "
                + after
                + ")";
    return store.requiresNew(
        DOING,
        c ->
            Sql.list(
                c,
                "SELECT c.sequence_number, c.status, c.purposes, n.sequence_number AS compared,"
                    + " e.sequence_number AS erased"
                    + " FROM ol_contributions c LEFT JOIN ol_near_duplicates n"
                    + " ON n.datanet = c.datanet AND n.sequence_number = c.sequence_number"
                    + " LEFT JOIN ol_erasures e"
                    + " ON e.datanet = c.datanet AND e.sequence_number = c.sequence_number"
                    + " WHERE c.datanet = ?"
                    + since
                    + " ORDER BY c.sequence_number",
                IndexFeed::entry,
                datanet.value()));
  }

  /**
   * The contributions that do not permit a purpose, the retracted ones too: an index may not have
   * followed their retraction yet.
   */
  long[] forbidden(DatanetId datanet, Purpose purpose) {
    return store
        .requiresNew(
            DOING,
            c ->
                Sql.list(
                    c,
                    "SELECT sequence_number FROM ol_contributions WHERE datanet = ?"
                        + " AND purposes NOT LIKE ?",
                    row -> row.getLong("sequence_number"),
                    datanet.value(),
                    "%" + purpose + "%"))
        .stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static Entry entry(ResultSet row) throws SQLException {
    boolean active = row.getString("status").equals("ACTIVE");
    return new Entry(
        row.getLong("sequence_number"),
        active && ContributionRows.purposes(row.getString("purposes")).contains(Purpose.ATTRIBUTE),
        !active || Sql.number(row, "compared").isPresent(),
        Sql.number(row, "erased").isPresent());
  }

  /** The contributions of which no file may hold the text, by sequence. */
  List<Long> erased(DatanetId datanet) {
    return store.requiresNew(
        DOING,
        c ->
            Sql.list(
                c,
                "SELECT sequence_number FROM ol_erasures WHERE datanet = ?"
                    + " ORDER BY sequence_number",
                row -> row.getLong("sequence_number"),
                datanet.value()));
  }

  /** The text of an active contribution. */
  Optional<String> text(ContributionId id) {
    return store.requiresNew(DOING, c -> ContributionRows.text(c, id));
  }

  /** Writes what a contribution repeats, when nobody has by now. */
  void compared(ContributionId id, OptionalLong repeats) {
    store.requiresNew(
        "recording a comparison",
        c -> {
          long known =
              Sql.number(
                  c,
                  "SELECT COUNT(*) FROM ol_near_duplicates"
                      + " WHERE datanet = ? AND sequence_number = ?",
                  id.datanet().value(),
                  id.sequence());
          if (known == 0) {
            ContributionRows.insertNearDuplicate(
                c, id, ContributionRows.rootOwner(c, id.datanet(), repeats));
          }
          return true;
        });
  }
}
