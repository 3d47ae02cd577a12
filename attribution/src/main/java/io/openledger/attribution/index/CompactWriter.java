package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;

/**
 * Sorts documents and writes them as one segment of the compact form. About 25 bytes of heap a
 * token beside the documents; texts that repeat one word throughout need up to 50.
 */
final class CompactWriter implements SegmentContent {

  // lists of documents may fill the file up to this part of the entropy of its tokens, which is
  // about a third of most texts, and take this many bytes a token in any case
  private static final double FILLED = 0.72;
  private static final double LEAST_LISTED = 0.05;

  private static final int NARROWEST_LOG = 6;
  private static final int WIDEST_LOG = 12;

  private final List<Document> documents;
  private final HeapSuffixArray sorted;
  private final PsiWriter psi;
  private final byte[][] samples;
  private final BitWriter firstRanks = new BitWriter();
  private final DocumentListsWriter lists;
  private final CompactHeader header;

  /**
   * Sorts and codes.
   *
   * @param documents at least one, in rising order of sequence
   * @param progress hears of the sort; what it throws ends it and is thrown
   */
  CompactWriter(
      long id, Hash256 tokenizer, int vocabulary, List<Document> documents, SortProgress progress) {
    this.documents = documents;
    this.sorted =
        HeapSuffixArray.of(documents.stream().map(Document::tokens).toList(), vocabulary, progress);
    int[] order = sorted.order();
    int[] rank = new int[order.length];
    for (int r = 0; r < rank.length; r++) {
      rank[order[r]] = r;
    }
    psi = new PsiWriter(sorted, rank);
    samples = SampledPositions.write(order);
    int start = 0;
    for (Document document : documents) {
      firstRanks.put(rank[start], PackedInts.width(order.length - 1L));
      start += document.tokens().length + 1;
    }
    lists = new DocumentListsWriter(sorted, rank, documents.size());
    header = listed(header(id, tokenizer, vocabulary));
  }

  /** The narrowest lists that fit: a query walks so many occurrences one by one at most. */
  private CompactHeader listed(CompactHeader without) {
    double room =
        Math.max(LEAST_LISTED * sorted.size(), FILLED * entropy() / 8 - without.fileLength());
    int low = NARROWEST_LOG;
    int high = WIDEST_LOG;
    int last = -1;
    while (low < high) {
      last = (low + high) >>> 1;
      if (lists.write(1 << last) <= 8 * room) {
        high = last;
      } else {
        low = last + 1;
      }
    }
    if (last != low) {
      lists.write(1 << low);
    }
    return without.withLists(lists.count(), lists.codes().size());
  }

  /** Bits of all tokens as if each stood by itself. */
  private double entropy() {
    double bits = 0;
    int[] first = sorted.firstRanks();
    for (int i = 0; i + 1 < first.length; i++) {
      double count = first[i + 1] - first[i];
      bits -= count * StrictMath.log(count / sorted.size()) / StrictMath.log(2);
    }
    return bits;
  }

  private CompactHeader header(long id, Hash256 tokenizer, int vocabulary) {
    long first = documents.get(0).sequence();
    long excess = documents.get(documents.size() - 1).sequence() - first - documents.size() + 1;
    return new CompactHeader(
        id,
        tokenizer,
        vocabulary,
        documents.size(),
        sorted.distinctTokens().length,
        sorted.size(),
        first,
        PackedInts.width(excess),
        psi.offsetBits(),
        psi.codes().size(),
        0,
        0);
  }

  @Override
  public long fileLength() {
    return header.fileLength();
  }

  @Override
  public Hash256 write(OutputStream to) throws IOException {
    MessageDigest digest = Digests.sha256();
    OutputStream out = new DigestOutputStream(to, digest);
    out.write(header.encode());
    BitWriter sequences = new BitWriter();
    BitWriter starts = new BitWriter();
    long start = 0;
    for (int d = 0; d < documents.size(); d++) {
      sequences.put(documents.get(d).sequence() - header.firstSequence() - d, header.excessBits());
      starts.put(start, header.placeBits());
      start += documents.get(d).tokens().length + 1;
    }
    out.write(sequences.toBytes());
    out.write(starts.toBytes());
    out.write(firstRanks.toBytes());
    out.write(ends().toBytes());
    BitWriter tokens = new BitWriter();
    BitWriter buckets = new BitWriter();
    for (int i = 0; i < header.distinct(); i++) {
      tokens.put(sorted.distinctTokens()[i], header.tokenBits());
      buckets.put(sorted.firstRanks()[i], header.placeBits());
    }
    out.write(tokens.toBytes());
    out.write(buckets.toBytes());
    BitWriter lengths = new BitWriter();
    psi.code().write(lengths);
    out.write(lengths.toBytes());
    out.write(psi.blocks().toBytes());
    out.write(psi.groups().toBytes());
    out.write(psi.codes().toBytes());
    for (byte[] part : samples) {
      out.write(part);
    }
    for (BitWriter part : lists.intervals()) {
      out.write(part.toBytes());
    }
    out.write(lists.codes().toBytes());
    byte[] end = digest.digest();
    to.write(end);
    return Hash256.of(end);
  }

  /** Of each rank of a document's end, which document's. */
  private BitWriter ends() {
    int[] positions = new int[documents.size()];
    int at = -1;
    for (int d = 0; d < positions.length; d++) {
      at += documents.get(d).tokens().length + 1;
      positions[d] = at;
    }
    BitWriter ends = new BitWriter();
    for (int r = 0; r < positions.length; r++) {
      ends.put(java.util.Arrays.binarySearch(positions, sorted.order()[r]), header.documentBits());
    }
    return ends;
  }
}
