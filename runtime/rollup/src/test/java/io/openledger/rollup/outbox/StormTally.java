package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The events that final blocks hold, read while the storm goes on and each once: a node that
 * forgets old blocks later takes nothing from the count. One thread.
 */
final class StormTally {

  /** The number of each transaction, which makes one event. */
  private final Map<Hash256, Long> transactions = new HashMap<>();

  private long next;

  /** Reads the blocks that became final since. */
  void readOn(ChainClient chain) {
    long last = chain.head(Finality.FINALIZED).number();
    for (EventLog event : Counting.events(chain, next, last)) {
      transactions.put(event.transaction(), Counting.number(event));
    }
    next = Math.max(next, last + 1);
  }

  long arrived() {
    return transactions.size();
  }

  /**
   * Reads all blocks once more.
   *
   * @return how many events that were final are told no more
   */
  long forgotten(ChainClient chain) {
    Map<Hash256, Long> now = new HashMap<>();
    for (EventLog event : Counting.events(chain, 0, next - 1)) {
      now.put(event.transaction(), Counting.number(event));
    }
    long gone = transactions.keySet().stream().filter(t -> !now.containsKey(t)).count();
    transactions.putAll(now);
    return gone;
  }

  /** How many transactions told of each number. */
  Map<Long, Integer> events() {
    return transactions.values().stream().collect(Collectors.toMap(n -> n, n -> 1, Integer::sum));
  }
}
