package io.openledger.chain.connector.keys;

import io.openledger.chain.connector.tx.Signature;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/**
 * Deterministic ECDSA on secp256k1 (SEC 1, section 4.1.3; nonces of RFC 6979, section 3.2, with
 * SHA-256).
 *
 * <p>The parity that Ethereum wants is read from the point that signing computes anyway. web3j
 * throws the point away and tries up to four recoveries instead, each dearer than the signature;
 * that is the plain twin in the tests. The point is a multiple of the generator, for which Bouncy
 * Castle keeps a comb of multiples.
 */
final class Ecdsa {

  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final BigInteger N = CURVE.getN();

  private Ecdsa() {}

  /** The public point of a private key from 1 to n − 1. */
  static ECPoint publicPoint(BigInteger key) {
    return new FixedPointCombMultiplier().multiply(CURVE.getG(), key).normalize();
  }

  /** Whether a number can be a private key. */
  static boolean isKey(BigInteger number) {
    return number.signum() > 0 && number.compareTo(N) < 0;
  }

  /**
   * Signs.
   *
   * @param key from 1 to n − 1
   * @param digest 32 bytes
   */
  static Signature sign(BigInteger key, byte[] digest) {
    BigInteger e = new BigInteger(1, digest);
    HMacDSAKCalculator nonces = new HMacDSAKCalculator(new SHA256Digest());
    nonces.init(N, key, digest);
    while (true) {
      BigInteger k = nonces.nextK();
      ECPoint point = publicPoint(k);
      BigInteger x = point.getAffineXCoord().toBigInteger();
      BigInteger r = x.mod(N);
      // x of n or more, chance 2^-127, needs a third bit that transactions do not have: take the
      // next nonce
      if (r.signum() == 0 || x.compareTo(N) >= 0) {
        continue;
      }
      // an inverse whose time does not depend on the nonce
      BigInteger s = BigIntegers.modOddInverse(N, k).multiply(e.add(key.multiply(r))).mod(N);
      if (s.signum() == 0) {
        continue;
      }
      int parity = point.getAffineYCoord().testBitZero() ? 1 : 0;
      return Signature.normalised(r, s, parity);
    }
  }
}
