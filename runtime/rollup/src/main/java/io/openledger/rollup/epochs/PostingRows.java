package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rows of postings to one deployment. Those of older releases bear no deployment until they are
 * adopted, and keep their keys, which are for ever.
 *
 * @param deployment as {@link Deployed#name}
 */
record PostingRows(String deployment) {

  private static final String ALL = "SELECT * FROM ol_epoch_postings WHERE deployment = ?";
  private static final String LAST_FIRST =
      " ORDER BY epoch DESC, submitted_at DESC, business_key DESC";
  private static final int LONGEST_DETAIL = 1000;

  /**
   * Makes this deployment's what releases before deployments were told apart have handed over on
   * the same chain.
   */
  int adopt(Connection c, Kind kind, long chainId) throws SQLException {
    return Sql.update(
        c,
        "UPDATE ol_epoch_postings SET deployment = ? WHERE deployment IS NULL AND kind = ?"
            + " AND business_key IN (SELECT business_key FROM ol_outbox WHERE chain_id = ?)",
        deployment,
        kind,
        chainId);
  }

  /** The key that an older release has used for this deployment; else the one with its name. */
  String plain(Connection c, String before, String now) throws SQLException {
    return find(c, before).isPresent() ? before : now;
  }

  void insert(Connection c, EpochPosting p) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_epoch_postings (business_key, deployment, kind, first_epoch, epoch,"
            + " submitted_at, state, transaction_hash, changed_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        p.businessKey(),
        deployment,
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
            + " root_sequence = ?, active_at = ?, detail = ?, changed_at = ?,"
            // one that is dropped anew is to be settled anew
            + " settled_at = CASE WHEN state = ? THEN settled_at END WHERE business_key = ?",
        p.state(),
        p.transaction(),
        p.block(),
        p.sequence(),
        p.activeAt(),
        p.detail().map(d -> d.length() > LONGEST_DETAIL ? d.substring(0, LONGEST_DETAIL) : d),
        p.changedAt(),
        p.state(),
        p.businessKey());
  }

  Optional<EpochPosting> find(Connection c, String businessKey) throws SQLException {
    return Sql.first(c, ALL + " AND business_key = ?", PostingRows::read, deployment, businessKey);
  }

  /** The newest of a kind: the one that was handed over last. */
  Optional<EpochPosting> newest(Connection c, Kind kind) throws SQLException {
    return Sql.first(
        c, ALL + " AND kind = ?" + LAST_FIRST + " LIMIT 1", PostingRows::read, deployment, kind);
  }

  /** The root that claims were proven against at the last look. */
  Optional<EpochPosting> active(Connection c) throws SQLException {
    return Sql.first(
        c,
        ALL + " AND kind = 'ROOT' AND state = 'ACTIVE'" + LAST_FIRST + " LIMIT 1",
        PostingRows::read,
        deployment);
  }

  /** The newest of a kind, the last first. */
  List<EpochPosting> latest(Connection c, Kind kind, int limit) throws SQLException {
    return Sql.list(
        c,
        ALL + " AND kind = ?" + LAST_FIRST + " LIMIT ?",
        PostingRows::read,
        deployment,
        kind,
        limit);
  }

  /** The oldest root that was dropped since an administrator last posted. */
  Optional<EpochPosting> dropped(Connection c) throws SQLException {
    return Sql.first(
        c,
        ALL
            + " AND kind = 'ROOT' AND state = 'CHALLENGED' AND settled_at IS NULL"
            + " ORDER BY epoch, submitted_at LIMIT 1",
        PostingRows::read,
        deployment);
  }

  /** An administrator posts all the same. */
  void settleDropped(Connection c, Instant now) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_epoch_postings SET settled_at = ? WHERE deployment = ? AND kind = 'ROOT'"
            + " AND state = 'CHALLENGED' AND settled_at IS NULL",
        now,
        deployment);
  }

  /** The newest root that is in a block of another deployment, or may still come into one. */
  Optional<EpochPosting> elsewhere(Connection c) throws SQLException {
    return Sql.first(
        c,
        "SELECT * FROM ol_epoch_postings WHERE (deployment IS NULL OR deployment <> ?)"
            + " AND kind = 'ROOT' AND (block_number IS NOT NULL OR state = 'SUBMITTED')"
            + LAST_FIRST
            + " LIMIT 1",
        PostingRows::read,
        deployment);
  }

  /** Whether a root of a later epoch has a sequence number that is not above one. */
  boolean givenAgain(Connection c, long epoch, long sequence) throws SQLException {
    return Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_epoch_postings WHERE deployment = ? AND kind = 'ROOT'"
                + " AND epoch >= ? AND root_sequence <= ?"
                + " AND state IN ('WAITING', 'ACTIVE', 'SUPERSEDED')",
            deployment,
            epoch,
            sequence)
        > 0;
  }

  /** Those of which the chain may say something else. */
  List<EpochPosting> open(Connection c, Kind kind) throws SQLException {
    return Sql.list(
        c,
        ALL
            + " AND kind = ? AND (state IN ('SUBMITTED', 'WAITING', 'ACTIVE')"
            // may be taken back by a reorganisation as long as nothing came after it
            + " OR (state = 'CHALLENGED' AND (settled_at IS NULL OR epoch ="
            + " (SELECT MAX(epoch) FROM ol_epoch_postings WHERE kind = 'ROOT'"
            + " AND deployment = ?))))"
            + " ORDER BY epoch, submitted_at LIMIT 200",
        PostingRows::read,
        deployment,
        kind,
        deployment);
  }

  /** How often something was handed over for an epoch since a time. */
  int attempts(Connection c, Kind kind, long epoch, Instant since) throws SQLException {
    return Math.toIntExact(
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_epoch_postings WHERE deployment = ? AND kind = ?"
                + " AND epoch = ? AND submitted_at > ?",
            deployment,
            kind,
            epoch,
            since));
  }

  /** Those that are for an epoch of a range, newest first, here or there. */
  List<EpochPosting> between(Connection c, String there, long from, long to) throws SQLException {
    return Sql.list(
        c,
        "SELECT * FROM ol_epoch_postings WHERE deployment IN (?, ?)"
            + " AND epoch >= ? AND first_epoch <= ?"
            + LAST_FIRST
            + " LIMIT 5000",
        PostingRows::read,
        deployment,
        there,
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
