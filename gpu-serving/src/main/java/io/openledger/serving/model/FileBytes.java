package io.openledger.serving.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Reading and replacing files as wholes: what is half done is an error, or is not seen. */
public final class FileBytes {

  private FileBytes() {}

  /**
   * Reads until the buffer is full.
   *
   * @param at where in the file the buffer's position lies
   * @throws IOException also when the file ends before
   */
  public static void fill(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
    long position = at;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, position);
      if (count < 0) {
        throw new IOException("the file became shorter while it was read");
      }
      position += count;
    }
  }

  /** Puts a file where another may be; others see the one or the other, where the system can. */
  public static void replace(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
