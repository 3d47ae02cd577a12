package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Uploaded adapters on disk: {@code <root>/<name>/<version's folder>}, apart from the adapters'
 * directory, whose folders are everybody's. An upload is unpacked beside them and moved to its
 * place as a whole, so that what has a place is complete. No name of the archive becomes a path:
 * the two names that an adapter has are the only ones taken. Safe for any thread.
 */
final class AdapterUploads {

  private static final System.Logger LOG = System.getLogger(AdapterUploads.class.getName());
  private static final String INCOMING = ".incoming";

  /** The files of an adapter, with the most bytes of each; a configuration is a page of JSON. */
  private static final Map<String, Long> FILES =
      new LinkedHashMap<>(
          Map.of("adapter_config.json", 1L << 20, "adapter_model.safetensors", Long.MAX_VALUE));

  private static final String ALLOWED =
      "a zip with adapter_config.json and adapter_model.safetensors at its top, and nothing else";

  private final Path root;
  private final long limit;

  /**
   * @param limit bytes of all files of one upload, as they are unpacked
   */
  AdapterUploads(Path root, long limit) {
    this.root = root;
    this.limit = limit;
  }

  /** The place of a version. */
  Path folder(ModelId adapter, String version) {
    return root.resolve(adapter.value()).resolve(version);
  }

  /**
   * Unpacks an upload to a place of its own.
   *
   * @return the version's folder, which is the last part of its place
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, {@link
   *     ErrorCode#REQUEST_TOO_LARGE}, {@link ErrorCode#STORAGE_UNAVAILABLE}; nothing is left then
   */
  String take(ModelId adapter, InputStream zip) {
    String version = UUID.randomUUID().toString();
    Path incoming = root.resolve(INCOMING).resolve(version);
    try {
      Files.createDirectories(incoming);
    } catch (IOException e) {
      throw storage(e);
    }
    try {
      unpack(zip, incoming);
      Path place = folder(adapter, version);
      Files.createDirectories(place.getParent());
      Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
      return version;
    } catch (IOException e) {
      throw storage(e);
    } finally {
      delete(incoming);
    }
  }

  private void unpack(InputStream zip, Path into) throws IOException {
    Set<String> found = new HashSet<>();
    long left = limit;
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
        left -= copy(entries, into.resolve(entry.getName()), Math.min(most, left));
      }
    } catch (IllegalArgumentException e) {
      throw broken("an upload whose entries have names that are no text"); // of ZipInputStream
    }
    for (String name : FILES.keySet()) {
      if (!found.contains(name)) {
        throw broken("an upload without " + name);
      }
    }
  }

  private static long copy(InputStream from, Path to, long most) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long written = 0;
    try (OutputStream out = Files.newOutputStream(to)) {
      for (int n = readFrom(from, buffer); n >= 0; n = readFrom(from, buffer)) {
        written += n;
        if (written > most) {
          throw new OpenLedgerException(
              ErrorCode.REQUEST_TOO_LARGE,
              to.getFileName() + " of more than " + most + " bytes",
              "at most " + most + " bytes of this file in this upload",
              "send a smaller adapter, or have openledger.limits.adapter-bytes raised");
        }
        out.write(buffer, 0, n);
      }
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

  /** Removes a version. What cannot be removed now is removed at the next start. */
  void remove(ModelId adapter, String version) {
    delete(folder(adapter, version));
  }

  /**
   * Removes what no row of the store names: of uploads that a crash cut off, and former versions.
   *
   * @param kept the places that are named
   */
  void keepOnly(Set<Path> kept) {
    for (Path name : children(root)) {
      if (name.getFileName().toString().equals(INCOMING)) {
        delete(name);
        continue;
      }
      children(name).stream().filter(v -> !kept.contains(v)).forEach(AdapterUploads::delete);
    }
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be read", folder);
      return List.of();
    }
  }

  private static void delete(Path folder) {
    try {
      for (Path file : children(folder)) {
        delete(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed now", folder);
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
