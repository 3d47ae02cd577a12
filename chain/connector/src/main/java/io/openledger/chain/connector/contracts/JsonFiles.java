package io.openledger.chain.connector.contracts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Function;

/** JSON files that are read strictly and replaced as a whole. */
final class JsonFiles {

  private JsonFiles() {}

  /** What a file of another form throws while it is read. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why);
    }
  }

  static ObjectMapper mapper() {
    return new ObjectMapper(
            JsonFactory.builder()
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(6)
                        .maxStringLength(1 << 20)
                        .build())
                .build())
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(SerializationFeature.INDENT_OUTPUT);
  }

  /**
   * Reads an object.
   *
   * @param what the file is, for messages
   * @param most bytes
   * @param remedy what to do where it is none
   */
  static <T> T read(
      Path file, String what, int most, String remedy, Function<JsonNode, T> reading) {
    String why;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        why = "is longer than " + most + " bytes";
      } else {
        return reading.apply(mapper().readTree(content));
      }
    } catch (IOException e) {
      // not the parser's message: it quotes the file
      why = "cannot be read as JSON: " + e.getClass().getSimpleName();
    } catch (Malformed e) {
      why = e.getMessage();
    } catch (OpenLedgerException e) {
      why = "has a value that is none: " + e.arrived();
    }
    throw new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID, what + " " + file + " " + why, "a " + what, remedy);
  }

  /** Requires an object with exactly these members; those that end with ? may be missing. */
  static JsonNode members(JsonNode node, String... names) {
    if (!node.isObject()) {
      throw new Malformed("has no object where one should be");
    }
    Set<String> allowed = new HashSet<>();
    for (String name : names) {
      boolean optional = name.endsWith("?");
      String plain = optional ? name.substring(0, name.length() - 1) : name;
      allowed.add(plain);
      if (!optional && !node.has(plain)) {
        throw new Malformed("has no member " + plain);
      }
    }
    for (Iterator<String> given = node.fieldNames(); given.hasNext(); ) {
      String name = given.next();
      if (!allowed.contains(name)) {
        throw new Malformed("has a member that is not known");
      }
    }
    return node;
  }

  static String text(JsonNode node, String member) {
    JsonNode value = node.path(member);
    if (!value.isTextual() || value.asText().length() > 1 << 19) {
      throw new Malformed("has no text as " + member);
    }
    return value.asText();
  }

  static long number(JsonNode node, String member) {
    JsonNode value = node.path(member);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new Malformed("has no whole number as " + member);
    }
    return value.asLong();
  }

  /** Writes beside the file, forces it to the disk, and moves it over the file. */
  static void write(Path file, JsonNode root) {
    Path target = file.toAbsolutePath();
    try {
      byte[] bytes = mapper().writeValueAsBytes(root);
      Path folder = target.getParent();
      if (folder == null) {
        throw new IOException("a file has a folder");
      }
      // not createTempFile, whose files nobody else may read: a server runs as another user
      Path beside =
          folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
      try {
        try (FileChannel out =
            FileChannel.open(
                beside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          while (left.hasRemaining()) {
            out.write(left);
          }
          out.force(true);
        }
        move(beside, target);
      } finally {
        Files.deleteIfExists(beside);
      }
      force(folder);
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          file + " cannot be written: " + e.getClass().getSimpleName(),
          "a folder with room that can be written",
          "make room or name another file, and run it again",
          e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("this file system replaces no file at once", e);
    }
  }

  /** So that the new name survives a power cut; Windows opens no folders and needs it not. */
  private static void force(Path folder) {
    try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
      entry.force(true);
    } catch (IOException e) {
      // the file itself is on the disk
    }
  }
}
