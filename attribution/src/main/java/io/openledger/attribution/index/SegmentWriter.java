package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.List;

/** Sorts documents and writes them as one segment of the fast form. */
final class SegmentWriter implements SegmentContent {

  private final SegmentHeader header;
  private final List<Document> documents;
  private final HeapSuffixArray sorted;

  /**
   * Sorts the documents, which is where the time and the memory go: at most about 25 bytes of heap
   * a token, the documents' 4 included, and in ordinary text 17.
   *
   * @param documents at least one, in rising order of sequence
   * @param progress hears of the sort; what it throws ends it and is thrown
   */
  SegmentWriter(
      long id, Hash256 tokenizer, int vocabulary, List<Document> documents, SortProgress progress) {
    this.documents = documents;
    this.sorted =
        HeapSuffixArray.of(documents.stream().map(Document::tokens).toList(), vocabulary, progress);
    this.header =
        SegmentHeader.of(
            id,
            tokenizer,
            vocabulary,
            documents.size(),
            sorted.size(),
            sorted.distinctTokens().length);
  }

  @Override
  public long fileLength() {
    return header.fileLength();
  }

  @Override
  public Hash256 write(OutputStream to) throws IOException {
    Sink out = new Sink(to);
    out.stream.write(header.encode());
    long start = 0;
    for (Document document : documents) {
      out.put(document.sequence(), 8);
      out.put(start, 8);
      start += document.tokens().length + 1;
    }
    int[] tokens = sorted.distinctTokens();
    for (int i = 0; i < tokens.length; i++) {
      out.put(tokens[i], 4);
      out.put(sorted.firstRanks()[i], 8);
    }
    for (int i = 0; i < sorted.textLength(); i++) {
      out.put(sorted.symbol(i), header.tokenBytes());
    }
    writeSuffixes(out);
    out.stream.flush();
    byte[] digest = out.digest.digest();
    to.write(digest);
    return Hash256.of(digest);
  }

  private void writeSuffixes(Sink out) throws IOException {
    int bits = header.suffixBits();
    long pending = 0;
    int filled = 0;
    for (int rank = 0; rank < sorted.size(); rank++) {
      pending |= sorted.position(rank) << filled;
      filled += bits;
      // at most 7 bits stay, and positions are below 2^49: nothing is shifted out
      out.put(pending, filled >>> 3);
      pending >>>= filled & ~7;
      filled &= 7;
    }
    out.put(pending, filled > 0 ? 1 : 0);
    out.put(0, 8);
  }

  /** Little-endian integers into a stream that is digested on the way. */
  private static final class Sink {
    final MessageDigest digest;
    final BufferedOutputStream stream;
    private final ByteBuffer value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

    Sink(OutputStream to) {
      digest = Digests.sha256();
      stream = new BufferedOutputStream(new java.security.DigestOutputStream(to, digest), 1 << 16);
    }

    void put(long number, int bytes) throws IOException {
      value.putLong(0, number);
      stream.write(value.array(), 0, bytes);
    }
  }
}
