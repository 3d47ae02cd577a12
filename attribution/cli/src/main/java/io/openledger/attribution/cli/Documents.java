package io.openledger.attribution.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What the documents are called: {@code documents.jsonl}, as package-info describes it. */
final class Documents {

  /**
   * A line.
   *
   * @param sequence in the index
   * @param name of the source
   * @param digest of its text in UTF-8
   * @param characters UTF-16 code units
   */
  record Entry(long sequence, String name, Hash256 digest, int characters) {

    String json() {
      JsonObject line = new JsonObject();
      line.addProperty("sequence", sequence);
      line.addProperty("name", name);
      line.addProperty("sha256", digest.hex());
      line.addProperty("characters", characters);
      return line.toString();
    }

    static Entry of(JsonObject line) {
      return new Entry(
          line.get("sequence").getAsLong(),
          line.get("name").getAsString(),
          Hash256.parse(line.get("sha256").getAsString()),
          line.get("characters").getAsInt());
    }
  }

  private static final String ERASED = "erased";

  private final Path file;
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();
  private long last;

  private Documents(Path file) {
    this.file = file;
  }

  /** Reads the file; the last line may be cut off by a process that died, and is dropped then. */
  static Documents open(Path file) throws IOException {
    Documents documents = new Documents(file);
    if (!Files.exists(file)) {
      return documents;
    }
    String all = Files.readString(file);
    int whole = all.lastIndexOf('\n') + 1;
    if (whole < all.length()) {
      byte[] kept = all.substring(0, whole).getBytes(StandardCharsets.UTF_8);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(kept.length);
      }
    }
    int number = 0;
    for (String line : all.substring(0, whole).lines().toList()) {
      number++;
      try {
        JsonObject object = JsonParser.parseString(line).getAsJsonObject();
        documents.last = Math.max(documents.last, object.get("sequence").getAsLong());
        if (!object.has(ERASED)) {
          Entry entry = Entry.of(object);
          documents.entries.put(entry.sequence(), entry);
        }
      } catch (JsonParseException
          | IllegalStateException
          | NullPointerException
          | NumberFormatException e) {
        throw OpenLedgerException.invalidText(
            file + " line " + number, line, "a document as this program writes it");
      }
    }
    return documents;
  }

  /** Adds lines and forces them to disk. */
  void add(List<Entry> more) throws IOException {
    StringBuilder lines = new StringBuilder();
    more.forEach(entry -> lines.append(entry.json()).append('\n'));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    for (Entry entry : more) {
      entries.put(entry.sequence(), entry);
      last = Math.max(last, entry.sequence());
    }
  }

  /**
   * Leaves nothing of documents but the highest number, so that it is not given again. The file is
   * written anew, forced to disk and renamed over the old one.
   */
  void forget(Collection<Long> sequences) throws IOException {
    if (sequences.stream().noneMatch(entries::containsKey)) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    entries.values().stream()
        .filter(entry -> !sequences.contains(entry.sequence()))
        .forEach(entry -> lines.append(entry.json()).append('\n'));
    if (!entries.containsKey(last) || sequences.contains(last)) {
      JsonObject line = new JsonObject();
      line.addProperty("sequence", last);
      line.addProperty(ERASED, true);
      lines.append(line).append('\n');
    }
    Path copy = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            copy,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // Windows cannot open a directory; its file system journals renames by itself
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && java.io.File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    entries.keySet().removeIf(sequences::contains);
  }

  long next() {
    return last + 1;
  }

  /** What a document is called, or its number where the line is missing. */
  String name(long sequence) {
    return Optional.ofNullable(entries.get(sequence)).map(Entry::name).orElse("#" + sequence);
  }

  /** The SHA-256 of a document's text. */
  Hash256 digest(long sequence) {
    return Optional.ofNullable(entries.get(sequence))
        .map(Entry::digest)
        .orElseThrow(
            () ->
                OpenLedgerException.invalid(
                    "document #" + sequence, "without a line in " + file, "one that has its line"));
  }

  /** The sequences of a name, or of {@code #number}, rising; of more than one version, all. */
  List<Long> named(String name) {
    if (name.matches("#[1-9][0-9]{0,9}")) {
      return List.of(Long.parseLong(name.substring(1)));
    }
    return entries.values().stream()
        .filter(entry -> entry.name().equals(name))
        .map(Entry::sequence)
        .toList();
  }
}
