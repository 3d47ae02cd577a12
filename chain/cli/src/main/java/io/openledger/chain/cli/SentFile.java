package io.openledger.chain.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.contracts.DirectSender.Memory;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One transaction in a file, so that it happens once however often the command is run: a line of
 * hexadecimal digits for each time that its fee was raised. What is in it is broadcast, so it is on
 * the disk before, with the name by which it is found after a power cut. The file stays when the
 * transaction is done.
 *
 * <p>One run at a time has it: two would each sign and send. The system lets go of the lock when a
 * process ends, however it ends.
 */
final class SentFile implements Memory, AutoCloseable {

  private static final long LONGEST = 4L << 20;

  /** Brings a file's bytes, or a folder's names, to the disk. */
  interface Force {
    void force(Path what, FileChannel open) throws IOException;
  }

  private final Path file;
  private final Force force;
  private final FileChannel lock;

  private SentFile(Path file, Force force, FileChannel lock) {
    this.file = file;
    this.force = force;
    this.lock = lock;
  }

  /**
   * Takes the file for this run.
   *
   * @param file that does not exist before the transaction is signed, in a folder that does
   * @throws OpenLedgerException {@code BUSY} if another run has it; {@code STORAGE_UNAVAILABLE} if
   *     its folder cannot be written
   */
  static SentFile open(Path file) {
    return open(file, (what, open) -> open.force(true));
  }

  static SentFile open(Path file, Force force) {
    Path whole = file.toAbsolutePath();
    Path lock = whole.resolveSibling(whole.getFileName() + ".lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unwritable(lock, e);
    }
    try {
      if (channel.tryLock() != null) {
        return new SentFile(whole, force, channel);
      }
    } catch (OverlappingFileLockException e) {
      // this process has it, and closing a channel here might let go of it: told below
    } catch (IOException e) {
      throw unwritable(lock, e);
    }
    throw new OpenLedgerException(
        ErrorCode.BUSY,
        "another run has the journal " + whole,
        "one run with a journal at a time",
        "wait until it has ended, and run it again");
  }

  /** Where it is. */
  Path file() {
    return file;
  }

  @Override
  public Optional<Sent> recall() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (Files.size(file) > LONGEST) {
        throw refused("longer than " + LONGEST + " bytes");
      }
      List<SignedTransaction> attempts =
          Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
              .map(line -> new SignedTransaction(HexFormat.of().parseHex(line)))
              .toList();
      List<Long> nonces =
          attempts.stream().map(a -> a.open().transaction().nonce()).distinct().toList();
      if (nonces.size() != 1) {
        throw refused("of " + nonces.size() + " nonces");
      }
      return Optional.of(new Sent(nonces.get(0), attempts));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(e.getClass().getSimpleName());
    }
  }

  @Override
  public void remember(Sent sent) {
    StringBuilder lines = new StringBuilder();
    sent.attempts().forEach(a -> lines.append(HexFormat.of().formatHex(a.toBytes())).append('\n'));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer left = StandardCharsets.US_ASCII.encode(lines.toString());
        while (left.hasRemaining()) {
          out.write(left);
        }
        force.force(beside, out);
      }
      try {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        throw new IOException("this file system replaces no file at once", e);
      }
      forceFolder();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  @Override
  public void forget() {
    try {
      if (Files.deleteIfExists(file)) {
        forceFolder();
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Not every system lets a folder be opened (Windows); there a name is kept at once. */
  private void forceFolder() throws IOException {
    Path folder = file.getParent();
    if (folder == null || System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      force.force(folder, names);
    }
  }

  @Override
  public void close() {
    try {
      // the file of the lock stays: who opened it meanwhile must not lock one that is gone
      lock.close();
    } catch (IOException e) {
      // the lock goes with the process
    }
  }

  private static OpenLedgerException unwritable(Path what, IOException e) {
    return new OpenLedgerException(
        ErrorCode.STORAGE_UNAVAILABLE,
        what + " cannot be written: " + e.getClass().getSimpleName(),
        "a folder that exists, with room, that can be written",
        "make room and run it again with the same journal: what was not written was not sent",
        e);
  }

  private OpenLedgerException refused(String what) {
    return OpenLedgerException.invalid(
        "the journal " + file, what, "what this command wrote, or a file that does not exist");
  }
}
