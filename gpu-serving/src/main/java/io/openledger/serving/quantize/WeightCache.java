package io.openledger.serving.quantize;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Digests;
import io.openledger.serving.model.FileBytes;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Quantised maps of a checkpoint on disk: made once, found again by its digest.
 *
 * <p>A file is written beside its place and moved there when it is whole and on the disk. Every
 * byte that is used is checked when it is opened, at the speed of SHA-256. Two servers may make the
 * same file at once: each writes its own, and the same bytes win either way.
 *
 * <p>A folder keeps one file for each checkpoint folder and set of formats; older ones of the same
 * checkpoint folder, of another content, are deleted when a new one was made, and so are unfinished
 * ones. A quantised 0.5 B model takes 0.3 (INT4) to 0.6 GB (INT8).
 *
 * <p>Over 250 lines because finding, making and clearing away are one file's life and share its
 * layout; apart they would have to tell each other all of it.
 */
public final class WeightCache {

  private static final System.Logger LOG = System.getLogger(WeightCache.class.getName());
  private static final long SILENCE_NANOS = 5_000_000_000L;

  /** What a runtime packed of a file lies beside it, under its name, and goes with it. */
  public static final String PACKED = ".packed";

  /** An unfinished file as old as this has no writer any more. */
  private static final long ABANDONED_MILLIS = 24 * 3600 * 1000L;

  private final Path folder;
  private final Executor executor;
  private final int threads;
  private final LongSupplier nanos;
  private final Storage storage;

  /** Where bytes go; a test puts a full disk here. */
  interface Storage {
    void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException;
  }

  /**
   * A cache.
   *
   * @param folder where files are kept
   * @param executor may lend threads; none has to be free
   * @param threads how many quantise at a time, at least 1; each takes about 12 MiB
   * @param nanos a clock for the pace of log lines
   */
  public WeightCache(Path folder, Executor executor, int threads, LongSupplier nanos) {
    this(folder, executor, threads, nanos, WeightCache::whole);
  }

  WeightCache(Path folder, Executor executor, int threads, LongSupplier nanos, Storage storage) {
    this.folder = folder;
    this.executor = executor;
    this.threads = threads;
    this.nanos = nanos;
    this.storage = storage;
  }

  /**
   * Finds or makes the quantised maps.
   *
   * @param checkpoint the checkpoint's folder, to tell old files from others'
   * @param digest of the checkpoint
   * @param sources tensors {@code [out, in]} with their formats, in a fixed order, at least one
   * @throws OpenLedgerException {@link ErrorCode#STORAGE_UNAVAILABLE} when the file cannot be
   *     written, nothing being left of it; {@link ErrorCode#CHECKPOINT_BROKEN} for weights that are
   *     not finite
   */
  public QuantizedWeights open(
      Path checkpoint, Hash256 digest, Map<TensorRef, BlockFormat> sources) {
    String prefix = "weights-" + folderKey(checkpoint) + "-";
    String formats = sources.values().iterator().next().name().toLowerCase(Locale.ROOT);
    Path file = folder.resolve(prefix + formats + "-" + digest.toString().substring(0, 16) + ".q");
    Layout layout = Layout.of(file, digest, sources);
    if (!valid(file, layout)) {
      make(file, layout, prefix);
    }
    // Also when nothing was made: what a killed server left is too young at the next start.
    clean(prefix, digest);
    return QuantizedWeights.of(layout.maps());
  }

  private static String folderKey(Path checkpoint) {
    Path real;
    try {
      real = checkpoint.toRealPath();
    } catch (IOException e) {
      real = checkpoint.toAbsolutePath();
    }
    return Hash256.sha256(real.toString().getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, 12);
  }

