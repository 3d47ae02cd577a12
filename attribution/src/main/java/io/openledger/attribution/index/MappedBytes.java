package io.openledger.attribution.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A file in memory, little-endian, read-only, of any size: mapped in pieces of 1 GiB that overlap
 * by 8 bytes, so that no value lies on a border.
 *
 * <p>Owned by one segment, which sees to it that nobody reads after {@link #close}: reading
 * unmapped memory ends the process.
 */
final class MappedBytes implements AutoCloseable {

  private static final int PIECE_BITS = 30;
  private static final int OVERLAP = 8;

  private final ByteBuffer[] pieces;
  private final long length;
  private final int pieceBits;

  private MappedBytes(ByteBuffer[] pieces, long length, int pieceBits) {
    this.pieces = pieces;
    this.length = length;
    this.pieceBits = pieceBits;
  }

  /** Maps a file as it is now. */
  static MappedBytes map(Path file) throws IOException {
    return map(file, PIECE_BITS);
  }

  /** Maps in pieces of another size; for tests, which have no files of gigabytes. */
  static MappedBytes map(Path file, int pieceBits) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      long piece = 1L << pieceBits;
      ByteBuffer[] pieces = new ByteBuffer[Math.toIntExact((length + piece - 1) / piece)];
      for (int i = 0; i < pieces.length; i++) {
        long start = i * piece;
        MappedByteBuffer mapped =
            channel.map(
                FileChannel.MapMode.READ_ONLY, start, Math.min(piece + OVERLAP, length - start));
        pieces[i] = mapped.order(ByteOrder.LITTLE_ENDIAN);
      }
      return new MappedBytes(pieces, length, pieceBits);
    }
  }

  long length() {
    return length;
  }

  long getLong(long at) {
    return pieces[(int) (at >>> pieceBits)].getLong(offset(at));
  }

  int getInt(long at) {
    return pieces[(int) (at >>> pieceBits)].getInt(offset(at));
  }

  /** 0 to 65535. */
  int getUnsignedShort(long at) {
    return Short.toUnsignedInt(pieces[(int) (at >>> pieceBits)].getShort(offset(at)));
  }

  private int offset(long at) {
    return (int) (at & ((1L << pieceBits) - 1));
  }

  /** Copies bytes out. */
  byte[] bytes(long at, int count) {
    byte[] out = new byte[count];
    for (int done = 0; done < count; ) {
      ByteBuffer piece = pieces[(int) ((at + done) >>> pieceBits)];
      int from = offset(at + done);
      int step = Math.min(count - done, piece.limit() - from);
      piece.get(from, out, done, step);
      done += step;
    }
    return out;
  }

  /** Feeds the first bytes to a digest. */
  void digest(MessageDigest digest, long count) {
    long piece = 1L << pieceBits;
    for (long at = 0; at < count; at += piece) {
      ByteBuffer view = pieces[(int) (at >>> pieceBits)].duplicate();
      view.position(0).limit((int) Math.min(piece, count - at));
      digest.update(view);
    }
  }

  /** Unmaps now where the JVM lets us, else when the buffers are collected. */
  @Override
  public void close() {
    for (ByteBuffer piece : pieces) {
      Unmapper.unmap(piece);
    }
  }
}
