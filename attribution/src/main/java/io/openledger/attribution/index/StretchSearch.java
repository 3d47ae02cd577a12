package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for stretches of tokens in the bytes of a file, at every byte, as segments lay tokens:
 * token + 1 in 2 or 4 bytes. Knows nothing of what the file is, so that it finds what should not be
 * there. About a second for each GiB beside reading it. One thread.
 */
final class StretchSearch {

  /** Fewer than so many tokens are in any large file by chance. */
  static final int LEAST = 4;

  /** The length of a stretch where the document is not shorter. */
  static final int MOST = 8;

  /**
   * What came of a file.
   *
   * @param digest of all its bytes
   * @param found whether any stretch stands in it
   */
  record Result(Hash256 digest, boolean found) {}

  private static final int BUFFER = 1 << 20;
  private static final int KEPT = MOST * Integer.BYTES;
  private static final int FILTER_BITS = 20;

  private final int tokenBytes;
  // by the last 8 bytes of each, which the shortest has
  private final Map<Long, List<byte[]>> patterns = new HashMap<>();
  private final long[] filter = new long[(1 << FILTER_BITS) / Long.SIZE];

  StretchSearch(int vocabulary) {
    this.tokenBytes = SegmentHeader.tokenBytes(vocabulary);
  }

  /** Adds a stretch of {@link #LEAST} to {@link #MOST} tokens, in the order of its bytes. */
  void add(int[] stretch) {
    if (stretch.length < LEAST || stretch.length > MOST) {
      throw new IllegalArgumentException(stretch.length + " tokens; allowed: 4 to 8");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(stretch.length * tokenBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int token : stretch) {
      if (tokenBytes == Short.BYTES) {
        bytes.putShort((short) (token + 1));
      } else {
        bytes.putInt(token + 1);
      }
    }
    long key = bytes.getLong(bytes.capacity() - Long.BYTES);
    patterns.computeIfAbsent(key, k -> new ArrayList<>()).add(bytes.array());
    filter[hash(key) >>> 6] |= 1L << hash(key);
  }

  Result in(Path file) throws IOException {
    MessageDigest digest = Digests.sha256();
    byte[] buffer = new byte[KEPT + BUFFER];
    boolean found = false;
    // little-endian: the newest byte is the highest
    long last = 0;
    int there = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int read;
      while ((read = channel.read(ByteBuffer.wrap(buffer, there, BUFFER))) >= 0) {
        digest.update(buffer, there, read);
        for (int i = there; i < there + read; i++) {
          last = last >>> 8 | (long) buffer[i] << 56;
          int hash = hash(last);
          if ((filter[hash >>> 6] >>> hash & 1) != 0 && stands(buffer, i + 1, last)) {
            found = true;
          }
        }
        int end = there + read;
        int kept = Math.min(KEPT, end);
        System.arraycopy(buffer, end - kept, buffer, 0, kept);
        there = kept;
      }
    }
    return new Result(Hash256.of(digest.digest()), found);
  }

  private boolean stands(byte[] buffer, int end, long key) {
    for (byte[] pattern : patterns.getOrDefault(key, List.of())) {
      int start = end - pattern.length;
      if (start >= 0 && Arrays.equals(buffer, start, end, pattern, 0, pattern.length)) {
        return true;
      }
    }
    return false;
  }

  // Fibonacci hashing
  private static int hash(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> Long.SIZE - FILTER_BITS);
  }
}
