package io.openledger.attribution.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The beginning that all files of the index share: magic, name, version, id (40 bytes). */
final class FileKind {

  static final int BYTES = 40;

  private static final byte[] MAGIC = "OLEDGER\n".getBytes(StandardCharsets.US_ASCII);
  private static final int NAME_BYTES = 16;

  private FileKind() {}

  static void put(ByteBuffer out, String name, int version, long id) {
    out.put(MAGIC);
    out.put(Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_BYTES));
    out.putInt(version).putInt(0).putLong(id);
  }

  /** Checks magic, name and version; returns the id. */
  static long get(ByteBuffer in, String name, int version) throws CorruptFile {
    CorruptFile.unless(in.remaining() >= BYTES, in.remaining() + " bytes, at least " + BYTES);
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    CorruptFile.unless(Arrays.equals(magic, MAGIC), "not a file of the index: wrong magic");
    byte[] named = new byte[NAME_BYTES];
    in.get(named);
    String there = new String(named, StandardCharsets.US_ASCII).trim();
    CorruptFile.unless(there.equals(name), "another kind of file, expected " + name);
    int written = in.getInt();
    CorruptFile.unless(written == version, "version " + written + ", allowed " + version);
    in.getInt();
    return in.getLong();
  }
}
