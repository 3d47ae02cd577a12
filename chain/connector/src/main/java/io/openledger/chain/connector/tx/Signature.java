package io.openledger.chain.connector.tx;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.merkle.Uint256;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.web3j.crypto.Hash;

/**
 * An ECDSA signature on secp256k1 whose {@code s} lies in the lower half of the group's order
 * (EIP-2), so that nobody can make a second valid signature, and so a second hash, of the same
 * transaction.
 *
 * @param r 1 to n − 1
 * @param s 1 to (n − 1) / 2
 * @param yParity parity of the y coordinate of the point whose x is {@code r}: 0 or 1
 */
public record Signature(BigInteger r, BigInteger s, int yParity) {

  /** secp256k1 (SEC 2, version 2, section 2.4.1), with the field arithmetic made for it. */
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");

  /** The group's order. */
  static final BigInteger ORDER = CURVE.getN();

  private static final BigInteger HALF = ORDER.shiftRight(1);

  public Signature {
    if (r.signum() <= 0 || r.compareTo(ORDER) >= 0) {
      throw OpenLedgerException.invalid("signature", "r out of range", "r from 1 to n - 1");
    }
    if (s.signum() <= 0 || s.compareTo(HALF) > 0) {
      throw OpenLedgerException.invalid("signature", "s out of range", "s from 1 to (n - 1) / 2");
    }
    if (yParity != 0 && yParity != 1) {
      throw OpenLedgerException.invalid("signature's parity", yParity, "0 or 1");
    }
  }

  /** The signature with a high {@code s} mirrored into the lower half, which turns the parity. */
  public static Signature normalised(BigInteger r, BigInteger s, int yParity) {
    return s.compareTo(HALF) > 0
        ? new Signature(r, ORDER.subtract(s), yParity ^ 1)
        : new Signature(r, s, yParity);
  }

  /**
   * Reads r, s and v as 65 bytes, as wallets, contracts and Web3Signer give them.
   *
   * @param bytes r and s of 32 bytes each, then v: 0, 1, 27 or 28
   */
  public static Signature parse(byte[] bytes) {
    if (bytes.length != 65) {
      throw OpenLedgerException.invalid("signature", bytes.length + " bytes", "65 bytes");
    }
    int v = bytes[64] & 0xFF;
    return normalised(
        new BigInteger(1, Arrays.copyOfRange(bytes, 0, 32)),
        new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64)),
        v >= 27 ? v - 27 : v);
  }

  /** 65 bytes: r, s, and v as 27 or 28, which is what contracts' ECDSA libraries take. */
  public byte[] toBytes() {
    byte[] bytes = new byte[65];
    Uint256.put(r, bytes, 0);
    Uint256.put(s, bytes, 32);
    bytes[64] = (byte) (27 + yParity);
    return bytes;
  }

  /**
   * The address whose key made this signature of a digest (SEC 1, section 4.1.6); empty where no
   * point of the curve has this {@code r}. Costs two multiplications on the curve, about as much as
   * five signatures.
   *
   * @param digest Keccak-256 of what was signed
   */
  public Optional<ChainAddress> signerOf(Hash256 digest) {
    ECPoint point;
    try {
      byte[] compressed = new byte[33];
      compressed[0] = (byte) (2 + yParity);
      Uint256.put(r, compressed, 1);
      point = CURVE.getCurve().decodePoint(compressed);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // r is no x coordinate
    }
    BigInteger inverse = r.modInverse(ORDER);
    BigInteger e = new BigInteger(1, digest.toBytes());
    ECPoint key =
        ECAlgorithms.sumOfTwoMultiplies(
            CURVE.getG(),
            e.negate().multiply(inverse).mod(ORDER),
            point,
            s.multiply(inverse).mod(ORDER));
    return key.isInfinity() ? Optional.empty() : Optional.of(addressOf(key));
  }

  /** The address of a public key: the last 20 bytes of Keccak-256 of both coordinates. */
  public static ChainAddress addressOf(ECPoint publicKey) {
    byte[] encoded = publicKey.normalize().getEncoded(false);
    byte[] hash = Hash.sha3(encoded, 1, encoded.length - 1);
    return new ChainAddress("0x" + HexFormat.of().formatHex(hash, 12, 32));
  }
}
