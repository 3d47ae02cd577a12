package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.merkle.Keccak256;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * Learns from the contract's events which channels begin to close, so that how soon that is known
 * does not depend on how many channels there are. What an event says only decides that a channel is
 * looked at next; what an endpoint keeps to itself is found when the channel's turn comes. For one
 * thread.
 */
final class ClosingWatch {

  private static final System.Logger LOG = System.getLogger(ClosingWatch.class.getName());

  private static final Hash256 CLOSING =
      Hash256.of(Keccak256.hash("Closing(bytes32,uint48)".getBytes(StandardCharsets.US_ASCII)));

  /** Blocks before the first look: about the shortest dispute window, at 2 s a block. */
  private static final long BACK = 1800;

  /** Blocks that are looked at again, in case a reorganisation changed them. */
  private static final long AGAIN = 16;

  /** Blocks of one look: endpoints bound them. */
  private static final long MOST = 2000;

  private final ChainClient chain;
  private final ChannelDomain domain;
  private final Store store;
  private final EventFilter filter;
  private long next = -1;

  ClosingWatch(ChainClient chain, ChannelDomain domain, Store store) {
    this.chain = chain;
    this.domain = domain;
    this.store = store;
    this.filter = new EventFilter(Set.of(domain.contract()), Set.of(CLOSING));
  }

  /** Notes what began to close since the last look. Never fails. */
  void look() {
    try {
      long head = chain.head(Finality.UNSAFE).number();
      long from = Math.max(0, next < 0 ? head - BACK : Math.min(next, head) - AGAIN);
      long to = Math.min(head, from + MOST);
      List<EventLog> logs = chain.logs(filter, from, to);
      if (!logs.isEmpty()) {
        store.requiresNew("noting channels that close", c -> note(c, logs));
      }
      next = to + 1;
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "channels that close are found one by one, because events could not be read: {0}",
          e.getMessage());
    }
  }

  private boolean note(Connection c, List<EventLog> logs) throws SQLException {
    for (EventLog log : logs) {
      boolean whole =
          log.address().equals(domain.contract())
              && log.topics().size() == 2
              && log.topics().get(0).equals(CLOSING)
              && log.data().length == 32;
      BigInteger closesAt = new BigInteger(1, log.data());
      if (whole && closesAt.signum() > 0 && closesAt.bitLength() <= 48) {
        Sql.update(
            c,
            "UPDATE ol_channels SET closes_at = ? WHERE channel = ? AND chain_id = ?"
                + " AND contract = ? AND closes_at = 0",
            closesAt.longValueExact(),
            log.topics().get(1),
            domain.chainId(),
            domain.contract().value());
      }
    }
    return true;
  }
}
