package io.openledger.attribution.index;

import io.openledger.api.spi.IndexForm;
import java.util.BitSet;

/** A segment of the fast form: the mapped reversed text and its bit-packed suffix array. */
final class FastSegment extends SuffixArray implements Segment {

  /** Bits of the number of places whose document is kept: at most 64 KiB of heap. */
  private static final int COARSE = 14;

  private final MappedBytes bytes;
  private final SegmentHeader header;
  private final long tokensAt;
  private final long suffixesAt;
  private final int suffixBits;
  private final long suffixMask;
  private final boolean narrow;
  // where halving begins: phrases that stand everywhere ask for a document a hundred thousand times
  private final int coarseShift;
  private final int[] coarse;

  /** Reads from a map that was verified, which it then owns. */
  FastSegment(MappedBytes bytes, SegmentHeader header) {
    this.bytes = bytes;
    this.header = header;
    this.tokensAt = header.tokensAt();
    this.suffixesAt = header.suffixesAt();
    this.suffixBits = header.suffixBits();
    this.suffixMask = -1L >>> (Long.SIZE - suffixBits);
    this.narrow = header.tokenBytes() == 2;
    this.coarseShift =
        Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(header.textLength()) - COARSE);
    this.coarse = coarse();
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
    // tokens rise from 0, so a token's place is at most itself; frequent tokens have low numbers in
    // most tokenizers and nearly all of them occur, so it is near
    int high = Math.min(token, header.distinct() - 1);
    int low = high;
    for (int step = 1; low > 0 && tokenAt(low) > token; step *= 2) {
      high = low;
      low = Math.max(0, low - step);
    }
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

  private int tokenAt(int place) {
    return bytes.getInt(header.unigramsAt() + (long) place * SegmentHeader.UNIGRAM_BYTES);
  }

  @Override
  int distinct() {
    return header.distinct();
  }

  @Override
  int distinctToken(int i) {
    return bytes.getInt(header.unigramsAt() + (long) i * SegmentHeader.UNIGRAM_BYTES);
  }

  @Override
  public IndexForm form() {
    return IndexForm.FAST;
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

  /** Of every {@code 1 << coarseShift}-th position the document, and the last document. */
  private int[] coarse() {
    int[] documents = new int[(int) ((header.textLength() - 1) >>> coarseShift) + 2];
    int document = 0;
    for (int i = 0; i < documents.length - 1; i++) {
      while (document + 1 < header.documents() && start(document + 1) <= (long) i << coarseShift) {
        document++;
      }
      documents[i] = document;
    }
    documents[documents.length - 1] = header.documents() - 1;
    return documents;
  }

  private int documentAt(long position) {
    int at = (int) (position >>> coarseShift);
    int low = coarse[at];
    int high = coarse[at + 1];
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
