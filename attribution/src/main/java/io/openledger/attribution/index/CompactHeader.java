package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first 256 bytes of a segment file of the compact form; the layout is in package-info.
 *
 * @param id of the segment
 * @param tokenizer digest
 * @param vocabulary one more than the largest token
 * @param documents how many
 * @param distinct how many different tokens occur
 * @param tokens how many, without the ends of documents
 * @param firstSequence of the first document
 * @param excessBits of what sequences are above counting on from the first
 * @param offsetBits of where a block's codes begin within their group
 * @param codeBits of all codes
 * @param lists of documents
 * @param listBits of all of them
 */
record CompactHeader(
    long id,
    Hash256 tokenizer,
    int vocabulary,
    int documents,
    int distinct,
    long tokens,
    long firstSequence,
    int excessBits,
    int offsetBits,
    long codeBits,
    int lists,
    long listBits) {

  static final int FORM = 2;

  /** With so many lists. */
  CompactHeader withLists(int count, long bits) {
    return new CompactHeader(
        id,
        tokenizer,
        vocabulary,
        documents,
        distinct,
        tokens,
        firstSequence,
        excessBits,
        offsetBits,
        codeBits,
        count,
        bits);
  }

  /** Documents and ends of documents, in tokens. */
  long textLength() {
    return tokens + documents;
  }

  /** The width of a rank or a position. */
  int placeBits() {
    return PackedInts.width(textLength() - 1);
  }

  /** The width of a document's number. */
  int documentBits() {
    return PackedInts.width(documents - 1L);
  }

  int tokenBits() {
    return PackedInts.width(vocabulary - 1L);
  }

  private long blocks() {
    return (tokens + Psi.BLOCK - 1) / Psi.BLOCK;
  }

  long groups() {
    return (blocks() + Psi.BLOCKS_A_GROUP - 1) / Psi.BLOCKS_A_GROUP;
  }

  long sequencesAt() {
    return SegmentHeader.BYTES;
  }

  long startsAt() {
    return sequencesAt() + PackedInts.bytes(documents, excessBits);
  }

  long firstRanksAt() {
    return startsAt() + PackedInts.bytes(documents, placeBits());
  }

  long endsAt() {
    return firstRanksAt() + PackedInts.bytes(documents, placeBits());
  }

  long tokensAt() {
    return endsAt() + PackedInts.bytes(documents, documentBits());
  }

  long bucketsAt() {
    return tokensAt() + PackedInts.bytes(distinct, tokenBits());
  }

  long lengthsAt() {
    return bucketsAt() + PackedInts.bytes(distinct, placeBits());
  }

  long blocksAt() {
    return lengthsAt()
        + PackedInts.bytes((long) GapCode.SYMBOLS * GapCode.SYMBOLS, GapCode.LENGTH_BITS);
  }

  long groupsAt() {
    return blocksAt() + PackedInts.bytes(blocks(), placeBits() + offsetBits);
  }

  long codesAt() {
    return groupsAt() + PackedInts.bytes(groups(), PsiWriter.groupBits(codeBits));
  }

  long samplesAt() {
    return codesAt() + BitWriter.bytes(codeBits);
  }

  long listsAt() {
    return samplesAt() + SampledPositions.bytes(textLength());
  }

  long digestAt() {
    return listsAt() + DocumentLists.bytes(this);
  }

  long fileLength() {
    return digestAt() + SegmentHeader.DIGEST_BYTES;
  }

  private long[] sections() {
    return new long[] {
      sequencesAt(),
      tokensAt(),
      lengthsAt(),
      blocksAt(),
      codesAt(),
      samplesAt(),
      listsAt(),
      digestAt()
    };
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(SegmentHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FileKind.put(out, SegmentHeader.NAME, SegmentHeader.VERSION, id);
    out.put(tokenizer.toBytes());
    out.putInt(vocabulary).putInt(FORM).putInt(excessBits).putInt(offsetBits);
    out.putInt(documents).putInt(distinct).putLong(tokens);
    out.putLong(firstSequence).putLong(codeBits).putLong(listBits).putInt(lists).putInt(0);
    for (long at : sections()) {
      out.putLong(at);
    }
    return out.array();
  }

  /**
   * Reads and validates.
   *
   * @throws CorruptFile when anything is not as this version writes it
   */
  static CompactHeader decode(byte[] bytes, long fileLength) throws CorruptFile {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long id = FileKind.get(in, SegmentHeader.NAME, SegmentHeader.VERSION);
    byte[] tokenizer = new byte[32];
    in.get(tokenizer);
    int vocabulary = in.getInt();
    int form = in.getInt();
    int excessBits = in.getInt();
    int offsetBits = in.getInt();
    int documents = in.getInt();
    int distinct = in.getInt();
    long tokens = in.getLong();
    long firstSequence = in.getLong();
    long codeBits = in.getLong();
    long listBits = in.getLong();
    int lists = in.getInt();
    int zero = in.getInt();
    CorruptFile.unless(form == FORM && zero == 0, "form " + form + ", expected " + FORM);
    CorruptFile.unless(
        documents > 0
            && distinct > 0
            && distinct <= vocabulary
            && tokens >= documents
            && tokens + documents <= Integer.MAX_VALUE,
        documents + " documents, " + distinct + " distinct of " + tokens + " tokens");
    CorruptFile.unless(
        firstSequence > 0
            && excessBits >= 0
            && excessBits <= 31
            && offsetBits >= 0
            && offsetBits <= 26
            && codeBits >= 0
            && codeBits <= 8L * fileLength
            && lists >= 0
            && lists <= tokens
            && listBits >= 0
            && listBits <= 8L * fileLength,
        "sizes out of range: "
            + excessBits
            + ", "
            + offsetBits
            + ", "
            + codeBits
            + ", "
            + lists
            + ", "
            + listBits);
    CompactHeader header =
        new CompactHeader(
            id,
            Hash256.of(tokenizer),
            vocabulary,
            documents,
            distinct,
            tokens,
            firstSequence,
            excessBits,
            offsetBits,
            codeBits,
            lists,
            listBits);
    for (long at : header.sections()) {
      long there = in.getLong();
      CorruptFile.unless(there == at, "a section at " + there + ", expected at " + at);
    }
    CorruptFile.unless(
        fileLength == header.fileLength(), fileLength + " bytes, expected " + header.fileLength());
    return header;
  }
}
