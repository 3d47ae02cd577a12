package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/** A segment of the fast form: the mapped reversed text and its bit-packed suffix array. */
final class FastSegment extends SuffixArray implements Segment {

  private final MappedBytes bytes;
  private final SegmentHeader header;
  private final long tokensAt;
  private final long suffixesAt;
  private final int suffixBits;
  private final long suffixMask;
  private final boolean narrow;

  private FastSegment(MappedBytes bytes, SegmentHeader header) {
    this.bytes = bytes;
    this.header = header;
    this.tokensAt = header.tokensAt();
    this.suffixesAt = header.suffixesAt();
    this.suffixBits = header.suffixBits();
    this.suffixMask = -1L >>> (Long.SIZE - suffixBits);
    this.narrow = header.tokenBytes() == 2;
  }

  /**
   * Maps a file and verifies all of it.
   *
   * @param id what the manifest says that it is
   * @param digest what the manifest says that it holds
   * @throws CorruptFile naming what is wrong
   */
  static FastSegment open(Path file, long id, Hash256 tokenizer, int vocabulary, Hash256 digest)
      throws IOException, CorruptFile {
    MappedBytes bytes = MappedBytes.map(file);
    boolean good = false;
    try {
      CorruptFile.unless(
          bytes.length() >= SegmentHeader.BYTES + SegmentHeader.DIGEST_BYTES,
          bytes.length() + " bytes, too short for a segment");
      SegmentHeader header =
          SegmentHeader.decode(bytes.bytes(0, SegmentHeader.BYTES), bytes.length());
      java.security.MessageDigest sha256 = Digests.sha256();
      bytes.digest(sha256, header.digestAt());
      Hash256 computed = Hash256.of(sha256.digest());
      byte[] written = bytes.bytes(header.digestAt(), SegmentHeader.DIGEST_BYTES);
      CorruptFile.unless(
          Arrays.equals(computed.toBytes(), written) && computed.equals(digest),
          "SHA-256 " + computed + ", expected " + digest);
      CorruptFile.unless(
          header.id() == id
              && header.tokenizer().equals(tokenizer)
              && header.vocabulary() == vocabulary,
          "segment " + header.id() + " of another index or tokenizer");
      good = true;
      return new FastSegment(bytes, header);
    } finally {
      if (!good) {
        bytes.close();
      }
    }
  }

  @Override
  long position(long rank) {
    long bit = rank * suffixBits;
    return bytes.getLong(suffixesAt + (bit >>> 3)) >>> (bit & 7) & suffixMask;
  }

  @Override
  int symbol(long position) {
    return narrow
        ? bytes.getUnsignedShort(tokensAt + (position << 1))
        : bytes.getInt(tokensAt + (position << 2));
  }

  @Override
  Ranks bucket(int token) {
    int low = 0;
    int high = header.distinct() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long at = header.unigramsAt() + (long) middle * SegmentHeader.UNIGRAM_BYTES;
      int there = bytes.getInt(at);
      if (there == token) {
        long end =
            middle + 1 == header.distinct()
                ? header.tokens()
                : bytes.getLong(at + SegmentHeader.UNIGRAM_BYTES + 4);
        return new Ranks(bytes.getLong(at + 4), end);
      }
      if (there < token) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Ranks.NONE;
  }

  @Override
  public int documents() {
    return header.documents();
  }

  @Override
  public long sequence(int document) {
    return bytes.getLong(header.documentsAt() + (long) document * SegmentHeader.DOCUMENT_BYTES);
  }

  private long start(int document) {
    return document == header.documents()
        ? header.textLength()
        : bytes.getLong(header.documentsAt() + (long) document * SegmentHeader.DOCUMENT_BYTES + 8);
  }

  @Override
  public int length(int document) {
    return (int) (start(document + 1) - start(document) - 1);
  }

  @Override
  public int[] tokens(int document) {
    long start = start(document);
    int[] tokens = new int[length(document)];
    for (int i = 0; i < tokens.length; i++) {
      tokens[tokens.length - 1 - i] = symbol(start + i) - 1;
    }
    return tokens;
  }

  @Override
  public long totalTokens() {
    return header.tokens();
  }

  @Override
  public long unigram(int token) {
    return bucket(token).count();
  }

  @Override
  public long count(int[] query, int start, int end) {
    return ranks(query, start, end).count();
  }

  @Override
  public void documentsWith(int[] query, int start, int end, BitSet found, int enough) {
    Ranks ranks = ranks(query, start, end);
    int have = found.cardinality();
    for (long rank = ranks.from(); rank < ranks.to() && have < enough; rank++) {
      int document = documentAt(position(rank));
      if (!found.get(document)) {
        found.set(document);
        have++;
      }
    }
  }

  /** Documents lie in order, so positions are compared and few of them looked up. */
  @Override
  public int earliest(Ranks ranks, BitSet without) {
    int earliest = -1;
    long first = Long.MAX_VALUE;
    for (long rank = ranks.from(); rank < ranks.to(); rank++) {
      long position = position(rank);
      if (position < first) {
        int document = documentAt(position);
        if (!without.get(document)) {
          earliest = document;
          first = start(document);
        }
      }
    }
    return earliest;
  }

  @Override
  public Occurrence occurrence(long rank) {
    long position = position(rank);
    int document = documentAt(position);
    return new Occurrence(document, (int) (start(document + 1) - 1 - position));
  }

  private int documentAt(long position) {
    int low = 0;
    int high = header.documents() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (start(middle) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  @Override
  public void close() {
    bytes.close();
  }
}
