package io.openledger.attribution.index;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive possession of an index directory, by a lock on its file {@code lock}. The operating
 * system lets it go when the process dies, however it dies; the file stays and means nothing.
 */
final class DirectoryLock implements AutoCloseable {

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it at once or refuses.
   *
   * @throws OpenLedgerException {@link ErrorCode#INDEX_IO} when someone holds it
   */
  static DirectoryLock take(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw held(directory, "this process", e);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw held(directory, "another process", null);
    }
    return new DirectoryLock(channel);
  }

  private static OpenLedgerException held(Path directory, String who, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.INDEX_IO,
        "the index in " + directory + " is open in " + who,
        "one opener at a time",
        "close the other one, or choose another data directory",
        cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
