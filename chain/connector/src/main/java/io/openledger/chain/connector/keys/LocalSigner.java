package io.openledger.chain.connector.keys;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Signs with a key in this process's memory.
 *
 * <p>The key lies in one array, which {@link #close()} overwrites. While it signs, copies live in
 * objects that Java gives no way to overwrite; they are garbage when the call returns. Who must
 * keep a key out of heap dumps needs a signer in another process. It cannot be printed or
 * serialised.
 */
public final class LocalSigner implements Signer {

  private static final int BYTES = 32;

  private final ChainAddress address;
  private byte @Nullable [] key;

  private LocalSigner(byte[] key, ChainAddress address) {
    this.key = key;
    this.address = address;
  }

  /**
   * A signer for a private key.
   *
   * @param secret 32 bytes, from 1 to n − 1; <em>taken</em>: the array is overwritten with zeroes,
   *     also if it is refused
   * @throws OpenLedgerException if it is no private key of secp256k1; the message does not tell
   *     what it was
   */
  public static LocalSigner fromSecret(byte[] secret) {
    byte[] copy = secret.clone();
    Arrays.fill(secret, (byte) 0);
    BigInteger number = new BigInteger(1, copy);
    if (copy.length != BYTES || !Ecdsa.isKey(number)) {
      Arrays.fill(copy, (byte) 0);
      throw unusable("a secret of " + copy.length + " bytes that is no private key", null);
    }
    return new LocalSigner(copy, Signature.addressOf(Ecdsa.publicPoint(number)));
  }

  /**
   * A signer for an entry of a key store ({@code KeyStore.SecretKeyEntry}): a secret key of 32
   * bytes, or of 64 hexadecimal digits, with or without {@code 0x}, as {@code keytool -importpass}
   * makes it. Nothing is kept of the password.
   *
   * @param store loaded
   * @param alias of the entry
   * @param password of the entry
   * @throws OpenLedgerException if there is no such entry, the password is wrong or it is no
   *     private key
   */
  public static LocalSigner fromKeyStore(KeyStore store, String alias, char[] password) {
    Key entry;
    try {
      entry = store.getKey(alias, password);
    } catch (GeneralSecurityException e) {
      throw unusable("entry '" + alias + "' of the key store cannot be read", e);
    }
    byte @Nullable [] secret = entry == null ? null : entry.getEncoded();
    if (secret == null) {
      throw unusable("the key store has no secret key under '" + alias + "'", null);
    }
    if (secret.length == BYTES) {
      return fromSecret(secret);
    }
    char[] digits = new char[secret.length];
    for (int i = 0; i < secret.length; i++) {
      digits[i] = (char) (secret[i] & 0xFF);
    }
    Arrays.fill(secret, (byte) 0);
    return fromDigits(digits);
  }

  /**
   * A signer for 64 hexadecimal digits, with or without {@code 0x}, as credential stores keep them
   * as text.
   *
   * @param digits <em>taken</em>: overwritten with zeroes
   */
  public static LocalSigner fromDigits(char[] digits) {
    byte[] secret = new byte[BYTES];
    int from = digits.length > 1 && digits[0] == '0' && (digits[1] | 0x20) == 'x' ? 2 : 0;
    boolean right = digits.length - from == 2 * BYTES;
    for (int i = 0; right && i < 2 * BYTES; i++) {
      char digit = digits[from + i];
      right = HexFormat.isHexDigit(digit);
      if (right) {
        secret[i / 2] |= (byte) (HexFormat.fromHexDigit(digit) << (i % 2 == 0 ? 4 : 0));
      }
    }
    Arrays.fill(digits, '\0');
    if (!right) {
      Arrays.fill(secret, (byte) 0);
      throw unusable("a secret that is not 64 hexadecimal digits", null);
    }
    return fromSecret(secret);
  }

  static OpenLedgerException unusable(String what, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.SIGNING_KEY,
        what,
        "a private key of secp256k1 that can be read with its password",
        "check the configured key, its password and who may read them",
        cause);
  }

  @Override
  public ChainAddress address() {
    return address;
  }

  @Override
  public Signature sign(SigningPayload payload) {
    BigInteger number;
    synchronized (this) {
      if (key == null) {
        throw unusable("the signer of " + address + " is closed", null);
      }
      number = new BigInteger(1, key);
    }
    return Ecdsa.sign(number, payload.digest().toBytes());
  }

  @Override
  public synchronized void close() {
    if (key != null) {
      Arrays.fill(key, (byte) 0);
      key = null;
    }
  }

  /** The address, never the key. */
  @Override
  public String toString() {
    return "local signer of " + address;
  }
}
