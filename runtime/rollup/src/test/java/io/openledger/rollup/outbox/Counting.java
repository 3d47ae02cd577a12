package io.openledger.rollup.outbox;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.support.Anvil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A contract that says which calls reached it: its code emits one event without data, whose one
 * topic is the first word of the calldata. A first byte other than zero makes it revert.
 */
final class Counting {

  /** Its address. */
  static final ChainAddress AT = new ChainAddress("0x" + "c0de".repeat(10));

  // PUSH0 CALLDATALOAD DUP1 PUSH0 BYTE PUSH1 0x0c JUMPI PUSH0 PUSH0 LOG1 STOP JUMPDEST PUSH0 PUSH0
  // REVERT
  private static final byte[] CODE = HexFormat.of().parseHex("5f35805f1a600c575f5fa1005b5f5ffd");

  private static final int BLOCKS_AT_ONCE = 2000;

  private Counting() {}

  static void put(Anvil anvil) {
    anvil.setCode(AT, CODE);
  }

  /** The calldata of a number. */
  static byte[] data(long number) {
    return ByteBuffer.allocate(32).putLong(24, number).array();
  }

  /** The calldata of a call that reverts. */
  static byte[] reverting() {
    byte[] data = new byte[32];
    data[0] = 1;
    return data;
  }

  /** The numbers that arrived in blocks up to one, in order, each as often as it did. */
  static List<Long> arrived(ChainClient chain, long last) {
    return events(chain, 0, last).stream().map(Counting::number).toList();
  }

  /** The events of some blocks, in order. */
  static List<EventLog> events(ChainClient chain, long first, long last) {
    List<EventLog> events = new ArrayList<>();
    for (long from = first; from <= last; from += BLOCKS_AT_ONCE) {
      long to = Math.min(last, from + BLOCKS_AT_ONCE - 1);
      events.addAll(chain.logs(new EventFilter(Set.of(AT), Set.of()), from, to));
    }
    return events;
  }

  /** The number that an event tells. */
  static long number(EventLog event) {
    return ByteBuffer.wrap(event.topics().get(0).toBytes()).getLong(24);
  }
}
