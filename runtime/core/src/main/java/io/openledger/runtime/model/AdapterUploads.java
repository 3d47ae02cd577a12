package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks uploads into {@link AdapterFolders}. An upload is unpacked beside the others, written
 * through to the disk and moved to its place as a whole, so that what has a place is complete, also
 * after a power cut. No name of the archive becomes a path: the two names that an adapter has are
 * the only ones taken. Safe for any thread.
 */
final class AdapterUploads {

  /** The files of an adapter, with the most bytes of each; a configuration is a page of JSON. */
  private static final Map<String, Long> FILES =
      new LinkedHashMap<>(
          Map.of("adapter_config.json", 1L << 20, "adapter_model.safetensors", Long.MAX_VALUE));

  private static final String ALLOWED =
      "a zip with adapter_config.json and adapter_model.safetensors at its top, and nothing else";

  /** Makes sure that what was written outlives a power cut. */
  interface Force {
    /**
     * Returns when it is on the disk.
     *
     * @param what a file with its content, or a directory with its names
     * @param open the file's channel, or one over the directory
     */
    void force(Path what, FileChannel open) throws IOException;
  }

  private final AdapterFolders folders;
  private final long limit;
  private final Force force;

  /**
   * @param limit bytes of all files of one upload, as they are unpacked
   */
  AdapterUploads(AdapterFolders folders, long limit) {
    this(folders, limit, (what, open) -> open.force(true));
  }

  AdapterUploads(AdapterFolders folders, long limit, Force force) {
    this.folders = folders;
    this.limit = limit;
    this.force = force;
  }

  /**
   * An upload that has its place.
   *
   * @param folder of its version, the last part of its place
   * @param bytes of its files
   */
  record Taken(String folder, long bytes) {}

  /**
   * Unpacks an upload to a place of its own.
   *
   * @param room how many bytes its owner may still store
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, {@link
   *     ErrorCode#REQUEST_TOO_LARGE}, {@link ErrorCode#ADAPTER_QUOTA}, {@link
   *     ErrorCode#STORAGE_UNAVAILABLE}; nothing is left then
   */
  Taken take(ModelId adapter, InputStream zip, long room) {
    Path incoming;
    try {
      incoming = folders.incoming();
    } catch (IOException e) {
      throw storage(e);
    }
    try {
      long bytes = unpack(zip, incoming, room);
      forceDirectory(incoming);
      Path place = folders.place(adapter, incoming.getFileName().toString());
      move(incoming, folders.home(adapter), place);
      forceDirectory(folders.home(adapter));
      forceDirectory(folders.root());
      return new Taken(place.getFileName().toString(), bytes);
    } catch (IOException e) {
      throw storage(e);
    } finally {
      folders.discard(incoming);
    }
  }

  private static void move(Path from, Path home, Path place) throws IOException {
    for (int left = 3; ; left--) {
      Files.createDirectories(home);
      try {
        Files.move(from, place, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (NoSuchFileException e) {
        // whoever removed its last version removes the directory, too
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private void forceDirectory(Path directory) throws IOException {
    FileChannel open;
    try {
      open = FileChannel.open(directory, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no directories, and writes their names through by itself
    }
    try (open) {
      force.force(directory, open);
    }
  }

  private long unpack(InputStream zip, Path into, long room) throws IOException {
    Set<String> found = new HashSet<>();
    long total = 0;
    // not closed: the stream is the caller's
    ZipInputStream entries = new ZipInputStream(zip);
    try {
      for (ZipEntry entry = next(entries); entry != null; entry = next(entries)) {
        Long most = FILES.get(entry.getName());
        if (most == null) {
          throw broken("an upload with another entry than an adapter's files");
        }
        if (!found.add(entry.getName())) {
          throw broken("an upload with two entries " + entry.getName());
        }
        total +=
            copy(
                entries,
                into.resolve(entry.getName()),
                Math.min(most, limit - total),
                room - total);
      }
    } catch (IllegalArgumentException e) {
      throw broken("an upload whose entries have names that are no text"); // of ZipInputStream
    }
    for (String name : FILES.keySet()) {
      if (!found.contains(name)) {
        throw broken("an upload without " + name);
      }
    }
    return total;
  }

  private long copy(InputStream from, Path to, long most, long room) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long written = 0;
    try (FileChannel file =
        FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = Channels.newOutputStream(file);
      for (int n = readFrom(from, buffer); n >= 0; n = readFrom(from, buffer)) {
        written += n;
        if (written > most) {
          throw new OpenLedgerException(
              ErrorCode.REQUEST_TOO_LARGE,
              to.getFileName() + " of more than " + most + " bytes",
              "at most " + most + " bytes of this file in this upload",
              "send a smaller adapter, or have openledger.limits.adapter-bytes raised");
        }
        if (written > room) {
          throw AdapterQuota.bytes("an upload of more than the " + room + " bytes that are left");
        }
        out.write(buffer, 0, n);
      }
      force.force(to, file);
    }
    return written;
  }

  private static @Nullable ZipEntry next(ZipInputStream entries) {
    try {
      return entries.getNextEntry();
    } catch (IOException e) {
      throw broken("an upload that is no zip archive, or a damaged one");
    }
  }

  // A stream that ends early and one whose checksum is wrong are the sender's fault, while a disk
  // that is full is ours.
  private static int readFrom(InputStream from, byte[] buffer) {
    try {
      return from.read(buffer);
    } catch (IOException e) {
      throw broken("an upload that ended early, or is damaged");
    }
  }

  private static OpenLedgerException broken(String arrived) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_BROKEN,
        arrived,
        ALLOWED,
        "pack the adapter's two files and send it again");
  }

  private static OpenLedgerException storage(IOException e) {
    return new OpenLedgerException(
        ErrorCode.STORAGE_UNAVAILABLE,
        "an upload that could not be written",
        "room in openledger.data.directory",
        "have an administrator look at the disk",
        e);
  }
}
