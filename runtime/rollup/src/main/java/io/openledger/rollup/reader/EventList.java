package io.openledger.rollup.reader;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.runtime.rollup.ChainEvents;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of one deployment's events, for people. Safe for any thread. */
public final class EventList implements ChainEvents {

  private final Store store;
  private final String deployment;

  /** Of the deployment that a reader with the same settings reads. */
  public EventList(Store store, ReaderSettings settings) {
    this.store = store;
    this.deployment = settings.deployment().hex();
  }

  @Override
  public Page<Event> list(
      Optional<Kind> kind, Optional<ChainAddress> account, long offset, int limit) {
    if (offset < 0 || limit < 1 || limit > Page.MAX_LIMIT) {
      throw OpenLedgerException.invalid(
          "page", offset + "/" + limit, "offset 0 or more, limit 1 to " + Page.MAX_LIMIT);
    }
    StringBuilder where = new StringBuilder(" WHERE e.deployment = ?");
    List<Object> arguments = new ArrayList<>(List.of(deployment));
    account.ifPresent(
        a -> {
          where.append(" AND e.account = ?");
          arguments.add(a.value());
        });
    kind.ifPresent(
        k -> {
          where.append(" AND e.contract IN (").append(Sql.marks(k.contracts().size())).append(')');
          arguments.addAll(k.contracts());
        });
    return store.join(
        "listing events of the chain", c -> page(c, where.toString(), arguments, offset, limit));
  }

  private static Page<Event> page(
      Connection c, String where, List<Object> arguments, long offset, int limit)
      throws SQLException {
    long total =
        Sql.number(c, "SELECT COUNT(*) FROM ol_chain_events e" + where, arguments.toArray());
    List<Object> paged = new ArrayList<>(arguments);
    paged.add(limit);
    paged.add(offset);
    List<Event> events =
        Sql.list(
            c,
            "SELECT e.*, r.finalized_number FROM ol_chain_events e JOIN ol_chain_readers r"
                + " ON r.deployment = e.deployment"
                + where
                + " ORDER BY e.block_number DESC, e.log_index DESC LIMIT ? OFFSET ?",
            EventList::event,
            paged.toArray());
    return new Page<>(events, total, offset, limit);
  }

  private static Event event(ResultSet row) throws SQLException {
    return new Event(
        row.getString("contract"),
        row.getString("event"),
        Sql.text(row, "subject"),
        Sql.text(row, "account").map(ChainAddress::new),
        Optional.ofNullable(row.getBigDecimal("amount")).map(BigDecimal::toBigIntegerExact),
        Sql.instant(row, "block_time"),
        row.getLong("block_number"),
        Sql.hash(row, "transaction_hash"),
        row.getLong("block_number") <= row.getLong("finalized_number"));
  }
}
