package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Asks for the logs of many blocks in pieces that nodes are willing to answer. */
final class LogRange {

  /** Blocks of one question; nodes and providers allow 500 to 10 000 and more. */
  private static final long MOST = 10_000;

  /** Most questions for one range: an endpoint that always wants less must not keep us busy. */
  static final int QUESTIONS = 500;

  /** Most logs of one answer. */
  static final int LOGS = 100_000;

  private LogRange() {}

  static void check(long from, long to) {
    if (from < 0 || to < from || to - from >= MOST) {
      throw OpenLedgerException.invalid(
          "range of blocks", from + " to " + to, "1 to " + MOST + " blocks from 0 on");
    }
  }

  /** Collects logs, so many and no more. */
  static void add(List<EventLog> into, List<EventLog> more) {
    if (into.size() + more.size() > LOGS) {
      throw OpenLedgerException.invalid(
          "number of logs", "more than " + LOGS, "at most " + LOGS + " for one range of blocks");
    }
    into.addAll(more);
  }

  /** Takes the logs of some blocks, or tells why not. */
  interface Piece {
    Optional<RpcException> take(long first, long last);
  }

  /**
   * Halves what is too much, in order, down to single blocks.
   *
   * @throws OpenLedgerException if a piece fails for another reason, or more than {@link
   *     #QUESTIONS} are needed
   */
  static void split(long from, long to, Piece piece) {
    Deque<long[]> ranges = new ArrayDeque<>(List.of(new long[] {from, to}));
    for (int asked = 0; !ranges.isEmpty(); asked++) {
      long[] range = ranges.pop();
      Optional<RpcException> failure = piece.take(range[0], range[1]);
      if (failure.isEmpty()) {
        continue;
      }
      RpcException e = failure.get();
      if (!e.tooMuch() || range[0] == range[1] || asked >= QUESTIONS) {
        throw e.elsewhere() ? Refusals.unavailable(e) : Refusals.refused(e);
      }
      long middle = range[0] + (range[1] - range[0]) / 2;
      ranges.push(new long[] {middle + 1, range[1]});
      ranges.push(new long[] {range[0], middle});
    }
  }
}
