package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the index consists of: the commit point. Replaced atomically; the layout is in package-info.
 *
 * @param generation raised by every commit
 * @param tokenizer digest of the tokenizer of all segments
 * @param vocabulary one more than the largest token
 * @param entries the segments
 */
record Manifest(long generation, Hash256 tokenizer, int vocabulary, List<Entry> entries) {

  static final String FILE = "manifest";
  static final int VERSION = 1;

  private static final String NAME = "span-manifest";
  private static final int FIXED_BYTES = FileKind.BYTES + 32 + 4 + 4;
  private static final int DIGEST_BYTES = 32;
  private static final int ENTRY_BYTES = 8 + 8 + 32 + 4 + 4;

  /**
   * One segment.
   *
   * @param id names the file
   * @param length of the file in bytes
   * @param digest that the file ends with
   * @param documents the sequences in the file, as written
   * @param dead those of them that are retracted, or superseded by a rebuilt document
   */
  record Entry(long id, long length, Hash256 digest, Sequences documents, Sequences dead) {

    String file() {
      return IndexFiles.segmentName(id);
    }

    Entry withDead(Sequences more) {
      return new Entry(id, length, digest, documents, more);
    }
  }

  byte[] encode() {
    int size = FIXED_BYTES + DIGEST_BYTES;
    for (Entry entry : entries) {
      size += ENTRY_BYTES + 16 * (entry.documents().runs() + entry.dead().runs());
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    FileKind.put(out, NAME, VERSION, generation);
    out.put(tokenizer.toBytes()).putInt(vocabulary).putInt(entries.size());
    for (Entry entry : entries) {
      out.putLong(entry.id()).putLong(entry.length()).put(entry.digest().toBytes());
      entry.documents().put(out);
      entry.dead().put(out);
    }
    byte[] bytes = out.array();
    out.put(digest(bytes));
    return bytes;
  }

  /**
   * Reads and validates.
   *
   * @throws CorruptFile when anything is not as this version writes it
   */
  static Manifest decode(byte[] bytes) throws CorruptFile {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long generation = FileKind.get(in, NAME, VERSION);
    CorruptFile.unless(
        bytes.length >= FIXED_BYTES + DIGEST_BYTES,
        bytes.length + " bytes, at least " + (FIXED_BYTES + DIGEST_BYTES));
    byte[] written = Arrays.copyOfRange(bytes, bytes.length - DIGEST_BYTES, bytes.length);
    CorruptFile.unless(Arrays.equals(digest(bytes), written), "SHA-256 does not match");
    in.limit(bytes.length - DIGEST_BYTES);
    byte[] hash = new byte[32];
    in.get(hash);
    Hash256 tokenizer = Hash256.of(hash);
    int vocabulary = in.getInt();
    int count = in.getInt();
    CorruptFile.unless(count >= 0 && count <= in.remaining() / ENTRY_BYTES, count + " segments");
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CorruptFile.unless(in.remaining() >= ENTRY_BYTES, "segment " + i + " is cut off");
      long id = in.getLong();
      long length = in.getLong();
      in.get(hash);
      entries.add(new Entry(id, length, Hash256.of(hash), Sequences.get(in), Sequences.get(in)));
    }
    CorruptFile.unless(!in.hasRemaining(), in.remaining() + " bytes too many");
    return new Manifest(generation, tokenizer, vocabulary, List.copyOf(entries));
  }

  private static byte[] digest(byte[] bytes) {
    java.security.MessageDigest sha256 = Digests.sha256();
    sha256.update(bytes, 0, bytes.length - DIGEST_BYTES);
    return sha256.digest();
  }
}
