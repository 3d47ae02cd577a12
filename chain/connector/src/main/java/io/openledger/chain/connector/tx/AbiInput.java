package io.openledger.chain.connector.tx;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Bytes that are decoded, and how much of them may still be read.
 *
 * <p>Offsets may point to the same bytes again and again: 64 KiB of nested arrays could become
 * gigabytes. Encoders write each value once, so all reading together may take each byte twice, and
 * no more.
 */
final class AbiInput {

  /** So that a few empty elements are read even out of nothing. */
  private static final int LEAST = 64;

  private final byte[] bytes;
  private long left;

  AbiInput(byte[] bytes) {
    this.bytes = bytes;
    this.left = 2L * bytes.length + LEAST;
  }

  private void spend(int units) {
    left -= units;
    if (left < 0) {
      throw AbiType.malformed();
    }
  }

  /** One more element of an array or a tuple; those of no bytes cost something too. */
  void element() {
    spend(1);
  }

  /** A copy of some bytes. */
  byte[] slice(int from, int length) {
    if (from < 0 || length < 0 || from > bytes.length - length) {
      throw AbiType.malformed();
    }
    spend(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** A length or an offset, which cannot be beyond the bytes that there are. */
  int offset(int from) {
    BigInteger number = new BigInteger(1, slice(from, AbiType.WORD));
    if (number.compareTo(BigInteger.valueOf(bytes.length)) > 0) {
      throw AbiType.malformed();
    }
    return number.intValueExact();
  }
}
