package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What logs of the contracts that are followed mean. Immutable. */
final class EventDecoder {

  /** Longer data is no event of ours that is worth its memory: a proposal has some kilobytes. */
  static final int LONGEST_DATA = 1 << 16;

  private final Map<ChainAddress, String> contracts;
  private final Map<String, Map<Hash256, EventCatalogue.Entry>> byTopic = new HashMap<>();
  private final EventFilter filter;

  /**
   * @param contracts the names of the contracts by their addresses; those that are not in the
   *     catalogue are left out
   */
  EventDecoder(Map<ChainAddress, String> contracts) {
    Map<ChainAddress, String> followed = new HashMap<>();
    Set<Hash256> topics = new HashSet<>();
    contracts.forEach(
        (address, contract) -> {
          if (!EventCatalogue.of(contract).isEmpty()) {
            followed.put(address, contract);
          }
        });
    for (String contract : followed.values()) {
      Map<Hash256, EventCatalogue.Entry> entries = new HashMap<>();
      EventCatalogue.of(contract).forEach(e -> entries.put(e.type().topic(), e));
      topics.addAll(entries.keySet());
      byTopic.put(contract, entries);
    }
    this.contracts = Map.copyOf(followed);
    this.filter = new EventFilter(followed.keySet(), topics);
  }

  /** What is to be asked for: all events of all contracts, so that one question is enough. */
  EventFilter filter() {
    return filter;
  }

  /** The contracts' names by address. */
  Map<ChainAddress, String> contracts() {
    return contracts;
  }

  private Optional<EventCatalogue.Entry> entry(EventLog log) {
    @Nullable String contract = contracts.get(log.address());
    @Nullable Map<Hash256, EventCatalogue.Entry> entries =
        contract == null ? null : byTopic.get(contract);
    return entries == null || log.topics().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(entries.get(log.topics().get(0)));
  }

  /** Whether it is one of the events that are followed, well encoded or not. */
  boolean follows(EventLog log) {
    return entry(log).isPresent();
  }

  /**
   * The event of a log that is followed.
   *
   * @param time of its block
   * @throws OpenLedgerException if its bytes are not what such an event has
   */
  ReadEvent decode(EventLog log, Instant time) {
    EventCatalogue.Entry entry = entry(log).orElseThrow();
    if (log.data().length > LONGEST_DATA) {
      throw OpenLedgerException.invalid(
          "the data of " + entry.type().name(),
          log.data().length + " bytes",
          "at most " + LONGEST_DATA + " bytes");
    }
    Map<String, Object> values = entry.type().decode(log.topics(), log.data());
    ChainEvent event =
        new ChainEvent(
            Optional.ofNullable(contracts.get(log.address())).orElseThrow(),
            log.address(),
            entry.type().name(),
            values,
            log.block(),
            log.blockHash(),
            time,
            log.transaction(),
            log.index());
    return ReadEvent.decoded(log, entry, event);
  }
}
