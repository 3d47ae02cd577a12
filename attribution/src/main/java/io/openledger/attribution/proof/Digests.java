package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.ContributionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What the commitment's digests are of, byte by byte; integers little-endian. */
final class Digests {

  private Digests() {}

  /**
   * Of a contribution; the entry of the contributions' tree.
   *
   * @param content what is committed to of it beside its tokens
   * @param chunks the root of {@link TokenChunks}
   */
  static Hash256 contribution(ContributionId id, Hash256 content, int tokens, Hash256 chunks) {
    byte[] datanet = id.datanet().value().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = buffer(1 + datanet.length + 8 + 32 + 4 + 32);
    out.put((byte) datanet.length).put(datanet).putLong(id.sequence()).put(content.toBytes());
    out.putInt(tokens).put(chunks.toBytes());
    return Sha256.tagged("openledger-contribution-1", out.array());
  }

  /** The leaf hash of a rank: which prefix, of which contribution, and its {@link PrefixChain}. */
  static byte[] rank(Sha256 sha256, int document, int end, byte[] chain) {
    return sha256.leaf(buffer(40).putInt(document).putInt(end).put(chain).array());
  }

  /** The one value that is anchored. */
  static Hash256 corpus(
      Hash256 tokenizer, int documents, int tokens, Hash256 contributions, Hash256 ranks) {
    ByteBuffer out = buffer(4 + 4 + 4 + 96);
    out.putInt(TokenChunks.TOKENS).putInt(documents).putInt(tokens);
    out.put(tokenizer.toBytes()).put(contributions.toBytes()).put(ranks.toBytes());
    return Sha256.tagged("openledger-corpus-1", out.array());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
