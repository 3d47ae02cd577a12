package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A transaction of type 2 (EIP-1559) with an empty access list, not signed yet. Immutable; two are
 * equal if their bytes are.
 */
public final class Eip1559Transaction implements SigningPayload {

  /** Most bytes of calldata: nodes refuse transactions above 128 KiB (geth's {@code txMaxSize}). */
  public static final int MAX_DATA = 126 * 1024;

  static final byte TYPE = 2;

  private final long chainId;
  private final long nonce;
  private final Fees fees;
  private final long gasLimit;
  private final Optional<ChainAddress> to;
  private final Wei value;
  private final byte[] data;

  /**
   * @param chainId 1 or more
   * @param nonce 0 to 2⁶³ − 1 (EIP-2681 allows twice that)
   * @param fees what a unit of gas may cost
   * @param gasLimit 21 000 or more
   * @param to the receiver; empty creates a contract
   * @param value what is sent along
   * @param data calldata or creation code, at most {@link #MAX_DATA} bytes; copied
   * @throws OpenLedgerException if a value is out of its range
   */
  public Eip1559Transaction(
      long chainId,
      long nonce,
      Fees fees,
      long gasLimit,
      Optional<ChainAddress> to,
      Wei value,
      byte[] data) {
    if (chainId < 1) {
      throw OpenLedgerException.invalid("chain id", chainId, "1 or more");
    }
    if (nonce < 0) {
      throw OpenLedgerException.invalid("nonce", nonce, "0 or more");
    }
    if (gasLimit < IntrinsicGas.TRANSACTION) {
      throw OpenLedgerException.invalid(
          "gas limit", gasLimit, IntrinsicGas.TRANSACTION + " or more");
    }
    if (data.length > MAX_DATA) {
      throw OpenLedgerException.invalid("calldata", data.length + " bytes", MAX_DATA + " bytes");
    }
    this.chainId = chainId;
    this.nonce = nonce;
    this.fees = fees;
    this.gasLimit = gasLimit;
    this.to = to;
    this.value = value;
    this.data = data.clone();
  }

  /** The chain that the transaction is valid on. */
  public long chainId() {
    return chainId;
  }

  /** The number of transactions that the sender made before. */
  public long nonce() {
    return nonce;
  }

  /** What a unit of gas may cost. */
  public Fees fees() {
    return fees;
  }

  /** Most gas that it may use. */
  public long gasLimit() {
    return gasLimit;
  }

  /** The receiver; empty creates a contract. */
  public Optional<ChainAddress> to() {
    return to;
  }

  /** What is sent along. */
  public Wei value() {
    return value;
  }

  /** Calldata or creation code, a copy. */
  public byte[] data() {
    return data.clone();
  }

  /** Most that the sender can lose to execution: value and gas limit times the fee's cap. */
  public Wei atMost() {
    return value.plus(
        new Wei(fees.maxFeePerGas().value().multiply(java.math.BigInteger.valueOf(gasLimit))));
  }

  /** The same call at the same nonce for other fees: what a bump sends. */
  public Eip1559Transaction withFees(Fees other) {
    return new Eip1559Transaction(chainId, nonce, other, gasLimit, to, value, data);
  }

  @Override
  public byte[] preimage() {
    return typed(fields());
  }

  /** The bytes to broadcast. The signature is not checked against a sender here. */
  public SignedTransaction signed(Signature signature) {
    List<RlpType> fields = fields();
    fields.add(RlpString.create(signature.yParity()));
    fields.add(RlpString.create(signature.r()));
    fields.add(RlpString.create(signature.s()));
    return new SignedTransaction(typed(fields));
  }

  private List<RlpType> fields() {
    List<RlpType> fields = new ArrayList<>(12);
    fields.add(RlpString.create(chainId));
    fields.add(RlpString.create(nonce));
    fields.add(RlpString.create(fees.maxPriorityFeePerGas().value()));
    fields.add(RlpString.create(fees.maxFeePerGas().value()));
    fields.add(RlpString.create(gasLimit));
    fields.add(
        RlpString.create(
            to.map(a -> HexFormat.of().parseHex(a.value().substring(2))).orElse(new byte[0])));
    fields.add(RlpString.create(value.value()));
    fields.add(RlpString.create(data));
    fields.add(new RlpList());
    return fields;
  }

  private static byte[] typed(List<RlpType> fields) {
    byte[] list = RlpEncoder.encode(new RlpList(fields));
    byte[] out = new byte[list.length + 1];
    out[0] = TYPE;
    System.arraycopy(list, 0, out, 1, list.length);
    return out;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Eip1559Transaction other
        && java.util.Arrays.equals(preimage(), other.preimage());
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(preimage());
  }

  /** Numbers alone: calldata may be long and may name people's accounts. */
  @Override
  public String toString() {
    return "transaction "
        + nonce
        + " on chain "
        + chainId
        + " to "
        + to.map(ChainAddress::value).orElse("a new contract")
        + ", "
        + data.length
        + " bytes of calldata";
  }
}
