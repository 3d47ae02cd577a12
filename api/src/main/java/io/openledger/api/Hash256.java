package io.openledger.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * 32 bytes of a digest, printed as 64 lower-case hexadecimal digits. Immutable.
 *
 * <p>The digest is SHA-256 unless the place says otherwise (settlement trees are Keccak-256).
 */
public final class Hash256 implements Comparable<Hash256> {

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** 32 zero bytes: the link before the first receipt, the root of an empty tree. */
  public static final Hash256 ZERO = new Hash256(new byte[32]);

  // Four numbers rather than an array: half the memory, nothing to copy, and no way into a defect
  // of
  // the compiler of JDK 17.0.15 on processors with AVX-512, which reads wrong bytes from an array
  // that was cloned from a fresh copy (Hash256.of(Arrays.copyOfRange(..))): different hashes
  // compared
  // as equal. JDK 25 is right, and so is -XX:UseAVX=2.
  private final long a;
  private final long b;
  private final long c;
  private final long d;

  private Hash256(byte[] bytes) {
    a = (long) BIG_ENDIAN.get(bytes, 0);
    b = (long) BIG_ENDIAN.get(bytes, 8);
    c = (long) BIG_ENDIAN.get(bytes, 16);
    d = (long) BIG_ENDIAN.get(bytes, 24);
  }

  /** A hash of exactly 32 bytes. */
  public static Hash256 of(byte[] bytes) {
    if (bytes.length != 32) {
      throw OpenLedgerException.invalid("hash", bytes.length + " bytes", "32 bytes");
    }
    return new Hash256(bytes);
  }

  /** Parses 64 hexadecimal digits, with or without {@code 0x}. */
  public static Hash256 parse(String hex) {
    String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
    if (digits.length() != 64) {
      throw OpenLedgerException.invalid("hash", digits.length() + " digits", "64 hex digits");
    }
    try {
      return new Hash256(HexFormat.of().parseHex(digits));
    } catch (IllegalArgumentException e) {
      throw OpenLedgerException.invalid("hash", "not hexadecimal", "64 hex digits");
    }
  }

  /** SHA-256 (FIPS 180-4) of the bytes. */
  public static Hash256 sha256(byte[] content) {
    try {
      return new Hash256(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** SHA-256 of the text in UTF-8. */
  public static Hash256 sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The 32 bytes, in an array of the caller's own. */
  public byte[] toBytes() {
    byte[] bytes = new byte[32];
    BIG_ENDIAN.set(bytes, 0, a);
    BIG_ENDIAN.set(bytes, 8, b);
    BIG_ENDIAN.set(bytes, 16, c);
    BIG_ENDIAN.set(bytes, 24, d);
    return bytes;
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(toBytes());
  }

  /** As unsigned bytes, the first one first: the order of the hexadecimal digits. */
  @Override
  public int compareTo(Hash256 other) {
    int order = Long.compareUnsigned(a, other.a);
    if (order == 0) {
      order = Long.compareUnsigned(b, other.b);
    }
    if (order == 0) {
      order = Long.compareUnsigned(c, other.c);
    }
    return order != 0 ? order : Long.compareUnsigned(d, other.d);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Hash256 other
        && a == other.a
        && b == other.b
        && c == other.c
        && d == other.d;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a ^ b ^ c ^ d);
  }

  @Override
  public String toString() {
    return hex();
  }
}
