package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of the place that was read to, of blocks and of events, of one deployment. */
final class ReaderRows {

  private static final String PLACE = "deployment = ?";

  private final String deployment;

  ReaderRows(Hash256 deployment) {
    this.deployment = deployment.hex();
  }

  /** Begins after a block, unless it was begun. */
  void begin(Connection c, long chainId, BlockHeader after) throws SQLException {
    Sql.lock(c, "reader");
    if (cursor(c).isEmpty()) {
      Sql.update(
          c,
          "INSERT INTO ol_chain_readers"
              + " (deployment, chain_id, finalized_number, finalized_hash, finalized_time)"
              + " VALUES (?, ?, ?, ?, ?)",
          deployment,
          chainId,
          after.number(),
          after.hash(),
          after.time());
    }
  }

  /** How far was read; empty before it was begun. */
  Optional<ReaderCursor> cursor(Connection c) throws SQLException {
    Optional<ReaderCursor> settled =
        Sql.first(
            c,
            "SELECT finalized_number, finalized_hash FROM ol_chain_readers WHERE " + PLACE,
            row ->
                new ReaderCursor(
                    row.getLong(1),
                    Sql.hash(row, "finalized_hash"),
                    row.getLong(1),
                    Sql.hash(row, "finalized_hash")),
            deployment);
    if (settled.isEmpty()) {
      return settled;
    }
    ReaderCursor at = settled.get();
    return Optional.of(
        Sql.first(
                c,
                "SELECT block_number, hash FROM ol_chain_blocks WHERE "
                    + PLACE
                    + " ORDER BY block_number DESC LIMIT 1",
                row ->
                    new ReaderCursor(
                        at.finalized(), at.finalizedHash(), row.getLong(1), Sql.hash(row, "hash")),
                deployment)
            .orElse(at));
  }

  /**
   * Takes the lease, or prolongs it; the row is locked until the transaction ends. One that ends
   * later than twice the time that is given was given by a clock that was wrong, and is over.
   *
   * @return whether this node has it now
   */
  boolean lease(Connection c, String node, Instant now, Instant until) throws SQLException {
    Instant latest = until.plus(Duration.between(now, until));
    Optional<Boolean> free =
        Sql.first(
            c,
            "SELECT holder, lease_until FROM ol_chain_readers WHERE " + PLACE + " FOR UPDATE",
            row ->
                Sql.text(row, "holder").filter(other -> !other.equals(node)).isEmpty()
                    || row.getObject("lease_until") == null
                    || !Sql.instant(row, "lease_until").isAfter(now)
                    || Sql.instant(row, "lease_until").isAfter(latest),
            deployment);
    if (!free.orElse(false)) {
      return false;
    }
    Sql.update(
        c,
        "UPDATE ol_chain_readers SET holder = ?, lease_until = ? WHERE " + PLACE,
        node,
        until,
        deployment);
    return true;
  }

