package io.openledger.chain.connector.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.chain.merkle.Uint256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The wallet's file, and the lock by which one process at a time has it ({@code <name>.lock} beside
 * it).
 *
 * <p>Version 1, integers big-endian: the magic {@code OLWALLET}; version (4 bytes); the SHA-256 of
 * domain separator and channel name, so that a file is not taken for another channel's; issued,
 * charged, deposit (32 each); day (8); signed that day (32); length (4) and bytes of the
 * transaction on its way; the SHA-256 of all that. It holds no key.
 *
 * <p>A file appears whole or not at all: it is written beside the old one, forced to the disk and
 * moved over it, and the directory is forced as well.
 */
final class WalletFile implements AutoCloseable {

  private static final byte[] MAGIC = "OLWALLET".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int LONGEST = 1024 + SignedTransaction.MAX_BYTES;

  private final Path file;
  private final Hash256 whose;
  private final FileChannel lockFile;
  private final FileLock lock;

  private WalletFile(Path file, Hash256 whose, FileChannel lockFile, FileLock lock) {
    this.file = file;
    this.whose = whose;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes the lock.
   *
   * @throws OpenLedgerException {@code STORAGE_UNAVAILABLE} if another process or wallet has it
   */
  static WalletFile open(Path file, ChannelDomain domain, Hash256 channel) {
    @Nullable FileChannel opened = null;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      opened =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      @Nullable FileLock lock = opened.tryLock();
      if (lock == null) {
        opened.close();
        throw inUse(file, null);
      }
      byte[] both = new byte[64];
      System.arraycopy(domain.separator().toBytes(), 0, both, 0, 32);
      System.arraycopy(channel.toBytes(), 0, both, 32, 32);
      return new WalletFile(file, Hash256.sha256(both), opened, lock);
    } catch (OverlappingFileLockException e) {
      closeQuietly(opened);
      throw inUse(file, e);
    } catch (IOException e) {
      closeQuietly(opened);
      throw unusable("the wallet's file " + file + " cannot be opened", e);
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // what is told is why it could not be used
    }
  }

  private static OpenLedgerException inUse(Path file, @Nullable Exception cause) {
    return unusable("the wallet's file " + file + " is in use", cause);
  }

  private static OpenLedgerException unusable(String arrived, @Nullable Exception cause) {
    return new OpenLedgerException(
        ErrorCode.STORAGE_UNAVAILABLE,
        arrived,
        "a file that this process alone reads and writes, as this release left it",
        "use one wallet a file; without its file a wallet asks the payee where it was",
        cause);
  }

  /** What is in it; nothing if there is no file yet. */
  Optional<WalletState> read() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > LONGEST) {
        throw unusable("a wallet's file " + file + " that is too long", null);
      }
      return Optional.of(decode(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw unusable("the wallet's file " + file + " cannot be read", e);
    }
  }

  private WalletState decode(byte[] bytes) throws IOException {
    int end = bytes.length - 32;
    if (end < MAGIC.length + 4
        || !MessageDigest.isEqual(
            Arrays.copyOfRange(bytes, end, bytes.length),
            Hash256.sha256(Arrays.copyOf(bytes, end)).toBytes())) {
      throw unusable("a wallet's file " + file + " that is damaged", null);
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
    int version = Arrays.equals(in.readNBytes(MAGIC.length), MAGIC) ? in.readInt() : -1;
    if (version != VERSION || !Hash256.of(in.readNBytes(32)).equals(whose)) {
      throw unusable("a wallet's file " + file + " of another channel, or another release", null);
    }
    Wei issued = wei(in);
    Wei charged = wei(in);
    Wei deposit = wei(in);
    long day = in.readLong();
    Wei signed = wei(in);
    byte[] sending = in.readNBytes(in.readInt());
    return new WalletState(
        issued,
        charged,
        deposit,
        day,
        signed,
        sending.length == 0 ? Optional.empty() : Optional.of(new SignedTransaction(sending)));
  }

  private static Wei wei(DataInputStream in) throws IOException {
    return new Wei(new BigInteger(1, in.readNBytes(32)));
  }

  /** Has it on the disk when it returns. */
  void write(WalletState state) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(encode(state));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel directory =
          FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        directory.force(true);
      } catch (IOException e) {
        // not every system lets a directory be opened (Windows); there the move itself is kept
        if (!System.getProperty("os.name").startsWith("Windows")) {
          throw e;
        }
      }
    } catch (IOException e) {
      throw unusable("the wallet's file " + file + " cannot be written", e);
    }
  }

  private byte[] encode(WalletState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(MAGIC);
    out.writeInt(VERSION);
    out.write(whose.toBytes());
    out.write(Uint256.bytes(state.issued().value()));
    out.write(Uint256.bytes(state.charged().value()));
    out.write(Uint256.bytes(state.deposit().value()));
    out.writeLong(state.day());
    out.write(Uint256.bytes(state.signed().value()));
    byte[] sending = state.sending().map(SignedTransaction::toBytes).orElse(new byte[0]);
    out.writeInt(sending.length);
    out.write(sending);
    out.write(Hash256.sha256(bytes.toByteArray()).toBytes());
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw unusable("the lock of " + file + " cannot be released", e);
    }
  }
}
