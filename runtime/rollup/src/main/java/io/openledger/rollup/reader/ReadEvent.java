package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.EventLog;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A log as it is stored.
 *
 * @param log as it was read; without its data if that is too long
 * @param time of its block
 * @param contract the name of the contract
 * @param event what it means; empty if it could not be decoded
 * @param subject what it is about
 * @param account whom it concerns
 * @param amount how much
 */
record ReadEvent(
    EventLog log,
    Instant time,
    String contract,
    Optional<ChainEvent> event,
    Optional<String> subject,
    Optional<ChainAddress> account,
    Optional<BigInteger> amount) {

  /** The name of an event that could not be decoded. */
  static final String UNDECODED = "?";

  static ReadEvent decoded(EventLog log, EventCatalogue.Entry entry, ChainEvent event) {
    return new ReadEvent(
        log,
        event.time(),
        event.contract(),
        Optional.of(event),
        entry.subject().map(argument -> text(event, argument)),
        entry.account().map(event::address),
        entry.amount().map(event::integer));
  }

  static ReadEvent undecoded(EventLog log, Instant time, String contract) {
    EventLog kept =
        log.data().length <= EventDecoder.LONGEST_DATA
            ? log
            : new EventLog(
                log.address(),
                log.topics(),
                new byte[0],
                log.block(),
                log.blockHash(),
                log.transaction(),
                log.index());
    return new ReadEvent(
        kept,
        time,
        contract,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  String name() {
    return event.map(ChainEvent::name).orElse(UNDECODED);
  }

  /** How the subject of an event is written: numbers in decimal, bytes in hexadecimal digits. */
  private static String text(ChainEvent event, String argument) {
    Object value = event.value(argument);
    return value instanceof byte[] bytes ? subject(event, bytes) : value.toString();
  }

  // keys of parameters are ASCII padded with zeros: stored as the text that people know
  private static String subject(ChainEvent event, byte[] bytes) {
    return event.contract().equals("ParameterStore") ? key(bytes) : HexFormat.of().formatHex(bytes);
  }

  /** A parameter's key as text, or its hexadecimal digits if it is none. */
  static String key(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[i] < '!' || bytes[i] > '~') {
        return HexFormat.of().formatHex(bytes);
      }
    }
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }

  /** What tells it from another log, and its content. */
  static Fingerprint fingerprint(EventLog log) {
    return new Fingerprint(
        log.block(),
        log.index(),
        log.blockHash(),
        log.transaction(),
        log.address(),
        topics(log),
        log.data().length > EventDecoder.LONGEST_DATA ? "" : HexFormat.of().formatHex(log.data()));
  }

  /** The topics one after the other, 64 digits each. */
  static String topics(EventLog log) {
    return String.join("", log.topics().stream().map(Hash256::hex).toList());
  }

  /** A log in comparable form. */
  record Fingerprint(
      long block,
      int index,
      Hash256 blockHash,
      Hash256 transaction,
      ChainAddress address,
      String topics,
      String data) {}
}