  /** Lets another node have the lease at once. */
  void release(Connection c, String node) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_chain_readers SET lease_until = NULL, holder = NULL WHERE "
            + PLACE
            + " AND holder = ?",
        deployment,
        node);
  }

  /**
   * Locks the place until the transaction ends, and says whether it is still this one.
   *
   * <p>The lease alone would not do: a node that was suspended for longer than its lease, or whose
   * clock is wrong, may believe that it has it.
   */
  boolean unmoved(Connection c, ReaderCursor expected) throws SQLException {
    Sql.first(
        c,
        "SELECT deployment FROM ol_chain_readers WHERE " + PLACE + " FOR UPDATE",
        row -> row.getString(1),
        deployment);
    return cursor(c).filter(expected::equals).isPresent();
  }

  /** The hash of a block that was read and is not final. */
  Optional<Hash256> block(Connection c, long number) throws SQLException {
    return Sql.first(
        c,
        "SELECT hash FROM ol_chain_blocks WHERE " + PLACE + " AND block_number = ?",
        row -> Sql.hash(row, "hash"),
        deployment,
        number);
  }

  void addBlocks(Connection c, List<BlockHeader> blocks) throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (BlockHeader b : blocks) {
      rows.add(new Object[] {deployment, b.number(), b.hash()});
    }
    Sql.batch(
        c, "INSERT INTO ol_chain_blocks (deployment, block_number, hash) VALUES (?, ?, ?)", rows);
  }

  /** Forgets the blocks above one. */
  void removeBlocksAbove(Connection c, long number) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_chain_blocks WHERE " + PLACE + " AND block_number > ?",
        deployment,
        number);
  }

  /** All up to this block is final. */
  void settle(Connection c, BlockHeader block) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_chain_blocks WHERE " + PLACE + " AND block_number <= ?",
        deployment,
        block.number());
    Sql.update(
        c,
        "UPDATE ol_chain_readers SET finalized_number = ?, finalized_hash = ?, finalized_time = ?"
            + " WHERE "
            + PLACE,
        block.number(),
        block.hash(),
        block.time(),
        deployment);
  }

  void addEvents(Connection c, List<ReadEvent> events) throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (ReadEvent e : events) {
      EventLog log = e.log();
      rows.add(
          new Object[] {
            deployment,
            log.block(),
            log.index(),
            log.blockHash(),
            e.time(),
            log.transaction(),
            e.contract(),
            log.address().value(),
            e.name(),
            e.subject(),
            e.account().map(ChainAddress::value),
            e.amount(),
            ReadEvent.topics(log),
            HexFormat.of().formatHex(log.data())
          });
    }
    Sql.batch(
        c,
        "INSERT INTO ol_chain_events (deployment, block_number, log_index, block_hash, block_time,"
            + " transaction_hash, contract, address, event, subject, account, amount, topics, data)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows);
  }

  /**
   * Stored logs of blocks, in the chain's order.
   *
   * @param from the first block
   * @param to the last
   */
  List<EventLog> logs(Connection c, long from, long to) throws SQLException {
    return Sql.list(
        c,
        "SELECT * FROM ol_chain_events WHERE "
            + PLACE
            + " AND block_number BETWEEN ? AND ? ORDER BY block_number, log_index",
        ReaderRows::log,
        deployment,
        from,
        to);
  }

  /** The times of the blocks that have events, by number. */
  Map<Long, Instant> times(Connection c, long from, long to) throws SQLException {
    Map<Long, Instant> times = new TreeMap<>();
    for (Map.Entry<Long, Instant> time :
        Sql.list(
            c,
            "SELECT DISTINCT block_number, block_time FROM ol_chain_events WHERE "
                + PLACE
                + " AND block_number BETWEEN ? AND ?",
            row -> Map.entry(row.getLong(1), Sql.instant(row, "block_time")),
            deployment,
            from,
            to)) {
      times.put(time.getKey(), time.getValue());
    }
    return times;
  }

  static EventLog log(ResultSet row) throws SQLException {
    String topics = row.getString("topics");
    List<Hash256> hashes = new ArrayList<>();
    for (int i = 0; i < topics.length(); i += 64) {
      hashes.add(Hash256.parse(topics.substring(i, i + 64)));
    }
    return new EventLog(
        new ChainAddress(row.getString("address")),
        hashes,
        HexFormat.of().parseHex(row.getString("data")),
        row.getLong("block_number"),
        Sql.hash(row, "block_hash"),
        Sql.hash(row, "transaction_hash"),
        row.getInt("log_index"));
  }

  void removeEventsAbove(Connection c, long number) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_chain_events WHERE " + PLACE + " AND block_number > ?",
        deployment,
        number);
  }

  /** How many events could not be decoded. */
  long undecoded(Connection c) throws SQLException {
    return Sql.number(
        c,
        "SELECT COUNT(*) FROM ol_chain_events WHERE " + PLACE + " AND event = ?",
        deployment,
        ReadEvent.UNDECODED);
  }
}
