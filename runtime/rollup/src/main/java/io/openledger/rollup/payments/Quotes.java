package io.openledger.rollup.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads quotes. A quote is 105 bytes in base64url: version 1, 16 bytes of nonce, end in
 * seconds since 1970 (8), price (16), the request's digest (32), and HMAC-SHA-256 over all of that
 * with the contract's domain, so that nothing has to be kept of quotes that nobody pays. The secret
 * is in the store, so that another server of a cluster reads what one wrote.
 */
final class Quotes {

  private static final byte VERSION = 1;
  private static final int SIGNED = 1 + 16 + 8 + 16 + 32;
  private static final int BYTES = SIGNED + 32;
  private static final String HMAC = "HmacSHA256";

  /**
   * What a quote says.
   *
   * @param nonce 32 hexadecimal digits
   * @param expires when it ends
   * @param price most that the request costs
   * @param request its digest
   */
  record Quote(String nonce, Instant expires, Wei price, Hash256 request) {}

  private final Store store;
  private final ChannelDomain domain;
  private final RandomGenerator random;
  private volatile byte @Nullable [] secret;

  Quotes(Store store, ChannelDomain domain, RandomGenerator random) {
    this.store = store;
    this.domain = domain;
    this.random = random;
  }

  /** A new quote. */
  String write(Instant expires, Wei price, Hash256 request) {
    if (price.value().bitLength() > 96) {
      throw OpenLedgerException.invalid("price", price, "at most 2^96 - 1 wei");
    }
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    ByteBuffer quote =
        ByteBuffer.allocate(BYTES)
            .put(VERSION)
            .put(nonce)
            .putLong(expires.getEpochSecond())
            .put(sixteen(price.value()))
            .put(request.toBytes());
    quote.put(mac(quote.array()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(quote.array());
  }

  /** Reads a quote; empty if it is not one of ours. */
  Optional<Quote> read(String text) {
    byte[] bytes;
    try {
      bytes = text.length() > 2 * BYTES ? new byte[0] : Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      return Optional.empty();
    }
    byte[] said = java.util.Arrays.copyOfRange(bytes, SIGNED, BYTES);
    if (!MessageDigest.isEqual(said, mac(bytes))) {
      return Optional.empty();
    }
    ByteBuffer quote = ByteBuffer.wrap(bytes, 1, SIGNED - 1);
    byte[] nonce = new byte[16];
    quote.get(nonce);
    Instant expires = Instant.ofEpochSecond(quote.getLong());
    byte[] price = new byte[16];
    quote.get(price);
    byte[] request = new byte[32];
    quote.get(request);
    return Optional.of(
        new Quote(
            HexFormat.of().formatHex(nonce),
            expires,
            new Wei(new BigInteger(1, price)),
            Hash256.of(request)));
  }

  private static byte[] sixteen(BigInteger number) {
    byte[] digits = number.toByteArray();
    byte[] out = new byte[16];
    System.arraycopy(digits, 0, out, 16 - digits.length, digits.length);
    return out;
  }

  private byte[] mac(byte[] quote) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret(), HMAC));
      mac.update(domain.separator().toBytes());
      mac.update(quote, 0, SIGNED);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a platform without HMAC-SHA-256", e);
    }
  }

  private byte[] secret() {
    byte[] known = secret;
    if (known == null) {
      byte[] drawn = new byte[32];
      random.nextBytes(drawn);
      String kept =
          store.requiresNew(
              "reading the secret of quotes",
              c -> {
                Sql.lock(c, "channels");
                Optional<String> there =
                    Sql.first(
                        c,
                        "SELECT secret FROM ol_payment_secrets WHERE name = ?",
                        row -> row.getString(1),
                        "quotes");
                if (there.isEmpty()) {
                  Sql.update(
                      c,
                      "INSERT INTO ol_payment_secrets (name, secret) VALUES (?, ?)",
                      "quotes",
                      HexFormat.of().formatHex(drawn));
                }
                return there.orElseGet(() -> HexFormat.of().formatHex(drawn));
              });
      known = HexFormat.of().parseHex(kept);
      if (known.length != 32) {
        throw new OpenLedgerException(
            ErrorCode.LEDGER_INCONSISTENT,
            "a secret of quotes of " + known.length + " bytes",
            "32 bytes",
            "delete the row of ol_payment_secrets: quotes that are out are then refused");
      }
      secret = known;
    }
    return known;
  }
}
