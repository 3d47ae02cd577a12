package io.openledger.chain.merkle;

import java.util.Arrays;
import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * Keccak-256 as Ethereum uses it: Keccak[c = 512] with the padding of the submission to the SHA-3
 * contest, which is not the padding of FIPS 202 SHA3-256.
 *
 * <p>An instance serves one thread and any number of hashes.
 */
public final class Keccak256 {

  /** Length of a hash in bytes. */
  static final int BYTES = 32;

  private final KeccakDigest digest = new KeccakDigest(256);

  /** The 32 bytes of the hash. */
  public static byte[] hash(byte[] input) {
    byte[] out = new byte[BYTES];
    Keccak256 keccak = new Keccak256();
    keccak.digest.update(input, 0, input.length);
    keccak.digest.doFinal(out, 0);
    return out;
  }

  /**
   * The inner node over two children: their hash in ascending order.
   *
   * @param a holds a child of 32 bytes at {@code aFrom}
   * @param b holds the other child at {@code bFrom}
   * @param out takes 32 bytes at {@code outFrom}; may overlap the children
   */
  void pair(byte[] a, int aFrom, byte[] b, int bFrom, byte[] out, int outFrom) {
    if (Arrays.compareUnsigned(a, aFrom, aFrom + BYTES, b, bFrom, bFrom + BYTES) <= 0) {
      digest.update(a, aFrom, BYTES);
      digest.update(b, bFrom, BYTES);
    } else {
      digest.update(b, bFrom, BYTES);
      digest.update(a, aFrom, BYTES);
    }
    digest.doFinal(out, outFrom);
  }
}
