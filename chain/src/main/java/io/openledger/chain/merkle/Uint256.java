package io.openledger.chain.merkle;

import java.math.BigInteger;
import java.util.Arrays;

/** A {@code uint256} of Solidity's as it is encoded: 32 bytes, the most significant first. */
public final class Uint256 {

  /** How many bytes it has. */
  public static final int BYTES = 32;

  private Uint256() {}

  /**
   * Writes all 32 bytes of a number.
   *
   * @param number 0 to 2^256 − 1
   * @param out where to
   * @param from the place of the first byte
   * @throws IllegalArgumentException if the number is another; its digits are not told, they may be
   *     a key's
   */
  public static void put(BigInteger number, byte[] out, int from) {
    if (number.signum() < 0 || number.bitLength() > 8 * BYTES) {
      throw new IllegalArgumentException(
          "a number of "
              + number.bitLength()
              + " bits, signum "
              + number.signum()
              + "; 0 to 2^256 - 1 is allowed");
    }
    byte[] digits = number.toByteArray();
    // two's complement puts a zero byte before 2^255 and more: 33 bytes, the first of which is no
    // digit
    int skip = Math.max(0, digits.length - BYTES);
    int leading = BYTES - digits.length + skip;
    Arrays.fill(out, from, from + leading, (byte) 0);
    System.arraycopy(digits, skip, out, from + leading, digits.length - skip);
  }

  /**
   * The 32 bytes of a number.
   *
   * @param number 0 to 2^256 − 1
   */
  public static byte[] bytes(BigInteger number) {
    byte[] bytes = new byte[BYTES];
    put(number, bytes, 0);
    return bytes;
  }
}
