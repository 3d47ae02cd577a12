package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads and writes epochs, and what they changed. */
final class EpochRows {

  private static final int BATCH = 5000;

  private static final String EPOCHS =
      "SELECT e.*, (SELECT p.head_number FROM ol_epochs p WHERE p.epoch = e.epoch - 1) AS receipts_before"
          + " FROM ol_epochs e";

  // the lines that count: what a receipt of a link credits to anybody but payers
  private static final String COUNTING =
      " e.amount > 0 AND e.account_kind <> 'PAYER' AND l.link_number <= ?";
  private static final String OF_ACCOUNT =
      " a.account_kind = e.account_kind AND a.account_name = e.account_name";

  private EpochRows() {}

  static List<LedgerEpoch> latest(Connection c, int limit) throws SQLException {
    return Sql.list(c, EPOCHS + " ORDER BY e.epoch DESC LIMIT ?", EpochRows::epoch, limit);
  }

  static Optional<LedgerEpoch> last(Connection c) throws SQLException {
    return latest(c, 1).stream().findFirst();
  }

  static Optional<LedgerEpoch> find(Connection c, long number) throws SQLException {
    return Sql.first(c, EPOCHS + " WHERE e.epoch = ?", EpochRows::epoch, number);
  }

  static LedgerEpoch require(Connection c, long number) throws SQLException {
    return find(c, number)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.EPOCH_UNKNOWN,
                    "no epoch " + number,
                    "the number of a closed epoch",
                    "list the epochs"));
  }

  /** The epoch that covers a receipt, if one does. */
  static Optional<LedgerEpoch> covering(Connection c, long receipt) throws SQLException {
    return Sql.first(
        c,
        EPOCHS + " WHERE e.head_number >= ? ORDER BY e.epoch LIMIT 1",
        EpochRows::epoch,
        receipt);
  }

  /** Those from one on, in their order. */
  static List<LedgerEpoch> from(Connection c, long first, int limit) throws SQLException {
    return Sql.list(
        c, EPOCHS + " WHERE e.epoch >= ? ORDER BY e.epoch LIMIT ?", EpochRows::epoch, first, limit);
  }

  private static LedgerEpoch epoch(ResultSet row) throws SQLException {
    return new LedgerEpoch(
        new Epoch(
            row.getLong("epoch"),
            Sql.instant(row, "closed_at"),
            Sql.hash(row, "root"),
            row.getInt("leaves"),
            new Wei(Sql.amount(row, "total")),
            Sql.hash(row, "receipt_head"),
            Sql.text(row, "data_digest").map(Hash256::parse)),
        row.getInt("form"),
        row.getLong("receipts_before"),
        row.getLong("head_number"));
  }

  static void insert(Connection c, LedgerEpoch closed, List<Total> changed) throws SQLException {
    Epoch epoch = closed.epoch();
    Sql.update(
        c,
        "INSERT INTO ol_epochs (epoch, closed_at, root, leaves, total, head_number, receipt_head,"
            + " form, data_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        epoch.number(),
        epoch.closedAt(),
        epoch.root(),
        epoch.leaves(),
        epoch.total().value(),
        closed.receipts(),
        epoch.receiptHead(),
        closed.form(),
        epoch.dataDigest());
    for (int from = 0; from < changed.size(); from += BATCH) {
      Sql.batch(
          c,
          "INSERT INTO ol_epoch_leaves (epoch, address, cumulative) VALUES (?, ?, ?)",
          changed.subList(from, Math.min(from + BATCH, changed.size())).stream()
              .map(t -> new Object[] {epoch.number(), t.address().value(), t.cumulative().value()})
              .toList());
    }
  }

  /**
   * What addresses have earned since the epoch before one, by the receipts up to a link: of
   * accounts that were counted before, by the receipts after that epoch's; of those whose address
   * has become known since, by all.
   *
   * <p>Whose address is known is written down first, so that an address that commits while this is
   * read is not taken for one whose account was counted: it is counted whole, the next time.
   */
  static List<Total> earned(Connection c, long number, long after, long upTo) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_accounts SET counted_epoch = ?"
            + " WHERE counted_epoch IS NULL AND address IS NOT NULL",
        number);
    return Sql.list(
        c,
        "SELECT x.address AS address, SUM(x.amount) AS earned FROM ("
            + "SELECT a.address, e.amount FROM ol_links l"
            + " JOIN ol_entries e ON e.receipt = l.receipt"
            + " JOIN ol_accounts a ON"
            + OF_ACCOUNT
            + " WHERE l.link_number > ? AND a.counted_epoch < ? AND"
            + COUNTING
            + " UNION ALL "
            + "SELECT a.address, e.amount FROM ol_accounts a"
            + " JOIN ol_entries e ON"
            + OF_ACCOUNT
            + " JOIN ol_links l ON l.receipt = e.receipt"
            + " WHERE a.counted_epoch = ? AND"
            + COUNTING
            + ") x GROUP BY x.address ORDER BY x.address",
        row -> total(row, "earned"),
        after,
        number,
        upTo,
        number,
        upTo);
  }

  /** All leaves of an epoch of form 1. */
  static List<Total> leaves(Connection c, long epoch) throws SQLException {
    return Sql.list(
        c,
        "SELECT address, cumulative FROM ol_epoch_leaves WHERE epoch = ? ORDER BY address",
        row -> total(row, "cumulative"),
        epoch);
  }

  /** What epochs of form 2 after one and up to another changed, by epoch. */
  static SortedMap<Long, List<Total>> changes(Connection c, long after, long upTo)
      throws SQLException {
    return byEpoch(
        c,
        "SELECT l.epoch AS epoch, l.address AS address, l.cumulative AS cumulative"
            + " FROM ol_epoch_leaves l JOIN ol_epochs e ON e.epoch = l.epoch"
            + " WHERE e.form = 2 AND l.epoch > ? AND l.epoch <= ?",
        after,
        upTo);
  }

  /** All accounts as of an epoch of form 2, by the epoch of form 2 in which they first earned. */
  static SortedMap<Long, List<Total>> accounts(Connection c, long upTo) throws SQLException {
    return byEpoch(
        c,
        "SELECT MIN(l.epoch) AS epoch, l.address AS address, MAX(l.cumulative) AS cumulative"
            + " FROM ol_epoch_leaves l JOIN ol_epochs e ON e.epoch = l.epoch"
            + " WHERE e.form = 2 AND l.epoch <= ? GROUP BY l.address",
        upTo);
  }

  private static SortedMap<Long, List<Total>> byEpoch(Connection c, String sql, Object... args)
      throws SQLException {
    SortedMap<Long, List<Total>> totals = new TreeMap<>();
    Sql.each(
        c,
        sql,
        row ->
            totals
                .computeIfAbsent(row.getLong("epoch"), epoch -> new ArrayList<>())
                .add(total(row, "cumulative")),
        args);
    // not in the statement: a database may order texts its own way, and takes longer for it
    totals.values().forEach(list -> list.sort(Comparator.comparing(Total::address)));
    return totals;
  }

  private static Total total(ResultSet row, String amount) throws SQLException {
    return new Total(new ChainAddress(row.getString("address")), new Wei(Sql.amount(row, amount)));
  }
}
