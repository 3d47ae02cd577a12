package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.rollup.OutboxAdministration.Attempt;
import io.openledger.runtime.rollup.OutboxAdministration.Detail;
import io.openledger.runtime.rollup.OutboxAdministration.Message;
import io.openledger.runtime.rollup.OutboxAdministration.State;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What administrators and metrics read. The caller brings the connection. */
final class OutboxOverview {

  private static final String OURS = " WHERE chain_id = ? AND signer = ?";

  private final Identity identity;

  OutboxOverview(Identity identity) {
    this.identity = identity;
  }

  private record Open(long waiting, long inFlight, long oldest) {}

  OutboxFigures figures(Connection c, Counters counters) throws SQLException {
    Open open =
        Sql.first(
                c,
                "SELECT COUNT(*), SUM(CASE WHEN state = 'SENT' THEN 1 ELSE 0 END),"
                    + " MIN(submitted_at) AS oldest, CURRENT_TIMESTAMP AS read_at FROM ol_outbox"
                    + OURS
                    + " AND open_nonce >= 0",
                row -> new Open(row.getLong(1), row.getLong(2), row.getLong(1) == 0 ? 0 : age(row)),
                identity.chainId(),
                identity.signer().value())
            .orElse(new Open(0, 0, 0));
    return new OutboxFigures(
        open.waiting(),
        open.inFlight(),
        open.oldest(),
        counters.broadcasts.get(),
        counters.rebroadcasts.get(),
        counters.bumps.get(),
        counters.reorgs.get(),
        counters.moved.get(),
        counters.finalized.get(),
        counters.reverted.get(),
        counters.cancelled.get(),
        counters.leaseHeld);
  }

  private static long age(ResultSet row) throws SQLException {
    Instant oldest = Sql.instant(row, "oldest");
    Instant now = Sql.instant(row, "read_at");
    return Math.max(0, now.getEpochSecond() - oldest.getEpochSecond());
  }

  Page<Message> list(Connection c, Optional<State> state, long offset, int limit)
      throws SQLException {
    // refuses before it asks
    Page<Message> none = new Page<>(List.of(), 0, offset, limit);
    String where = state.isPresent() ? " WHERE state = ?" : "";
    Object[] arguments = state.map(s -> new Object[] {s}).orElse(new Object[0]);
    long total = Sql.number(c, "SELECT COUNT(*) FROM ol_outbox" + where, arguments);
    if (total == 0) {
      return none;
    }
    List<Message> items =
        Sql.list(
            c,
            "SELECT * FROM ol_outbox"
                + where
                + " ORDER BY submitted_at, business_key LIMIT "
                + limit
                + " OFFSET "
                + offset,
            OutboxOverview::message,
            arguments);
    return new Page<>(items, total, offset, limit);
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(
        row.getString("business_key"),
        new ChainAddress(row.getString("signer")),
        row.getLong("nonce"),
        State.valueOf(row.getString("state")),
        Sql.hash(row, "transaction_hash"),
        Sql.number(row, "block_number"),
        Sql.text(row, "detail"),
        Sql.text(row, "wish"),
        Sql.instant(row, "submitted_at"),
        Sql.instant(row, "since"));
  }

  Optional<Detail> find(Connection c, String key) throws SQLException {
    Optional<Message> message =
        Sql.first(
            c, "SELECT * FROM ol_outbox WHERE business_key = ?", OutboxOverview::message, key);
    if (message.isEmpty()) {
      return Optional.empty();
    }
    List<Attempt> attempts =
        Sql.list(
            c,
            "SELECT transaction_hash, nonce, kind, tip, cap, stored_at FROM ol_outbox_attempts"
                + " WHERE business_key = ? ORDER BY ordinal",
            row ->
                new Attempt(
                    Hash256.parse(row.getString("transaction_hash")),
                    row.getLong("nonce"),
                    row.getString("kind").equals("CANCEL"),
                    new Wei(Sql.amount(row, "tip")),
                    new Wei(Sql.amount(row, "cap")),
                    Sql.instant(row, "stored_at")),
            key);
    return Optional.of(new Detail(message.get(), attempts));
  }

  /** Whether the wish could be written: the message is still in one of the states. */
  boolean wish(Connection c, String key, String wish, String by, boolean settledToo)
      throws SQLException {
    String states = settledToo ? " AND state <> 'FINALIZED'" : " AND open_nonce = nonce";
    // an open message that is being taken back cannot be wished forward again: bytes are out. One
    // that stands is dead or paid, and who knows better may change his mind
    String taken =
        wish.equals("RETRY")
            ? " AND (wish IS NULL OR wish = 'RETRY' OR open_nonce IS NULL"
                + " OR unproven_since IS NOT NULL)"
            : "";
    return Sql.update(
            c,
            "UPDATE ol_outbox SET wish = ?, wished_by = ? WHERE business_key = ?" + states + taken,
            wish,
            by,
            key)
        == 1;
  }
}
