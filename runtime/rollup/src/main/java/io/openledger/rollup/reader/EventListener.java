package io.openledger.rollup.reader;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Is told of each event once, in the chain's order, and of what is taken back. The server itself
 * computes from the stored rows alone; tests see by it that nothing is applied twice, out of order,
 * or taken back after it was final. Called in the reader's transaction, by one thread of one node
 * at a time; whatever it throws takes the transaction back, and the reader tries again later.
 */
interface EventListener {

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
