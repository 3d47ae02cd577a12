package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first 256 bytes of a segment file of the fast form; the layout is in package-info.
 *
 * @param id of the segment
 * @param tokenizer digest
 * @param vocabulary one more than the largest token
 * @param documents how many
 * @param tokens how many, without the ends of documents
 * @param distinct how many different tokens occur
 * @param tokenBytes 2 or 4
 * @param suffixBits of one entry of the suffix array, 1 to 57
 */
record SegmentHeader(
    long id,
    Hash256 tokenizer,
    int vocabulary,
    int documents,
    long tokens,
    int distinct,
    int tokenBytes,
    int suffixBits) {

  static final int BYTES = 256;
  static final int DIGEST_BYTES = 32;
  static final int DOCUMENT_BYTES = 16;
  static final int UNIGRAM_BYTES = 12;
  static final int VERSION = 2;
  static final int FORM_FAST = 1;

  static final String NAME = "span-segment";

  static SegmentHeader of(
      long id, Hash256 tokenizer, int vocabulary, int documents, long tokens, int distinct) {
    long last = tokens + documents - 1;
    return new SegmentHeader(
        id,
        tokenizer,
        vocabulary,
        documents,
        tokens,
        distinct,
        tokenBytes(vocabulary),
        Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(last)));
  }

  /** Symbols are token + 1, so that 16 bits hold a vocabulary of up to 65535. */
  static int tokenBytes(int vocabulary) {
    return vocabulary <= 0xFFFF ? 2 : 4;
  }

  long textLength() {
    return tokens + documents;
  }

  long documentsAt() {
    return BYTES;
  }

  long unigramsAt() {
    return documentsAt() + (long) documents * DOCUMENT_BYTES;
  }

  long tokensAt() {
    return unigramsAt() + (long) distinct * UNIGRAM_BYTES;
  }

  long suffixesAt() {
    return tokensAt() + textLength() * tokenBytes;
  }

  long digestAt() {
    // 8 more bytes, so that the last entry can be read as a whole long
    return suffixesAt() + (tokens * suffixBits + 7) / 8 + 8;
  }

  long fileLength() {
    return digestAt() + DIGEST_BYTES;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FileKind.put(out, NAME, VERSION, id);
    out.put(tokenizer.toBytes());
    out.putInt(vocabulary).putInt(FORM_FAST).putInt(tokenBytes).putInt(suffixBits);
    out.putInt(documents).putInt(distinct).putLong(tokens);
    for (long at : new long[] {documentsAt(), unigramsAt(), tokensAt(), suffixesAt(), digestAt()}) {
      out.putLong(at);
    }
    return out.array();
  }

  /**
   * Reads and validates.
   *
   * @throws CorruptFile when anything is not as this version writes it
   */
  static SegmentHeader decode(byte[] bytes, long fileLength) throws CorruptFile {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long id = FileKind.get(in, NAME, VERSION);
    byte[] tokenizer = new byte[32];
    in.get(tokenizer);
    int vocabulary = in.getInt();
    int form = in.getInt();
    int tokenBytes = in.getInt();
    int suffixBits = in.getInt();
    int documents = in.getInt();
    int distinct = in.getInt();
    long tokens = in.getLong();
    CorruptFile.unless(
        form == FORM_FAST, "form " + form + ", allowed " + FORM_FAST + " or " + CompactHeader.FORM);
    CorruptFile.unless(
        documents > 0 && distinct > 0 && tokens >= documents && tokens < 1L << 48,
        documents + " documents, " + distinct + " distinct of " + tokens + " tokens");
    SegmentHeader header = of(id, Hash256.of(tokenizer), vocabulary, documents, tokens, distinct);
    CorruptFile.unless(
        tokenBytes == header.tokenBytes() && suffixBits == header.suffixBits(),
        tokenBytes + " bytes a token, " + suffixBits + " bits a suffix");
    for (long at :
        new long[] {
          header.documentsAt(),
          header.unigramsAt(),
          header.tokensAt(),
          header.suffixesAt(),
          header.digestAt()
        }) {
      long there = in.getLong();
      CorruptFile.unless(there == at, "a section at " + there + ", expected at " + at);
    }
    CorruptFile.unless(
        fileLength == header.fileLength(), fileLength + " bytes, expected " + header.fileLength());
    return header;
  }
}
