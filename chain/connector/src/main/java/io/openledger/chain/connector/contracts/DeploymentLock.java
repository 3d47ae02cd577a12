package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * One deployment beside an address book at a time: two would each deploy everything. The system
 * lets go of it when the process ends, however it ends.
 */
final class DeploymentLock implements AutoCloseable {

  private static final int TRIES = 5;

  private final Path file;
  private final FileChannel channel;

  private DeploymentLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @throws OpenLedgerException {@code BUSY} if somebody has it; {@code STORAGE_UNAVAILABLE} if the
   *     folder cannot be written
   */
  static DeploymentLock of(Path file) {
    try {
      for (int tried = 0; tried < TRIES; tried++) {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(channel)) {
          break;
        }
        if (isStill(file, channel)) {
          return new DeploymentLock(file, channel);
        }
        channel.close();
      }
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          file + " cannot be written: " + e.getClass().getSimpleName(),
          "a folder that can be written",
          "name an address book in another folder",
          e);
    }
    throw new OpenLedgerException(
        ErrorCode.BUSY,
        "another deployment runs, which has locked " + file,
        "one deployment beside an address book at a time",
        "wait until it has ended, and run it again");
  }

  /** A channel without the lock stays open: closing one gives up all locks of this process. */
  private static boolean locked(FileChannel channel) throws IOException {
    try {
      // not of the bytes that are written: some systems let nobody read what is locked
      return channel.tryLock(Long.MAX_VALUE - 1, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process has it
    }
  }

  /** Whoever had it before deletes the file, perhaps after it was opened here. */
  private static boolean isStill(Path file, FileChannel channel) throws IOException {
    String mark = UUID.randomUUID().toString();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.US_ASCII)), 0);
    try {
      return Files.readString(file).equals(mark);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try (channel) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the lock goes with the process; a file without a lock is in nobody's way
    }
  }
}
