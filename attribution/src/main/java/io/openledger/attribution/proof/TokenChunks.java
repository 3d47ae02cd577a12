package io.openledger.attribution.proof;

import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The tree over a contribution's tokens: a leaf is {@value #TOKENS} tokens, 4 bytes each,
 * little-endian; the last may have fewer. Small leaves open with many hashes, large ones with many
 * tokens; 32 tokens weigh as much as four hashes.
 */
final class TokenChunks {

  static final int TOKENS = 32;

  private TokenChunks() {}

  /** The tree over {@code text[from, to)}. Keeps the text; one hash for 16 tokens. */
  static PrunedTree tree(int[] text, int from, int to) {
    int chunks = count(to - from);
    return new PrunedTree(
        chunks,
        (sha256, i) -> {
          int start = from + i * TOKENS;
          return hash(sha256, text, start, Math.min(to, start + TOKENS));
        });
  }

  static int count(int tokens) {
    return (int) (((long) tokens + TOKENS - 1) / TOKENS);
  }

  static byte[] hash(Sha256 sha256, int[] tokens, int from, int to) {
    byte[] entry = new byte[4 * (to - from)];
    for (int i = from, at = 0; i < to; i++) {
      for (int shift = 0; shift < 32; shift += 8) {
        entry[at++] = (byte) (tokens[i] >>> shift);
      }
    }
    return sha256.leaf(entry);
  }

  /** The chunks that hold {@code [offset, offset + length)}. */
  static NavigableSet<Integer> holding(int offset, int length) {
    NavigableSet<Integer> chunks = new TreeSet<>();
    for (int i = offset / TOKENS; i <= (offset + length - 1) / TOKENS; i++) {
      chunks.add(i);
    }
    return chunks;
  }

  /** Where the first chunk that holds the offset starts. */
  static int start(int offset) {
    return offset / TOKENS * TOKENS;
  }

  /** Where the last chunk that holds tokens before {@code end} ends, of so many tokens. */
  static int end(int end, int tokens) {
    return Math.min(tokens, count(end) * TOKENS);
  }
}
