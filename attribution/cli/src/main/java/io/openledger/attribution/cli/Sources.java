package io.openledger.attribution.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.openledger.api.OpenLedgerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The texts below files and folders, in order of path: each file is a document, each line of a
 * {@code .jsonl} file one. Hidden files and links are passed over.
 *
 * @param files to read
 * @param bytes of all of them
 */
record Sources(List<Sources.Input> files, long bytes) {

  /** No file gets longer in memory; JSON lines are read one at a time and only the line counts. */
  static final long LARGEST_FILE = 256L << 20;

  private static final String LINES = ".jsonl";

  /** Told how far a reading has come. */
  interface Progress {
    void read(long bytes);
  }

  /**
   * A file.
   *
   * @param path where
   * @param name how its documents are called
   */
  record Input(Path path, String name) {}

  static Sources of(List<Path> roots) throws IOException {
    List<Input> files = new ArrayList<>();
    long bytes = 0;
    for (Path root : roots) {
      if (Files.isRegularFile(root)) {
        files.add(new Input(root, String.valueOf(root.getFileName())));
      } else if (Files.isDirectory(root)) {
        try (Stream<Path> below = Files.walk(root)) {
          below
              .filter(Files::isRegularFile)
              .filter(p -> !hidden(root.relativize(p)))
              .sorted()
              .forEach(p -> files.add(new Input(p, root.relativize(p).toString())));
        }
      } else {
        throw OpenLedgerException.invalidText(
            "a source", root.toString(), "a file or a folder that exists");
      }
    }
    for (Input file : files) {
      bytes += Files.size(file.path());
    }
    return new Sources(List.copyOf(files), bytes);
  }

  private static boolean hidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads all.
   *
   * @param skipped told of what is not UTF-8 text, too large or blank, with the reason
   */
  void forEach(Consumer<Source> to, Consumer<String> skipped, Progress progress)
      throws IOException {
    for (Input file : files) {
      long size = Files.size(file.path());
      try {
        if (file.name().endsWith(LINES)) {
          readLines(file, to, skipped);
        } else if (size > LARGEST_FILE) {
          skipped.accept(file.name() + ": " + size + " bytes, at most " + LARGEST_FILE);
        } else {
          accept(file.name(), Files.readString(file.path()), to, skipped);
        }
      } catch (CharacterCodingException e) {
        skipped.accept(file.name() + ": not UTF-8 text");
      }
      progress.read(size);
    }
  }

  private static void accept(
      String name, String text, Consumer<Source> to, Consumer<String> skipped) {
    if (text.isBlank()) {
      skipped.accept(name + ": blank");
    } else {
      to.accept(new Source(name, text));
    }
  }

  private static void readLines(Input file, Consumer<Source> to, Consumer<String> skipped)
      throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file.path(), StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String where = file.name() + ":" + number;
        if (line.isBlank()) {
          continue;
        }
        try {
          JsonObject object = JsonParser.parseString(line).getAsJsonObject();
          JsonElement text = object.get("text");
          JsonElement id = object.get("id");
          if (text == null || !text.isJsonPrimitive() || !text.getAsJsonPrimitive().isString()) {
            skipped.accept(where + ": no field \"text\" with a string");
          } else {
            accept(
                id != null && id.isJsonPrimitive() ? id.getAsString() : where,
                text.getAsString(),
                to,
                skipped);
          }
        } catch (JsonParseException | IllegalStateException e) {
          skipped.accept(where + ": not a JSON object");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
