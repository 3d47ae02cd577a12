package io.openledger.chain;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.merkle.AccountTree;
import io.openledger.chain.merkle.Uint256;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** Writes the bytes of a {@link LeafFile}. For one thread. */
final class LeafOutput {

  static final byte[] MAGIC = {'O', 'L', 'L', 'E', 'A', 'V', 'E', 'S'};
  static final int VERSION = 1;
  static final int HEADER = 96;
  static final int SECTION = 12;
  static final int CHECKSUM = 4;

  /** About 64 KiB of whole records. */
  static final int BUFFER = 1260 * AccountTree.RECORD_BYTES;

  /** Writes all between the header and the checksum. */
  interface Body {
    void write(LeafOutput out) throws IOException;
  }

  /** Where the bytes go. */
  interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  private final Sink sink;
  private final MessageDigest digest = sha256();
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  private LeafOutput(Sink sink) {
    this.sink = sink;
  }

  /** The same with its digest; nothing is written. */
  static LeafFile.Summary digest(LeafFile.Summary summary, int sections, Body body) {
    try {
      return summary.with(write(bytes -> bytes.position(bytes.limit()), summary, sections, body));
    } catch (IOException e) {
      throw new UncheckedIOException("counting bytes", e);
    }
  }

  /**
   * Writes beside the file, and puts what is whole and on the medium in its place.
   *
   * @param summary whose digest is not known yet
   * @return the same with its digest
   */
  static LeafFile.Summary replace(Path file, LeafFile.Summary summary, int sections, Body body) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null) {
        throw OpenLedgerException.invalid("leaf file", file, "a file in a folder");
      }
      Path part = Files.createTempFile(folder, file.getFileName() + ".", ".part");
      try {
        Hash256 digest;
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
          digest = write(channel::write, summary, sections, body);
          channel.force(true);
        }
        move(part, file);
        sync(folder);
        return summary.with(digest);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          file + " cannot be written: " + e,
          "a folder that can be written and has room",
          "make room or correct its permissions, and call again",
          e);
    }
  }

  private static Hash256 write(Sink sink, LeafFile.Summary summary, int sections, Body body)
      throws IOException {
    LeafOutput out = new LeafOutput(sink);
    out.header(summary, sections);
    body.write(out);
    return out.end();
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // a torn file is told by its checksum
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void sync(Path folder) throws IOException {
    // Windows cannot open a folder; its file system journals renames by itself
    if (File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private void header(LeafFile.Summary summary, int sections) {
    buffer.put(MAGIC).putInt(VERSION).putInt(summary.form().number()).putLong(summary.epoch());
    buffer.putInt(summary.leaves()).putInt(sections);
    buffer.put(Uint256.bytes(summary.total().value()));
    buffer.put(summary.root().toBytes());
  }

  void section(AccountTree.Section section) throws IOException {
    room(SECTION);
    buffer.putLong(section.epoch()).putInt(section.accounts());
  }

  void account(AccountTree tree, int index) throws IOException {
    room(AccountTree.RECORD_BYTES);
    tree.record(index, buffer.array(), buffer.position());
    buffer.position(buffer.position() + AccountTree.RECORD_BYTES);
  }

  private Hash256 end() throws IOException {
    flush();
    buffer.putInt((int) checksum.getValue());
    flush();
    return Hash256.of(digest.digest());
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    digest.update(buffer.array(), 0, buffer.position());
    checksum.update(buffer.array(), 0, buffer.position());
    buffer.flip();
    while (buffer.hasRemaining()) {
      sink.write(buffer);
    }
    buffer.clear();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
