package io.openledger.rollup.reader;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Keeps rows that follow from events. Called by the reader, in its transaction, by one thread of
 * one node at a time: what it writes is there if and only if the event is. Whatever it throws takes
 * the transaction back, and the reader tries again later: it must not refuse an event for good.
 */
public interface EventListener {

  /** An event is there, after all that came before it on the chain. */
  void apply(Connection c, ChainEvent event) throws SQLException;

  /** An event is taken back, the last one first. It is one that was applied. */
  void undo(Connection c, ChainEvent event) throws SQLException;

  /**
   * All that was applied up to this block stays. Told once for each range of blocks, in order.
   *
   * @param block its number
   * @param time the block's
   */
  default void settled(Connection c, long block, Instant time) throws SQLException {}
}
