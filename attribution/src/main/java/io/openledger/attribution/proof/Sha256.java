package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 with this package's domain separation by the first byte: 0 a leaf, 1 a node (RFC 6962
 * §2.1), 2 a step of a prefix chain; tags begin with a letter. For one thread.
 */
final class Sha256 {

  static final int BYTES = 32;

  private final MessageDigest digest;
  private final byte[] four = new byte[4];

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  byte[] leaf(byte[] entry) {
    digest.update((byte) 0);
    return digest.digest(entry);
  }

  byte[] node(byte[] left, byte[] right) {
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }

  /** The next link of a prefix chain: of the link before and of a token. */
  byte[] link(byte[] before, int token) {
    digest.update((byte) 2);
    digest.update(before);
    for (int i = 0; i < 4; i++) {
      four[i] = (byte) (token >>> (8 * i));
    }
    return digest.digest(four);
  }

  /** Of a tag, a zero byte and some content. */
  static Hash256 tagged(String tag, byte[] content) {
    Sha256 sha256 = new Sha256();
    sha256.digest.update(tag.getBytes(StandardCharsets.US_ASCII));
    sha256.digest.update((byte) 0);
    return Hash256.of(sha256.digest.digest(content));
  }
}
