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
 * Whether a transaction that an endpoint shows was signed by its sender for this chain as it is
 * shown, and has the hash that is told. Nobody can invent one that was, so one endpoint is enough
 * to prove that the key has signed it; in which block it is remains the endpoints' word.
 *
 * <p>Known are the types 0 (EIP-155), 1 (EIP-2930), 2 (EIP-1559) and 4 (EIP-7702). What was signed
 * before EIP-155, or as it was then, may be of any chain: an endpoint can show what the key has
 * sent elsewhere. Of it, as of deposits from L1, which nobody signs, there is the endpoints' word.
 */
enum TransactionProof {
  /** The sender signed it for this chain. */
  SIGNED,
  /** A deposit from L1, or signed for any chain: it takes several who say that it is here. */
  WORD,
  /** Not signed by the sender, or for another chain, or of a type that is not known. */
  NONE;

  private static final int DEPOSIT = 0x7e;
  private static final BigInteger OLD = BigInteger.valueOf(27);
  private static final BigInteger PROTECTED = BigInteger.valueOf(35);

  /**
   * What there is for it; nothing for what cannot be read. A deposit from L1 (OP Stack
   * specification, "Deposits") of a node from before Regolith has no nonce, and counts as nothing.
   *
   * @param chainId of this chain
   */
  static TransactionProof of(JsonNode transaction, ChainAddress sender, long chainId) {
    try {
      JsonNode type = transaction.get("type");
      return switch (Reading.absent(type) ? 0 : (int) Math.min(999, Reading.number(type))) {
        case 0 -> legacy(transaction, sender, chainId);
        case 1 -> typed(transaction, sender, chainId, 1, List.of("gasPrice"));
        case 2, 4 ->
            typed(
                transaction,
                sender,
                chainId,
                (int) Reading.number(type),
                List.of("maxPriorityFeePerGas", "maxFeePerGas"));
        case DEPOSIT -> Reading.absent(transaction.get("nonce")) ? NONE : WORD;
        default -> NONE;
      };
    } catch (IllegalArgumentException | OpenLedgerException e) {
      return NONE;
    }
  }

  private static TransactionProof typed(
      JsonNode transaction, ChainAddress sender, long chainId, int type, List<String> fees) {
    if (Reading.number(transaction.get("chainId")) != chainId) {
      return NONE;
    }
    List<RlpType> fields = new ArrayList<>();
    fields.add(quantity(transaction.get("chainId")));
    fields.add(quantity(transaction.get("nonce")));
    fees.forEach(fee -> fields.add(quantity(transaction.get(fee))));
    fields.addAll(content(transaction));
    fields.add(accessList(transaction.path("accessList")));
    if (type == 4) {
      fields.add(authorizations(transaction.path("authorizationList")));
    }
    BigInteger parity = parity(transaction);
    return signed(transaction, sender, encoded(type, fields), parity)
            && hashes(transaction, type, fields, parity)
        ? SIGNED
        : NONE;
  }

  /** As {@code yParity}, or as {@code v}: as it is, or 27 more, by older nodes. */
  private static BigInteger parity(JsonNode node) {
    JsonNode parity = node.get("yParity");
    if (!Reading.absent(parity)) {
      return Reading.quantity(parity);
    }
    BigInteger v = Reading.quantity(node.get("v"));
    return v.compareTo(OLD) >= 0 ? v.subtract(OLD) : v;
  }

  private static TransactionProof legacy(JsonNode transaction, ChainAddress sender, long chainId) {
    List<RlpType> fields = new ArrayList<>();
    fields.add(quantity(transaction.get("nonce")));
    fields.add(quantity(transaction.get("gasPrice")));
    fields.addAll(content(transaction));
    BigInteger v = Reading.quantity(transaction.get("v"));
    List<RlpType> signed = new ArrayList<>(fields);
    BigInteger parity = v.subtract(OLD);
    boolean isProtected = v.compareTo(PROTECTED) >= 0;
    if (isProtected) {
      BigInteger rest = v.subtract(PROTECTED);
      parity = rest.and(BigInteger.ONE);
      if (!rest.shiftRight(1).equals(BigInteger.valueOf(chainId))) {
        return NONE;
      }
      signed.add(RlpString.create(rest.shiftRight(1)));
      signed.add(RlpString.create(BigInteger.ZERO));
      signed.add(RlpString.create(BigInteger.ZERO));
    }
    boolean proven =
        signed(transaction, sender, encoded(0, signed), parity)
            && hashes(transaction, 0, fields, v);
    return !proven ? NONE : isProtected ? SIGNED : WORD;
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

  private static RlpList authorizations(JsonNode list) {
    List<RlpType> entries = new ArrayList<>();
    for (JsonNode entry : list) {
      entries.add(
          new RlpList(
              quantity(entry.get("chainId")),
              bytes(entry.get("address"), 20),
              quantity(entry.get("nonce")),
              RlpString.create(parity(entry)),
              quantity(entry.get("r")),
              quantity(entry.get("s"))));
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
