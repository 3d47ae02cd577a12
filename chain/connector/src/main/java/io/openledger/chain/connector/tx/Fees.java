package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a unit of gas may cost (EIP-1559).
 *
 * @param maxPriorityFeePerGas the tip, at most {@code maxFeePerGas}
 * @param maxFeePerGas base fee and tip together, below 2¹²⁸ wei
 */
public record Fees(Wei maxPriorityFeePerGas, Wei maxFeePerGas) {

  private static final BigInteger HUNDRED = BigInteger.valueOf(100);

  public Fees {
    if (maxFeePerGas.value().bitLength() > 128) {
      throw OpenLedgerException.invalid("fee cap", "above 2^128 wei", "less");
    }
    if (maxPriorityFeePerGas.compareTo(maxFeePerGas) > 0) {
      throw OpenLedgerException.invalid(
          "priority fee", maxPriorityFeePerGas, "at most the fee cap, " + maxFeePerGas);
    }
  }

  /**
   * Fees for a block to come: the cap is twice the base fee and the tip, which holds for six full
   * blocks in a row at a denominator of 8 (EIP-1559: 1.125⁶ = 2.03), or the ceiling if that is
   * less.
   *
   * @param baseFee of the latest block
   * @param priority the tip
   * @param ceiling most that a unit of gas may ever cost
   * @throws OpenLedgerException if the ceiling is below the base fee: nothing sent now would be
   *     included
   */
  public static Fees of(Wei baseFee, Wei priority, Wei ceiling) {
    if (ceiling.compareTo(baseFee) < 0) {
      throw OpenLedgerException.invalid(
          "base fee", baseFee, "at most the configured ceiling, " + ceiling + " wei");
    }
    Wei cap = least(new Wei(baseFee.value().shiftLeft(1)).plus(priority), ceiling);
    return new Fees(least(priority, cap), cap);
  }

  /**
   * The least fees with which nodes let a transaction take the place of one with these: each figure
   * at least {@code percent} higher and at least what the market asks now; empty if that would
   * exceed the ceiling.
   *
   * @param percent 10 to 1000; geth and reth want 10, and refuse a bump of only one of the two
   *     figures
   * @param market what one would pay now, if nothing was sent before
   * @param ceiling most that a unit of gas may ever cost
   */
  public Optional<Fees> bumped(int percent, Fees market, Wei ceiling) {
    if (percent < 10 || percent > 1000) {
      throw OpenLedgerException.invalid("bump", percent + " %", "10 to 1000 %");
    }
    Wei tip = most(raised(maxPriorityFeePerGas, percent), market.maxPriorityFeePerGas);
    Wei cap = most(most(raised(maxFeePerGas, percent), market.maxFeePerGas), tip);
    return cap.compareTo(ceiling) > 0 ? Optional.empty() : Optional.of(new Fees(tip, cap));
  }

  /**
   * Rounded up, and one more at least: 110 % of 1 wei is 1 in nodes' integers, which is no raise.
   */
  private static Wei raised(Wei fee, int percent) {
    BigInteger scaled = fee.value().multiply(BigInteger.valueOf(100L + percent));
    BigInteger up = scaled.add(HUNDRED).subtract(BigInteger.ONE).divide(HUNDRED);
    return new Wei(up.max(fee.value().add(BigInteger.ONE)));
  }

  private static Wei least(Wei a, Wei b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Wei most(Wei a, Wei b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
