package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * The receipts of a block whose hash is known, from whoever has them: the header hashes to the
 * block's hash, and the receipts to the root that the header holds. One endpoint that tells the
 * truth is enough, and no number of liars can forge it. Where a header has fields that are not
 * known here, nothing is proven.
 *
 * <p>Proven are outcome, gas and logs by the place of the transaction in the block. Which
 * transaction has that place is not: the hash in a receipt is the endpoint's word.
 */
final class ProvenReceipts {

  /** Deposits from L1 (OP Stack specification, "Deposits"). */
  private static final int DEPOSIT = 0x7e;

  private ProvenReceipts() {}

  /** The root of the receipts of a block, if the header that is told hashes to the block's hash. */
  static Question<Optional<Hash256>> root(Hash256 block) {
    return new Question<>(
        "eth_getBlockByHash",
        List.of("0x" + block.hex(), false),
        result ->
            tried(
                () ->
                    result != null && HeaderHash.of(result).equals(block)
                        ? Optional.of(Reading.hash(result.get("receiptsRoot")))
                        : Optional.empty()));
  }

  /** The receipts of a block in its order, if they hash to the root. */
  static Question<Optional<List<TransactionReceipt>>> receipts(BlockHeader block, Hash256 root) {
    return new Question<>(
        "eth_getBlockReceipts",
        List.of(Question.hex(block.number())),
        result -> tried(() -> receipts(result, block, root)));
  }

  /** What cannot be read proves nothing; it is not held against the endpoint. */
  private static <T> Optional<T> tried(Supplier<Optional<T>> proof) {
    try {
      return proof.get();
    } catch (IllegalArgumentException | OpenLedgerException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<TransactionReceipt>> receipts(
      @Nullable JsonNode result, BlockHeader block, Hash256 root) {
    if (result == null || !result.isArray()) {
      return Optional.empty();
    }
    List<byte[]> encoded = new ArrayList<>();
    List<TransactionReceipt> receipts = new ArrayList<>();
    BigInteger gas = BigInteger.ZERO;
    int logs = 0;
    for (JsonNode each : result) {
      encoded.add(encoded(each));
      TransactionReceipt receipt = Reading.receipt(each);
      gas = gas.add(BigInteger.valueOf(receipt.gasUsed()));
      if (!receipt.blockHash().equals(block.hash())
          || receipt.block() != block.number()
          || !Reading.quantity(each.get("cumulativeGasUsed")).equals(gas)) {
        return Optional.empty();
      }
      for (EventLog log : receipt.logs()) {
        if (log.index() != logs++) {
          return Optional.empty();
        }
      }
      receipts.add(receipt);
    }
    return PatriciaTrie.root(encoded).equals(root) ? Optional.of(receipts) : Optional.empty();
  }

  /** EIP-2718: the type, and what the root of a block holds of a receipt. */
  private static byte[] encoded(JsonNode receipt) {
    JsonNode typeNode = receipt.get("type");
    int type = Reading.absent(typeNode) ? 0 : (int) Math.min(255, Reading.number(typeNode));
    List<RlpType> logs = new ArrayList<>();
    for (JsonNode log : receipt.path("logs")) {
      List<RlpType> topics = new ArrayList<>();
      log.path("topics").forEach(topic -> topics.add(data(topic)));
      logs.add(new RlpList(data(log.get("address")), new RlpList(topics), data(log.get("data"))));
    }
    List<RlpType> fields =
        new ArrayList<>(
            List.of(
                quantity(receipt.get("status")),
                quantity(receipt.get("cumulativeGasUsed")),
                data(receipt.get("logsBloom")),
                new RlpList(logs)));
    if (type == DEPOSIT && !Reading.absent(receipt.get("depositReceiptVersion"))) {
      fields.add(quantity(receipt.get("depositNonce")));
      fields.add(quantity(receipt.get("depositReceiptVersion")));
    }
    byte[] list = RlpEncoder.encode(new RlpList(fields));
    if (type == 0) {
      return list;
    }
    byte[] typed = new byte[list.length + 1];
    typed[0] = (byte) type;
    System.arraycopy(list, 0, typed, 1, list.length);
    return typed;
  }

  private static RlpString data(@Nullable JsonNode node) {
    return RlpString.create(Reading.bytes(node));
  }

  private static RlpString quantity(@Nullable JsonNode node) {
    return RlpString.create(Reading.quantity(node));
  }
}
