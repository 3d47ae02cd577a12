package io.openledger.rollup.endpoints;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.FinalBlock;
import io.openledger.runtime.rollup.EndpointAdministration.Decision;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The statements about endpoints of one chain. The caller brings the connection. */
final class EndpointRows {

  private static final int LONGEST_NAME = 220;

  private final long chainId;

  EndpointRows(long chainId) {
    this.chainId = chainId;
  }

  /** What an administrator may decide. */
  enum Kind {
    LIFT,
    ACCEPT
  }

  /**
   * What was final.
   *
   * @param accepted ordinal of the last decision to accept another block, 0 without
   * @param block empty while there was none
   */
  record Kept(long accepted, Optional<FinalBlock> block) {}

  /** A decision to carry out. */
  record Made(long ordinal, Kind kind, String subject) {}

  Optional<Kept> kept(Connection c) throws SQLException {
    return Sql.first(
        c,
        "SELECT accepted, block_number, block_hash FROM ol_chain_finality WHERE chain_id = ?",
        EndpointRows::kept,
        chainId);
  }

  private static Kept kept(ResultSet row) throws SQLException {
    long number = row.getLong(2);
    return new Kept(
        row.getLong(1),
        number < 0
            ? Optional.empty()
            : Optional.of(new FinalBlock(number, Hash256.parse(row.getString(3)))));
  }

  void begin(Connection c) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_chain_finality (chain_id, accepted, block_number, block_hash)"
            + " VALUES (?, 0, -1, '')",
        chainId);
  }

  /** A newer block that is final; not for whoever has not heard of the last decision. */
  void keep(Connection c, long accepted, FinalBlock block) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_chain_finality SET block_number = ?, block_hash = ?"
            + " WHERE chain_id = ? AND accepted = ? AND block_number < ?",
        block.number(),
        block.hash(),
        chainId,
        accepted,
        block.number());
  }

  long lastDecision(Connection c) throws SQLException {
    return Sql.number(
        c, "SELECT COALESCE(MAX(ordinal), 0) FROM ol_chain_decisions WHERE chain_id = ?", chainId);
  }

  List<Made> decidedSince(Connection c, long ordinal) throws SQLException {
    return Sql.list(
        c,
        "SELECT ordinal, kind, subject FROM ol_chain_decisions WHERE chain_id = ? AND ordinal > ?"
            + " ORDER BY ordinal",
        row -> new Made(row.getLong(1), Kind.valueOf(row.getString(2)), row.getString(3)),
        chainId,
        ordinal);
  }

  /** The newest first. */
  List<Decision> decisions(Connection c, int limit) throws SQLException {
    return Sql.list(
        c,
        "SELECT kind, subject, decided_by, decided_at FROM ol_chain_decisions WHERE chain_id = ?"
            + " ORDER BY ordinal DESC LIMIT ?",
        row ->
            new Decision(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Sql.instant(row, "decided_at")),
        chainId,
        limit);
  }

  /** Queues for the row of the chain, and writes a decision. */
  private void decide(Connection c, Kind kind, String subject, String by) throws SQLException {
    boolean locked =
        Sql.first(
                c,
                "SELECT accepted FROM ol_chain_finality WHERE chain_id = ? FOR UPDATE",
                row -> row.getLong(1),
                chainId)
            .isPresent();
    if (!locked) {
      throw new SQLException("no row of the chain's finality");
    }
    Sql.update(
        c,
        "INSERT INTO ol_chain_decisions (chain_id, kind, subject, decided_by, decided_at)"
            + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)",
        chainId,
        kind,
        subject,
        by.length() > LONGEST_NAME ? by.substring(0, LONGEST_NAME) : by);
  }

  void lift(Connection c, String endpoint, String by) throws SQLException {
    decide(c, Kind.LIFT, endpoint, by);
  }

  /** The block that is final from now on, whatever was. */
  void accept(Connection c, FinalBlock block, String subject, String by) throws SQLException {
    decide(c, Kind.ACCEPT, subject, by);
    Sql.update(
        c,
        "UPDATE ol_chain_finality SET block_number = ?, block_hash = ?, accepted ="
            + " (SELECT MAX(ordinal) FROM ol_chain_decisions WHERE chain_id = ?)"
            + " WHERE chain_id = ?",
        block.number(),
        block.hash(),
        chainId,
        chainId);
  }
}
