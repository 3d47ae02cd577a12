package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/** The two forms of a segment behind one way to make and to open them. */
final class SegmentFile {

  private static final int FORM_AT = 76;

  private SegmentFile() {}

  /** A segment of a form, sorted and ready to be written. */
  static SegmentContent sort(
      IndexForm form, long id, Hash256 tokenizer, int vocabulary, List<Document> documents) {
    return switch (form) {
      case FAST -> new SegmentWriter(id, tokenizer, vocabulary, documents);
      case COMPACT -> new CompactWriter(id, tokenizer, vocabulary, documents);
    };
  }

  /**
   * Maps a file of either form and verifies all of it.
   *
   * @param id what the manifest says that it is
   * @param digest what the manifest says that it holds
   * @throws CorruptFile naming what is wrong
   */
  static Segment open(Path file, long id, Hash256 tokenizer, int vocabulary, Hash256 digest)
      throws IOException, CorruptFile {
    MappedBytes bytes = MappedBytes.map(file);
    boolean good = false;
    try {
      CorruptFile.unless(
          bytes.length() >= SegmentHeader.BYTES + SegmentHeader.DIGEST_BYTES,
          bytes.length() + " bytes, too short for a segment");
      byte[] header = bytes.bytes(0, SegmentHeader.BYTES);
      boolean compact =
          ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(FORM_AT)
              == CompactHeader.FORM;
      Segment segment;
      if (compact) {
        CompactHeader there = CompactHeader.decode(header, bytes.length());
        verify(bytes, there.digestAt(), digest);
        requireOurs(there.id(), there.tokenizer(), there.vocabulary(), id, tokenizer, vocabulary);
        segment = new CompactSegment(bytes, there);
      } else {
        SegmentHeader there = SegmentHeader.decode(header, bytes.length());
        verify(bytes, there.digestAt(), digest);
        requireOurs(there.id(), there.tokenizer(), there.vocabulary(), id, tokenizer, vocabulary);
        segment = new FastSegment(bytes, there);
      }
      good = true;
      return segment;
    } finally {
      if (!good) {
        bytes.close();
      }
    }
  }

  private static void verify(MappedBytes bytes, long digestAt, Hash256 digest) throws CorruptFile {
    MessageDigest sha256 = Digests.sha256();
    bytes.digest(sha256, digestAt);
    Hash256 computed = Hash256.of(sha256.digest());
    byte[] written = bytes.bytes(digestAt, SegmentHeader.DIGEST_BYTES);
    CorruptFile.unless(
        Arrays.equals(computed.toBytes(), written) && computed.equals(digest),
        "SHA-256 " + computed + ", expected " + digest);
  }

  private static void requireOurs(
      long id,
      Hash256 tokenizer,
      int vocabulary,
      long expectedId,
      Hash256 expectedTokenizer,
      int expectedVocabulary)
      throws CorruptFile {
    CorruptFile.unless(
        id == expectedId && tokenizer.equals(expectedTokenizer) && vocabulary == expectedVocabulary,
        "segment " + id + " of another index or tokenizer");
  }
}
