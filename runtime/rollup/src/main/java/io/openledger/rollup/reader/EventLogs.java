package io.openledger.rollup.reader;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Asks for events by ranges of blocks that a node takes: halved when it refuses, doubled again
 * after success. For one thread at a time.
 */
final class EventLogs {

  /** More events in one range than this are asked for in smaller ones. */
  private static final int MOST_EVENTS = 20_000;

  /** Events of one block that a block's gas allows in no case. */
  private static final int MOST_OF_A_BLOCK = 100_000;

  private static final Comparator<EventLog> ORDER =
      Comparator.comparingLong(EventLog::block).thenComparingInt(EventLog::index);

  /**
   * What was found.
   *
   * @param to the last block of which the events are here
   * @param logs of events that are followed, in the chain's order, each once
   */
  record Range(long to, List<EventLog> logs) {}

  private final ChainClient client;
  private final EventDecoder decoder;
  private final int most;
  private int blocks;

  EventLogs(ChainClient client, EventDecoder decoder, int most) {
    this.client = client;
    this.decoder = decoder;
    this.most = most;
    this.blocks = most;
  }

  /** The events of the blocks from one on, of as many as a node gives at once. */
  Range read(long from, long to) {
    while (true) {
      long end = Math.min(to, from + blocks - 1);
      try {
        List<EventLog> found = client.logs(decoder.filter(), from, end);
        if (found.size() <= MOST_EVENTS || end == from && found.size() <= MOST_OF_A_BLOCK) {
          Range range = new Range(end, ordered(found, from, end));
          if (end - from + 1 == blocks) {
            blocks = Math.min(most, blocks * 2);
          }
          return range;
        }
        if (end == from) {
          throw wrong(found.size() + " events of block " + from);
        }
      } catch (OpenLedgerException e) {
        if (end == from || e.code() == ErrorCode.CHAIN_DISPUTED) {
          throw e;
        }
        // the next try of this question, now or with the next look, is half as long
        blocks = (int) Math.max(1, (end - from + 1) / 2);
        requireAlive(e);
        continue;
      }
      blocks = (int) Math.max(1, (end - from + 1) / 2);
    }
  }

  // a node that answers at all refused the range; one that does not is not asked thirteen times
  private void requireAlive(OpenLedgerException why) {
    try {
      client.head(Finality.UNSAFE);
    } catch (OpenLedgerException e) {
      why.addSuppressed(e);
      throw why;
    }
  }

  private List<EventLog> ordered(List<EventLog> found, long from, long to) {
    List<EventLog> sorted = new ArrayList<>();
    for (EventLog log : found) {
      if (log.block() < from || log.block() > to || log.index() < 0) {
        throw wrong("an event of block " + log.block() + " for " + from + " to " + to);
      }
      if (decoder.follows(log)) {
        sorted.add(log);
      }
    }
    sorted.sort(ORDER);
    List<EventLog> once = new ArrayList<>();
    for (EventLog log : sorted) {
      EventLog last = once.isEmpty() ? log : once.get(once.size() - 1);
      if (once.isEmpty() || ORDER.compare(last, log) != 0) {
        once.add(log);
      } else if (!ReadEvent.fingerprint(last).equals(ReadEvent.fingerprint(log))) {
        throw wrong("two events with index " + log.index() + " in block " + log.block());
      }
    }
    return once;
  }

  private static OpenLedgerException wrong(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_DISPUTED,
        "a node answered " + arrived,
        "the events that were asked for",
        "look at the chain's endpoints; nothing was changed, and it is asked again");
  }
}
