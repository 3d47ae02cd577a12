package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.Signature;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * Whether a transaction that an endpoint shows was signed by its sender as it is shown, and has the
 * hash that is told. Nobody can invent one that was, so one endpoint is enough to prove that the
 * key has signed it; in which block it is remains the endpoints' word.
 *
 * <p>Known are the types 0 (EIP-155, and older), 1 (EIP-2930) and 2 (EIP-1559). Of others, deposits
 * from L1 among them, which nobody signs, nothing is proven.
 */
final class TransactionProof {

  private static final long DEPOSIT = 0x7e;
  private static final BigInteger OLD = BigInteger.valueOf(27);
  private static final BigInteger PROTECTED = BigInteger.valueOf(35);

  private TransactionProof() {}

  /** Whether it is proven; what cannot be read is not. */
  static boolean holds(JsonNode transaction, ChainAddress sender) {
    try {
      JsonNode type = transaction.get("type");
      return switch (Reading.absent(type) ? 0 : (int) Math.min(99, Reading.number(type))) {
        case 0 -> legacy(transaction, sender);
        case 1 -> typed(transaction, sender, 1, List.of("gasPrice"));
        case 2 -> typed(transaction, sender, 2, List.of("maxPriorityFeePerGas", "maxFeePerGas"));
        default -> false;
      };
    } catch (IllegalArgumentException | OpenLedgerException e) {
      return false;
    }
  }

  /**
   * Whether it is said to come from L1 (OP Stack specification, "Deposits"): nobody signs those.
   */
  static boolean isDeposit(JsonNode transaction) {
    JsonNode type = transaction.get("type");
    return !Reading.absent(type) && Reading.number(type) == DEPOSIT;
  }

  private static boolean typed(
      JsonNode transaction, ChainAddress sender, int type, List<String> fees) {
    List<RlpType> fields = new ArrayList<>();
    fields.add(quantity(transaction.get("chainId")));
    fields.add(quantity(transaction.get("nonce")));
    fees.forEach(fee -> fields.add(quantity(transaction.get(fee))));
    fields.addAll(content(transaction));
    fields.add(accessList(transaction.path("accessList")));
    JsonNode parity = transaction.get("yParity");
    BigInteger v = Reading.quantity(Reading.absent(parity) ? transaction.get("v") : parity);
    return signed(transaction, sender, encoded(type, fields), v)
        && hashes(transaction, type, fields, v);
  }

  private static boolean legacy(JsonNode transaction, ChainAddress sender) {
    List<RlpType> fields = new ArrayList<>();
    fields.add(quantity(transaction.get("nonce")));
    fields.add(quantity(transaction.get("gasPrice")));
    fields.addAll(content(transaction));
    BigInteger v = Reading.quantity(transaction.get("v"));
    List<RlpType> signed = new ArrayList<>(fields);
    BigInteger parity = v.subtract(OLD);
    if (v.compareTo(PROTECTED) >= 0) {
      BigInteger rest = v.subtract(PROTECTED);
      parity = rest.and(BigInteger.ONE);
      signed.add(RlpString.create(rest.shiftRight(1)));
      signed.add(RlpString.create(BigInteger.ZERO));
      signed.add(RlpString.create(BigInteger.ZERO));
    }
    return signed(transaction, sender, encoded(0, signed), parity)
        && hashes(transaction, 0, fields, v);
  }

  /** Limit of gas, receiver, value and data: the same in all types. */
  private static List<RlpType> content(JsonNode transaction) {
    JsonNode to = transaction.get("to");
    return List.of(
        quantity(transaction.get("gas")),
        Reading.absent(to) ? RlpString.create(new byte[0]) : bytes(to, 20),
        quantity(transaction.get("value")),
        RlpString.create(Reading.bytes(transaction.get("input"))));
  }

  private static RlpList accessList(JsonNode list) {
    List<RlpType> entries = new ArrayList<>();
    for (JsonNode entry : list) {
      List<RlpType> slots = new ArrayList<>();
      entry.path("storageKeys").forEach(slot -> slots.add(bytes(slot, 32)));
      entries.add(new RlpList(bytes(entry.get("address"), 20), new RlpList(slots)));
    }
    return new RlpList(entries);
  }

  private static boolean signed(
      JsonNode transaction, ChainAddress sender, byte[] preimage, BigInteger parity) {
    if (parity.bitLength() > 1) {
      return false;
    }
    Signature signature =
        new Signature(
            Reading.quantity(transaction.get("r")),
            Reading.quantity(transaction.get("s")),
            parity.intValue());
    return signature.signerOf(Hash256.of(Hash.sha3(preimage))).equals(Optional.of(sender));
  }

  private static boolean hashes(
      JsonNode transaction, int type, List<RlpType> fields, BigInteger v) {
    List<RlpType> all = new ArrayList<>(fields);
    all.add(RlpString.create(v));
    all.add(quantity(transaction.get("r")));
    all.add(quantity(transaction.get("s")));
    return Hash256.of(Hash.sha3(encoded(type, all))).equals(Reading.hash(transaction.get("hash")));
  }

  /** EIP-2718; type 0 has no first byte. */
  private static byte[] encoded(int type, List<RlpType> fields) {
    byte[] list = RlpEncoder.encode(new RlpList(fields));
    if (type == 0) {
      return list;
    }
    byte[] out = new byte[list.length + 1];
    out[0] = (byte) type;
    System.arraycopy(list, 0, out, 1, list.length);
    return out;
  }

  private static RlpString quantity(@Nullable JsonNode node) {
    return RlpString.create(Reading.quantity(node));
  }

  private static RlpString bytes(@Nullable JsonNode node, int length) {
    byte[] bytes = Reading.bytes(node);
    if (bytes.length != length) {
      throw new IllegalArgumentException("no " + length + " bytes");
    }
    return RlpString.create(bytes);
  }
}
