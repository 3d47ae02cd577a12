package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A method of the execution API with its parameters, and how its result is read.
 *
 * @param method the name
 * @param params in order
 * @param reader of the result, null where it is {@code null}; throws {@link
 *     IllegalArgumentException} for what is no result of the method
 * @param <T> what is read
 */
record Question<T>(String method, List<?> params, Reader<T> reader) {

  /** Reads a result. */
  interface Reader<T> {
    T apply(@Nullable JsonNode result);
  }

  boolean isLogs() {
    return method.equals("eth_getLogs");
  }

  /** Whether the answer may be so long that to fail with it says nothing about an endpoint. */
  boolean isLong() {
    return isLogs() || params.contains(Boolean.TRUE); // blocks with whole transactions
  }

  private static JsonNode present(@Nullable JsonNode result) {
    if (result == null) {
      throw new IllegalArgumentException("no result");
    }
    return result;
  }

  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  static Question<Long> chainId() {
    return new Question<>("eth_chainId", List.of(), Reading::number);
  }

  /**
   * @param tag a block tag or a number in hexadecimal
   */
  static Question<Optional<BlockHeader>> block(String tag) {
    return new Question<>(
        "eth_getBlockByNumber",
        List.of(tag, false),
        result -> result == null ? Optional.empty() : Optional.of(Reading.block(result)));
  }

  static Question<Optional<BlockHeader>> block(long number) {
    return new Question<>(
        "eth_getBlockByNumber",
        List.of(hex(number), false),
        result -> {
          if (result == null) {
            return Optional.empty();
          }
          BlockHeader block = Reading.block(result);
          if (block.number() != number) {
            throw new IllegalArgumentException("another block than was asked for");
          }
          return Optional.of(block);
        });
  }

  /** Which transactions are in the block of a hash; empty if there is no such block. */
  static Question<Optional<List<Hash256>>> transactions(Hash256 block) {
    return new Question<>(
        "eth_getBlockByHash",
        List.of("0x" + block.hex(), false),
        result -> {
          if (result == null) {
            return Optional.empty();
          }
          if (!Reading.block(result).hash().equals(block)) {
            throw new IllegalArgumentException("another block than was asked for");
          }
          return Optional.of(Reading.transactions(result));
        });
  }

  /**
   * What an address sent in the block of a hash; empty if there is no such block.
   *
   * @param chainId of the chain, for which it must be signed
   */
  static Question<Optional<List<SentTransaction>>> sent(
      ChainAddress sender, Hash256 block, long chainId) {
    return new Question<>(
        "eth_getBlockByHash",
        List.of("0x" + block.hex(), true),
        result -> {
          if (result == null) {
            return Optional.empty();
          }
          if (!Reading.block(result).hash().equals(block)) {
            throw new IllegalArgumentException("another block than was asked for");
          }
          return Optional.of(Reading.sent(result, sender, chainId));
        });
  }

  static Question<BigInteger> balance(ChainAddress address, String tag) {
    return new Question<>("eth_getBalance", List.of(address.value(), tag), Reading::quantity);
  }

  static Question<Long> nonce(ChainAddress address, String tag) {
    return new Question<>(
        "eth_getTransactionCount", List.of(address.value(), tag), Reading::number);
  }

  static Question<byte[]> code(ChainAddress address, String tag) {
    return new Question<>("eth_getCode", List.of(address.value(), tag), Reading::bytes);
  }

  static Question<BigInteger> storage(ChainAddress address, BigInteger slot, String tag) {
    return new Question<>(
        "eth_getStorageAt",
        List.of(address.value(), "0x" + slot.toString(16), tag),
        Reading::quantity);
  }

  static Question<byte[]> call(Call call, String tag) {
    return new Question<>("eth_call", List.of(object(call), tag), Reading::bytes);
  }

  static Question<Long> estimateGas(Call call) {
    return new Question<>("eth_estimateGas", List.of(object(call)), Reading::number);
  }

  private static Map<String, String> object(Call call) {
    Map<String, String> object = new LinkedHashMap<>();
    call.from().ifPresent(from -> object.put("from", from.value()));
    call.to().ifPresent(to -> object.put("to", to.value()));
    if (!call.value().isZero()) {
      object.put("value", "0x" + call.value().value().toString(16));
    }
    // "input" is the name of the specification; older nodes know "data" alone, and all take both
    object.put("data", hex(call.data()));
    object.put("input", hex(call.data()));
    return object;
  }

  static Question<BigInteger> priorityFee() {
    return new Question<>("eth_maxPriorityFeePerGas", List.of(), Reading::quantity);
  }

  /** The median of the tips in some of the newest blocks; empty ones do not count. */
  static Question<Optional<BigInteger>> tips() {
    return new Question<>(
        "eth_feeHistory",
        List.of("0x14", "latest", List.of(50)),
        result -> {
          List<BigInteger> tips = new ArrayList<>();
          JsonNode rewards = present(result).get("reward");
          if (!Reading.absent(rewards)) {
            rewards.forEach(block -> tips.add(Reading.quantity(block.get(0))));
          }
          tips.removeIf(tip -> tip.signum() == 0);
          tips.sort(null);
          return tips.isEmpty() ? Optional.empty() : Optional.of(tips.get((tips.size() - 1) / 2));
        });
  }

  static Question<Optional<TransactionReceipt>> receipt(Hash256 transaction) {
    return new Question<>(
        "eth_getTransactionReceipt",
        List.of("0x" + transaction.hex()),
        result -> {
          // a pending transaction has a receipt without a block at some nodes
          if (result == null || Reading.absent(result.get("blockHash"))) {
            return Optional.empty();
          }
          TransactionReceipt receipt = Reading.receipt(result);
          if (!receipt.transaction().equals(transaction)) {
            throw new IllegalArgumentException("another receipt than was asked for");
          }
          return Optional.of(receipt);
        });
  }

  static Question<List<EventLog>> logs(EventFilter filter, long from, long to) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("fromBlock", hex(from));
    object.put("toBlock", hex(to));
    object.put("address", filter.addresses().stream().map(ChainAddress::value).sorted().toList());
    if (!filter.events().isEmpty()) {
      object.put(
          "topics", List.of(filter.events().stream().map(e -> "0x" + e.hex()).sorted().toList()));
    }
    return new Question<>(
        "eth_getLogs",
        List.of(object),
        result -> {
          List<EventLog> logs = Reading.logs(result);
          for (EventLog log : logs) {
            if (log.block() < from || log.block() > to || !wanted(filter, log)) {
              throw new IllegalArgumentException("a log that was not asked for");
            }
          }
          return logs;
        });
  }

  static boolean wanted(EventFilter filter, EventLog log) {
    return filter.addresses().contains(log.address())
        && (filter.events().isEmpty()
            || (!log.topics().isEmpty() && filter.events().contains(log.topics().get(0))));
  }

  /** Hands over a transaction; the answer must be its hash. */
  static Question<Hash256> send(SignedTransaction transaction) {
    return new Question<>(
        "eth_sendRawTransaction",
        List.of(transaction.hex()),
        result -> {
          Hash256 hash = Reading.hash(present(result));
          if (!hash.equals(transaction.hash())) {
            throw new IllegalArgumentException("the hash of another transaction");
          }
          return hash;
        });
  }
}
