package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads results of the execution API strictly: what is missing, of another type or out of range is
 * an {@link IllegalArgumentException}, which {@link Node} makes an error of the endpoint.
 */
final class Reading {

  /** 9999-12-31T23:59:59Z: later times are no one's clock. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private Reading() {}

  static boolean absent(@Nullable JsonNode node) {
    return node == null || node.isNull() || node.isMissingNode();
  }

  static String text(@Nullable JsonNode node) {
    if (node == null || !node.isTextual()) {
      throw new IllegalArgumentException("no text");
    }
    return node.textValue();
  }

  /**
   * A quantity: {@code 0x} and 1 to 64 digits. Leading zeroes are let through, as nodes send them.
   */
  static BigInteger quantity(@Nullable JsonNode node) {
    String text = text(node);
    if (!text.matches("0x[0-9a-fA-F]{1,64}")) {
      throw new IllegalArgumentException("no quantity");
    }
    return new BigInteger(text.substring(2), 16);
  }

  static long number(@Nullable JsonNode node) {
    BigInteger quantity = quantity(node);
    if (quantity.bitLength() > 63) {
      throw new IllegalArgumentException("number beyond 2^63");
    }
    return quantity.longValue();
  }

  static Wei wei(@Nullable JsonNode node) {
    return new Wei(quantity(node));
  }

  /** Bytes: {@code 0x} and an even number of digits. */
  static byte[] bytes(@Nullable JsonNode node) {
    String text = text(node);
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("no bytes");
    }
    return HexFormat.of().parseHex(text, 2, text.length());
  }

  static Hash256 hash(@Nullable JsonNode node) {
    return Hash256.of(bytes(node));
  }

  static ChainAddress address(@Nullable JsonNode node) {
    return new ChainAddress(text(node));
  }

  private static JsonNode object(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("no object");
    }
    return node;
  }

  private static JsonNode array(@Nullable JsonNode node) {
    if (node == null || !node.isArray()) {
      throw new IllegalArgumentException("no array");
    }
    return node;
  }

  static Instant time(@Nullable JsonNode node) {
    long seconds = number(node);
    if (seconds > LAST_SECOND) {
      throw new IllegalArgumentException("time beyond the year 9999");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** A block; the base fee of one from before EIP-1559 is zero. */
  static BlockHeader block(JsonNode node) {
    object(node);
    JsonNode baseFee = node.get("baseFeePerGas");
    return new BlockHeader(
        number(node.get("number")),
        hash(node.get("hash")),
        hash(node.get("parentHash")),
        time(node.get("timestamp")),
        absent(baseFee) ? Wei.ZERO : wei(baseFee));
  }

  /** The hashes of a block's transactions, in its order. */
  static List<Hash256> transactions(JsonNode block) {
    List<Hash256> hashes = new ArrayList<>();
    array(object(block).get("transactions")).forEach(each -> hashes.add(hash(each)));
    return hashes;
  }

  /**
   * What an address sent in a block that is told with whole transactions, in its order: what is
   * {@link TransactionProof proven} to be signed by it for a chain, and what is said to be of it
   * and cannot be proven, such as deposits from L1.
   */
  static List<SentTransaction> sent(JsonNode block, ChainAddress sender, long chainId) {
    List<SentTransaction> sent = new ArrayList<>();
    for (JsonNode each : array(object(block).get("transactions"))) {
      if (address(object(each).get("from")).equals(sender)) {
        TransactionProof proof = TransactionProof.of(each, sender, chainId);
        if (proof != TransactionProof.NONE) {
          sent.add(sent(each, proof == TransactionProof.SIGNED));
        }
      }
    }
    return sent;
  }

  private static SentTransaction sent(JsonNode each, boolean signed) {
    JsonNode to = each.get("to");
    return new SentTransaction(
        hash(each.get("hash")),
        number(each.get("nonce")),
        absent(to) ? Optional.empty() : Optional.of(address(to)),
        wei(each.get("value")),
        bytes(each.get("input")),
        signed);
  }

  static TransactionReceipt receipt(JsonNode node) {
    object(node);
    JsonNode created = node.get("contractAddress");
    JsonNode l1Fee = node.get("l1Fee");
    long status = number(node.get("status"));
    if (status > 1) {
      throw new IllegalArgumentException("status is neither 0 nor 1");
    }
    TransactionReceipt receipt =
        new TransactionReceipt(
            hash(node.get("transactionHash")),
            number(node.get("blockNumber")),
            hash(node.get("blockHash")),
            status == 1,
            number(node.get("gasUsed")),
            wei(node.get("effectiveGasPrice")),
            absent(l1Fee) ? Optional.empty() : Optional.of(wei(l1Fee)),
            absent(created) ? Optional.empty() : Optional.of(address(created)),
            logs(node.get("logs")));
    for (EventLog log : receipt.logs()) {
      if (!log.transaction().equals(receipt.transaction())
          || !log.blockHash().equals(receipt.blockHash())
          || log.block() != receipt.block()) {
        throw new IllegalArgumentException("a log of another transaction or block");
      }
    }
    return receipt;
  }

  /** Logs in the chain's order. */
  static List<EventLog> logs(@Nullable JsonNode node) {
    List<EventLog> logs = new ArrayList<>();
    long block = -1;
    int index = -1;
    for (JsonNode each : array(node)) {
      EventLog log = log(object(each));
      if (log.block() < block || (log.block() == block && log.index() <= index)) {
        throw new IllegalArgumentException("logs out of order");
      }
      block = log.block();
      index = log.index();
      logs.add(log);
    }
    return logs;
  }

  private static EventLog log(JsonNode node) {
    List<Hash256> topics = new ArrayList<>();
    array(node.get("topics")).forEach(each -> topics.add(hash(each)));
    long index = number(node.get("logIndex"));
    if (index > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("log index beyond 2^31");
    }
    return new EventLog(
        address(node.get("address")),
        topics,
        bytes(node.get("data")),
        number(node.get("blockNumber")),
        hash(node.get("blockHash")),
        hash(node.get("transactionHash")),
        (int) index);
  }

  /** Runs a reader; any refusal becomes an {@link IllegalArgumentException}. */
  static <T> T read(Question<T> question, @Nullable JsonNode result) {
    try {
      return question.reader().apply(absent(result) ? null : result);
    } catch (OpenLedgerException e) {
      throw new IllegalArgumentException("a value out of its range");
    }
  }
}
