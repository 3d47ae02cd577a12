package io.openledger.chain.merkle;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Addresses and amounts as they stand in a leaf: 20 bytes and 32 bytes, big-endian. In pieces of
 * 4096, so that growing copies nothing.
 */
final class Records {

  /** Bytes of a record. */
  static final int BYTES = 52;

  static final int ADDRESS_BYTES = 20;
  private static final int AMOUNT_BYTES = 32;

  private static final int SHIFT = 12;
  private static final int PIECE = 1 << SHIFT;

  private static final VarHandle LONG_BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG_LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT_LE =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[][] pieces = new byte[1][];
  private int size;

  int size() {
    return size;
  }

  /** Takes a record of 52 bytes. */
  void append(byte[] from, int at) {
    System.arraycopy(from, at, room(), at(size), BYTES);
    size++;
  }

  void append(ChainAddress address, Wei amount) {
    byte[] piece = room();
    int at = at(size);
    byte[] account = bytes(address);
    System.arraycopy(account, 0, piece, at, ADDRESS_BYTES);
    putAmount(amount.value(), piece, at + ADDRESS_BYTES);
    size++;
  }

  /** Copies a record of 52 bytes. */
  void get(int index, byte[] into, int at) {
    System.arraycopy(piece(index), at(index), into, at, BYTES);
  }

  /** Gives a record the amount of another's. */
  void setAmount(int index, Records others, int other) {
    System.arraycopy(
        others.piece(other),
        at(other) + ADDRESS_BYTES,
        piece(index),
        at(index) + ADDRESS_BYTES,
        AMOUNT_BYTES);
  }

  ChainAddress address(int index) {
    int at = at(index);
    return new ChainAddress("0x" + HexFormat.of().formatHex(piece(index), at, at + ADDRESS_BYTES));
  }

  Wei amount(int index) {
    return new Wei(new BigInteger(1, piece(index), at(index) + ADDRESS_BYTES, AMOUNT_BYTES));
  }

  boolean isZero(int index) {
    byte[] piece = piece(index);
    for (int i = at(index) + ADDRESS_BYTES; i < at(index) + BYTES; i++) {
      if (piece[i] != 0) {
        return false;
      }
    }
    return true;
  }

  int compareAmounts(int index, Records others, int other) {
    int a = at(index) + ADDRESS_BYTES;
    int b = at(other) + ADDRESS_BYTES;
    return Arrays.compareUnsigned(
        piece(index), a, a + AMOUNT_BYTES, others.piece(other), b, b + AMOUNT_BYTES);
  }

  int compareAddresses(int index, Records others, int other) {
    return -others.compareAddress(other, piece(index), at(index));
  }

  /** Compares a record's address with the one of 20 bytes that begins at {@code at}. */
  int compareAddress(int index, byte[] address, int at) {
    int from = at(index);
    return Arrays.compareUnsigned(
        piece(index), from, from + ADDRESS_BYTES, address, at, at + ADDRESS_BYTES);
  }

  /** The first eight bytes of an address as an unsigned number: it orders as the address does. */
  long prefix(int index) {
    return (long) LONG_BE.get(piece(index), at(index));
  }

  /** {@code abi.encode(address, amount)} in eight lanes. */
  void encode(int index, long[] lanes) {
    byte[] piece = piece(index);
    int at = at(index);
    lanes[0] = 0;
    lanes[1] = (long) (int) INT_LE.get(piece, at) << 32;
    for (int i = 2; i < 8; i++) {
      lanes[i] = (long) LONG_LE.get(piece, at + 4 + 8 * (i - 2));
    }
  }

  Records copy() {
    Records copy = new Records();
    copy.size = size;
    copy.pieces = new byte[pieces.length][];
    for (int i = 0; i < pieces.length; i++) {
      copy.pieces[i] = pieces[i] == null ? null : pieces[i].clone();
    }
    return copy;
  }

  static byte[] bytes(ChainAddress address) {
    return HexFormat.of().parseHex(address.value(), 2, address.value().length());
  }

  private byte[] room() {
    int piece = size >> SHIFT;
    if (piece == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * piece);
    }
    if (pieces[piece] == null) {
      pieces[piece] = new byte[PIECE * BYTES];
    }
    return pieces[piece];
  }

  private byte[] piece(int index) {
    return pieces[index >> SHIFT];
  }

  private static int at(int index) {
    return (index & (PIECE - 1)) * BYTES;
  }

  private static void putAmount(BigInteger value, byte[] into, int at) {
    byte[] digits = value.toByteArray();
    // two's complement puts a zero byte before 2^255 and more
    int skip = Math.max(0, digits.length - AMOUNT_BYTES);
    int length = digits.length - skip;
    System.arraycopy(digits, skip, into, at + AMOUNT_BYTES - length, length);
  }
}