  private boolean valid(Path file, Layout layout) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() != layout.bytes()) {
        throw new IOException(channel.size() + " bytes instead of " + layout.bytes());
      }
      byte[] preamble = read(channel, 0, layout.preamble().length);
      int tableBytes = layout.pieces().size() * Layout.DIGEST;
      byte[] table = read(channel, preamble.length, tableBytes);
      byte[] sum = read(channel, preamble.length + tableBytes, Layout.DIGEST);
      if (!Arrays.equals(preamble, layout.preamble())
          || !MessageDigest.isEqual(sum, sha256(preamble, table))) {
        throw new IOException("another header");
      }
      Shared.run(
          layout.pieces(),
          (index, piece) -> {
            MessageDigest digest = Digests.sha256();
            update(digest, channel, piece.codesAt(), piece.codesBytes());
            update(digest, channel, piece.scalesAt(), piece.scalesBytes());
            int at = index * Layout.DIGEST;
            if (!Arrays.equals(digest.digest(), 0, Layout.DIGEST, table, at, at + Layout.DIGEST)) {
              throw new IOException("other weights in " + piece.map().name());
            }
          },
          executor,
          threads,
          progress("checks", layout));
      return true;
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} is not what was written ({1}); it is made again",
          file.getFileName(),
          e.getMessage());
      return false;
    }
  }

  private void make(Path file, Layout layout, String prefix) {
    Path unfinished = null;
    try {
      Files.createDirectories(folder);
      long room = Files.getFileStore(folder).getUsableSpace();
      if (room < layout.bytes()) {
        throw new IOException(room + " bytes are free");
      }
      unfinished = Files.createTempFile(folder, prefix, ".tmp");
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        fill(channel, layout);
        channel.force(true);
      }
      FileBytes.replace(unfinished, file);
    } catch (IOException e) {
      if (unfinished != null) {
        delete(unfinished);
      }
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "quantised weights of "
              + layout.bytes()
              + " bytes cannot be written to "
              + folder
              + ": "
              + e.getMessage(),
          "a writable folder with room for them",
          "free the disk, choose another cache, or keep the weights as stored",
          e);
    } catch (RuntimeException | Error e) {
      if (unfinished != null) {
        delete(unfinished);
      }
      throw e;
    }
  }

  private void fill(FileChannel channel, Layout layout) throws IOException {
    byte[] table = new byte[layout.pieces().size() * Layout.DIGEST];
    Shared.run(
        layout.pieces(),
        (index, piece) -> {
          ByteBuffer codes = ByteBuffer.allocate(piece.codesBytes());
          ByteBuffer scales =
              ByteBuffer.allocate(piece.scalesBytes()).order(ByteOrder.LITTLE_ENDIAN);
          BlockQuantizer.quantize(
              piece.map().format(), source(piece), piece.rows(), piece.map().in(), codes, scales);
          byte[] sum = sha256(codes.array(), scales.array());
          System.arraycopy(sum, 0, table, index * Layout.DIGEST, Layout.DIGEST);
          storage.write(channel, codes.flip(), piece.codesAt());
          storage.write(channel, scales.flip(), piece.scalesAt());
        },
        executor,
        threads,
        progress("quantises", layout));
    storage.write(channel, ByteBuffer.wrap(layout.preamble()), 0);
    storage.write(channel, ByteBuffer.wrap(table), layout.preamble().length);
    storage.write(
        channel,
        ByteBuffer.wrap(sha256(layout.preamble(), table)),
        layout.preamble().length + table.length);
  }

  private static float[] source(Layout.Piece piece) throws IOException {
    int in = piece.map().in();
    float[] values =
        TensorData.read(piece.source(), (long) piece.firstRow() * in, piece.rows() * in);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw Broken.CHECKPOINT.because(
            "tensor " + piece.map().name() + " with " + value, "finite weights");
      }
    }
    return values;
  }

  private IntConsumer progress(String what, Layout layout) {
    long[] last = {nanos.getAsLong()};
    return done -> {
      if (nanos.getAsLong() - last[0] > SILENCE_NANOS) {
        last[0] = nanos.getAsLong();
        LOG.log(
            System.Logger.Level.INFO,
            "{0} weights: {1} %",
            what,
            100L * done / layout.pieces().size());
      }
    };
  }

  /** Of the same checkpoint folder: other contents, and what a stopped server left unfinished. */
  private void clean(String prefix, Hash256 digest) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, prefix + "*")) {
      long now = System.currentTimeMillis();
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean ours = name.endsWith(".q") || name.endsWith(PACKED);
        boolean old = ours && !name.contains(digest.toString().substring(0, 16));
        boolean left =
            name.endsWith(".tmp")
                && now - Files.getLastModifiedTime(file).toMillis() > ABANDONED_MILLIS;
        if (old || left) {
          delete(file);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "old files stay in " + folder, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be deleted", file);
    }
  }

  private static void whole(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  private static byte[] read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    FileBytes.fill(channel, bytes, at);
    return bytes.array();
  }

  /** In small steps: what is only looked at should not make the heap grow. */
  private static void update(MessageDigest digest, FileChannel channel, long at, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(length, 1 << 15));
    for (long position = at; position < at + length; position += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), at + length - position));
      FileBytes.fill(channel, buffer, position);
      digest.update(buffer.flip());
    }
  }

  private static byte[] sha256(byte[] first, byte[] second) {
    MessageDigest digest = Digests.sha256();
    digest.update(first);
    digest.update(second);
    return digest.digest();
  }
}
