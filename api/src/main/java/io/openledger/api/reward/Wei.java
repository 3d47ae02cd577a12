package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;

/**
 * An amount of OPEN in wei: an integer from 0 to 2²⁵⁶ − 1, what a Solidity {@code uint256} holds. 1
 * OPEN is 10¹⁸ wei. Immutable.
 *
 * @param value the integer
 */
public record Wei(BigInteger value) implements Comparable<Wei> {

  /** Nothing. */
  public static final Wei ZERO = new Wei(BigInteger.ZERO);

  public Wei {
    Objects.requireNonNull(value, "value");
    if (value.signum() < 0 || value.bitLength() > 256) {
      // what arrived may have a million digits
      String shown = value.bitLength() > 256 ? value.bitLength() + " bits long" : value.toString();
      throw OpenLedgerException.invalid("amount", shown, "0 to 2^256 - 1 wei");
    }
  }

  /** So many wei. */
  public static Wei of(long wei) {
    return wei == 0 ? ZERO : new Wei(BigInteger.valueOf(wei));
  }

  /** Parses decimal digits. */
  public static Wei parse(String digits) {
    if (digits.isEmpty()
        || digits.length() > 78
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw OpenLedgerException.invalid(
          "amount", digits.length() + " characters", "1 to 78 decimal digits");
    }
    return new Wei(new BigInteger(digits));
  }

  /** The sum; refuses what would not fit into 256 bits. */
  public Wei plus(Wei other) {
    return new Wei(value.add(other.value));
  }

  /** The difference; refuses what would be below zero. */
  public Wei minus(Wei other) {
    return new Wei(value.subtract(other.value));
  }

  /** Whether this is nothing. */
  public boolean isZero() {
    return value.signum() == 0;
  }

  /** The amount in OPEN, exactly. */
  public BigDecimal toOpen() {
    return new BigDecimal(value, 18);
  }

  @Override
  public int compareTo(Wei other) {
    return value.compareTo(other.value);
  }

  /** The decimal digits. */
  @Override
  public String toString() {
    return value.toString();
  }
}
