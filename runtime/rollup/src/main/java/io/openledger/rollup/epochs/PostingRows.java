package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of postings. */
final class PostingRows {

  private static final String ALL = "SELECT * FROM ol_epoch_postings";
  private static final int LONGEST_DETAIL = 1000;

  private PostingRows() {}

  static void insert(Connection c, EpochPosting p) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_epoch_postings (business_key, kind, first_epoch, epoch, submitted_at, state,"
            + " transaction_hash, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        p.businessKey(),
        p.kind(),
        p.firstEpoch(),
        p.epoch(),
        p.submittedAt(),
        p.state(),
        p.transaction(),
        p.changedAt());
  }

  static void update(Connection c, EpochPosting p) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_epoch_postings SET state = ?, transaction_hash = ?, block_number = ?,"
            + " root_sequence = ?, active_at = ?, detail = ?, changed_at = ? WHERE business_key = ?",
        p.state(),
        p.transaction(),
        p.block(),
        p.sequence(),
        p.activeAt(),
        p.detail().map(d -> d.length() > LONGEST_DETAIL ? d.substring(0, LONGEST_DETAIL) : d),
        p.changedAt(),
        p.businessKey());
  }

  static Optional<EpochPosting> find(Connection c, String businessKey) throws SQLException {
    return Sql.first(c, ALL + " WHERE business_key = ?", PostingRows::read, businessKey);
  }

  /** The newest of a kind: those that were handed over last, the last first. */
  static List<EpochPosting> latest(Connection c, Kind kind, int limit) throws SQLException {
    return Sql.list(
        c,
        ALL + " WHERE kind = ? ORDER BY epoch DESC, submitted_at DESC, business_key DESC LIMIT ?",
        PostingRows::read,
        kind,
        limit);
  }

  /** Those of which the chain may say something else. */
  static List<EpochPosting> open(Connection c, Kind kind) throws SQLException {
    return Sql.list(
        c,
        ALL
            + " WHERE kind = ? AND (state IN ('SUBMITTED', 'WAITING', 'ACTIVE')"
            // may be taken back by a reorganisation as long as nothing came after it
            + " OR (state = 'CHALLENGED' AND epoch ="
            + " (SELECT MAX(epoch) FROM ol_epoch_postings WHERE kind = 'ROOT')))"
            + " ORDER BY epoch, submitted_at LIMIT 200",
        PostingRows::read,
        kind);
  }

  /** How often something was handed over for an epoch. */
  static int attempts(Connection c, Kind kind, long epoch) throws SQLException {
    return Math.toIntExact(
        Sql.number(
            c, "SELECT COUNT(*) FROM ol_epoch_postings WHERE kind = ? AND epoch = ?", kind, epoch));
  }

  /** Those that are for an epoch of a range, newest first. */
  static List<EpochPosting> between(Connection c, long from, long to) throws SQLException {
    return Sql.list(
        c,
        ALL
            + " WHERE epoch >= ? AND first_epoch <= ?"
            + " ORDER BY epoch DESC, submitted_at DESC, business_key DESC LIMIT 5000",
        PostingRows::read,
        from,
        to);
  }

  private static EpochPosting read(ResultSet row) throws SQLException {
    OptionalLong block = Sql.number(row, "block_number");
    OptionalLong sequence = Sql.number(row, "root_sequence");
    return new EpochPosting(
        row.getString("business_key"),
        Kind.valueOf(row.getString("kind")),
        row.getLong("first_epoch"),
        row.getLong("epoch"),
        State.valueOf(row.getString("state")),
        Sql.instant(row, "submitted_at"),
        Sql.text(row, "transaction_hash").map(Hash256::parse),
        block,
        sequence,
        row.getObject("active_at") == null
            ? Optional.empty()
            : Optional.of(Sql.instant(row, "active_at")),
        Sql.text(row, "detail"),
        Sql.instant(row, "changed_at"));
  }
}
