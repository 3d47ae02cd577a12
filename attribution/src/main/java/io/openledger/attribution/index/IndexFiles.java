package io.openledger.attribution.index;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one index. Everything that changes the disk goes through here, so that tests can
 * fail or stop it between any two steps.
 */
class IndexFiles {

  private static final Pattern SEGMENT = Pattern.compile("seg-([0-9a-f]{16})\\.olseg");
  private static final String TEMPORARY = ".tmp";

  private final Path directory;

  IndexFiles(Path directory) {
    this.directory = directory;
  }

  /** What writes a file's content. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static String segmentName(long id) {
    return String.format("seg-%016x.olseg", id);
  }

  /** The name of a file that no manifest names yet; such files are removed on opening. */
  static String temporary(String name) {
    return name + TEMPORARY;
  }

  /** The id in a segment's file name, or −1. */
  static long segmentId(String name) {
    java.util.regex.Matcher matcher = SEGMENT.matcher(name);
    return matcher.matches() ? Long.parseUnsignedLong(matcher.group(1), 16) : -1;
  }

  Path directory() {
    return directory;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** Makes a file durable under its name, or leaves what was there. */
  final void put(String name, Content content) throws IOException {
    stage(name, content);
    publish(name);
  }

  /** The first half of {@link #put}: the content, forced to disk under a temporary name. */
  final void stage(String name, Content content) throws IOException {
    write(temporary(name), content);
  }

  /** The second half of {@link #put}: the rename, and the directory forced to disk. */
  final void publish(String name) throws IOException {
    rename(temporary(name), name);
    syncDirectory();
  }

  void write(String name, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path(name),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream out = Channels.newOutputStream(channel);
      content.writeTo(out);
      out.flush();
      force(channel);
    }
  }

  /** What is written is on the medium when this returns. */
  void force(FileChannel channel) throws IOException {
    channel.force(true);
  }

  void rename(String from, String to) throws IOException {
    Files.move(
        path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void syncDirectory() throws IOException {
    // Windows cannot open a directory; its file system journals renames by itself
    if (java.io.File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        force(channel);
      }
    }
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  /** A file's bytes, at most {@code limit}; empty when it is not there. */
  java.util.Optional<byte[]> read(String name, long limit) throws IOException {
    try {
      long size = Files.size(path(name));
      if (size > limit) {
        throw new IOException(name + " has " + size + " bytes; allowed: " + limit);
      }
      return java.util.Optional.of(Files.readAllBytes(path(name)));
    } catch (NoSuchFileException e) {
      return java.util.Optional.empty();
    }
  }

  /** Segment files and temporary files that lie in the directory. */
  List<String> ours() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(
              name ->
                  SEGMENT.matcher(name).matches()
                      || (name.endsWith(TEMPORARY)
                          && (name.equals(Manifest.FILE + TEMPORARY)
                              || SEGMENT
                                  .matcher(name.substring(0, name.length() - TEMPORARY.length()))
                                  .matches())))
          .sorted()
          .toList();
    }
  }
}
