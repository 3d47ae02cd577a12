package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.web3j.crypto.Hash;

/**
 * A message from the rollup to L1, as L2ToL1MessagePasser recorded it (OP Stack specification,
 * "Withdrawals").
 *
 * @param nonce of the message passer, its version in the upper 16 bits; no two messages have the
 *     same
 * @param sender who called the message passer
 * @param target who is called on L1
 * @param value sent along
 * @param gasLimit gas that the target gets at least
 * @param data calldata; copied on the way in and out
 */
public record Withdrawal(
    BigInteger nonce,
    ChainAddress sender,
    ChainAddress target,
    Wei value,
    BigInteger gasLimit,
    byte[] data) {

  static final Hash256 MESSAGE_PASSED =
      Hash256.of(
          Hash.sha3(
              "MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)"
                  .getBytes(StandardCharsets.US_ASCII)));

  private static final AbiSignature NOT_INDEXED =
      AbiSignature.parse("data(uint256,uint256,bytes,bytes32)");

  private static final AbiSignature FIELDS =
      AbiSignature.parse("withdrawal(uint256,address,address,uint256,uint256,bytes)");

  public Withdrawal {
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  /** The message of a log of the message passer; empty if the log is another event or contract. */
  static Optional<Withdrawal> of(EventLog log) {
    if (!log.address().equals(BridgeAddresses.MESSAGE_PASSER)
        || log.topics().size() != 4
        || !log.topics().get(0).equals(MESSAGE_PASSED)) {
      return Optional.empty();
    }
    List<Object> values = NOT_INDEXED.decodeArguments(log.data());
    Withdrawal withdrawal =
        new Withdrawal(
            new BigInteger(1, log.topics().get(1).toBytes()),
            View.address(log.topics().get(2)),
            View.address(log.topics().get(3)),
            new Wei((BigInteger) values.get(0)),
            (BigInteger) values.get(1),
            (byte[]) values.get(2));
    if (!withdrawal.hash().equals(Hash256.of((byte[]) values.get(3)))) {
      throw OpenLedgerException.invalid(
          "hash of the withdrawal", "not that of its fields", "what the message passer computes");
    }
    return Optional.of(withdrawal);
  }

  /** Keccak-256 of the fields' encoding: how both chains call it. */
  public Hash256 hash() {
    return Hash256.of(
        Hash.sha3(FIELDS.encodeArguments(nonce, sender, target, value.value(), gasLimit, data)));
  }

  /** Where the message passer keeps that it was sent: a mapping at slot 0. */
  Hash256 slot() {
    byte[] key = new byte[64];
    System.arraycopy(hash().toBytes(), 0, key, 0, 32);
    return Hash256.of(Hash.sha3(key));
  }

  /** The tuple that the portal's functions take. */
  List<Object> tuple() {
    return List.of(nonce, sender, target, value.value(), gasLimit, data());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Withdrawal other && hash().equals(other.hash());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data) + 31 * nonce.hashCode();
  }

  /** Numbers and addresses; the calldata by its length. */
  @Override
  public String toString() {
    return "withdrawal "
        + hash().hex()
        + " of "
        + value
        + " wei from "
        + sender
        + " to "
        + target
        + ", "
        + data.length
        + " bytes of calldata";
  }
}
