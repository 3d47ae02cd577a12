package io.openledger.rollup.reader;

import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;

/** A listener that keeps a row for each event, and finds out if it is told one twice or wrongly. */
final class NotedEvents implements EventListener {

  static void createTable(DataSource source) throws SQLException {
    try (Connection c = source.getConnection()) {
      Sql.update(
          c,
          "CREATE TABLE noted (block_number BIGINT, log_index INTEGER, event VARCHAR(200),"
              + " PRIMARY KEY (block_number, log_index))");
      Sql.update(c, "CREATE TABLE noted_settled (block_number BIGINT PRIMARY KEY)");
    }
  }

  @Override
  public void apply(Connection c, ChainEvent event) throws SQLException {
    long later =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM noted WHERE block_number > ?"
                + " OR (block_number = ? AND log_index >= ?)",
            event.block(),
            event.block(),
            event.index());
    if (later != 0) {
      throw new IllegalStateException("out of order: " + event);
    }
    Sql.update(c, "INSERT INTO noted VALUES (?, ?, ?)", event.block(), event.index(), told(event));
  }

  @Override
  public void undo(Connection c, ChainEvent event) throws SQLException {
    long later =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM noted WHERE block_number > ?"
                + " OR (block_number = ? AND log_index > ?)",
            event.block(),
            event.block(),
            event.index());
    if (later != 0
        || Sql.update(
                c,
                "DELETE FROM noted WHERE block_number = ? AND log_index = ? AND event = ?",
                event.block(),
                event.index(),
                told(event))
            != 1) {
      throw new IllegalStateException("not the last that was applied: " + event);
    }
    if (Sql.number(c, "SELECT COUNT(*) FROM noted_settled WHERE block_number >= ?", event.block())
        != 0) {
      throw new IllegalStateException("was final: " + event);
    }
  }

  @Override
  public void settled(Connection c, long block, Instant time) throws SQLException {
    Sql.update(c, "INSERT INTO noted_settled VALUES (?)", block);
  }

  static String told(ChainEvent event) {
    return event.contract() + "." + event.name() + " " + event.transaction();
  }
}
