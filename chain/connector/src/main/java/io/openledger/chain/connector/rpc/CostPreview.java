package io.openledger.chain.connector.rpc;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.IntrinsicGas;
import io.openledger.chain.connector.tx.Signature;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a transaction will cost, before anybody signs it. A forecast: the base fee moves with every
 * block, and L1's fees, on which the second part depends, with every block of L1. {@link #expected}
 * is what it costs if nothing moves; {@link #reserve} is what the sender should have.
 *
 * @param gas that the call takes now
 * @param gasLimit the same with the margin
 * @param gasPrice base fee of the newest block and tip, in wei
 * @param fees what a unit of gas may cost at most
 * @param l1Fee for the room of its bytes on L1; zero where the chain is no rollup
 * @param operatorFee of the rollup's operator (OP Stack, Isthmus); zero where there is none
 * @param value sent along
 * @param marginPercent added to the gas, and to the fees that no limit bounds, 0 to 1000
 */
public record CostPreview(
    long gas,
    long gasLimit,
    Wei gasPrice,
    Fees fees,
    Wei l1Fee,
    Wei operatorFee,
    Wei value,
    int marginPercent) {

  /** Usual margin. */
  public static final int MARGIN = 20;

  /** The rollup's oracle of L1's fees (OP Stack specification, "Predeploys"). */
  private static final ChainAddress ORACLE =
      new ChainAddress("0x420000000000000000000000000000000000000f");

  private static final AbiSignature OPERATOR_FEE = AbiSignature.parse("getOperatorFee(uint256)");
  private static final AbiSignature NUMBER = AbiSignature.parse("returns(uint256)");

  /** Bytes like a real signature's: fees on L1 depend on how well bytes can be compressed. */
  private static final Signature LIKE_ANY_OTHER =
      new Signature(
          new BigInteger("b0920c6cbeb2fb2cf1f9a0b3b6c2a1c1e8ee7f1e5ddc2a1cd5c1d5fb0b8a3f17", 16),
          new BigInteger("5a8fd2c5e0b3e7d6e7c04e6f9f0a8f3a3d1f2d6b6e4f8c7a1b0e9d8c7f6a5b43", 16),
          1);

  /**
   * Asks the chain. Nothing is signed or sent; the call is tried on the newest state.
   *
   * @param client of the chain that it is for
   * @param call with its sender
   * @param ceiling most that a unit of gas may ever cost
   * @param marginPercent 0 to 1000
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if the call would be reverted; whether the
   *     sender has enough is for {@link #missing} to say, because not every node looks at that here
   */
  public static CostPreview of(ChainClient client, Call call, Wei ceiling, int marginPercent) {
    if (marginPercent < 0 || marginPercent > 1000) {
      throw OpenLedgerException.invalid("margin", marginPercent + " %", "0 to 1000 %");
    }
    long gas = client.estimateGas(call);
    long limit =
        Math.max(
            gas + gas * marginPercent / 100,
            IntrinsicGas.leastLimit(call.data(), call.to().isEmpty()));
    Fees fees = client.fees(ceiling);
    Wei price = client.head(Finality.UNSAFE).baseFee().plus(fees.maxPriorityFeePerGas());
    long nonce = call.from().map(sender -> client.nonce(sender, Finality.UNSAFE)).orElse(0L);
    byte[] raw =
        new Eip1559Transaction(
                client.chainId(), nonce, fees, limit, call.to(), call.value(), call.data())
            .signed(LIKE_ANY_OTHER)
            .toBytes();
    return new CostPreview(
        gas,
        limit,
        price.compareTo(fees.maxFeePerGas()) < 0 ? price : fees.maxFeePerGas(),
        fees,
        client.l1Fee(raw),
        operatorFee(client, limit),
        call.value(),
        marginPercent);
  }

  /** Zero where the oracle is not there or is older. */
  private static Wei operatorFee(ChainClient client, long gas) {
    try {
      byte[] answer =
          client.call(
              Call.to(ORACLE, OPERATOR_FEE.encodeCall(BigInteger.valueOf(gas))), Finality.UNSAFE);
      return answer.length < 32
          ? Wei.ZERO
          : new Wei((BigInteger) NUMBER.decodeArguments(answer).get(0));
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.CHAIN_REFUSED) {
        return Wei.ZERO;
      }
      throw e;
    }
  }

  /** What it costs if nothing moves, without the value. */
  public Wei expected() {
    return times(gasPrice, gas).plus(l1Fee).plus(operatorFee);
  }

  /**
   * What the sender should have: the value, all gas at its highest price, and the other fees with
   * the margin.
   */
  public Wei reserve() {
    return value
        .plus(times(fees.maxFeePerGas(), gasLimit))
        .plus(raised(l1Fee))
        .plus(raised(operatorFee));
  }

  /**
   * What the sender lacks for it; empty if nothing.
   *
   * @param balance what the sender has
   */
  public Optional<Wei> missing(Wei balance) {
    return balance.compareTo(reserve()) >= 0
        ? Optional.empty()
        : Optional.of(reserve().minus(balance));
  }

  private static Wei times(Wei price, long gas) {
    return new Wei(price.value().multiply(BigInteger.valueOf(gas)));
  }

  /** Rounded up. */
  private Wei raised(Wei fee) {
    BigInteger scaled = fee.value().multiply(BigInteger.valueOf(100L + marginPercent));
    return new Wei(scaled.add(BigInteger.valueOf(99)).divide(BigInteger.valueOf(100)));
  }
}
