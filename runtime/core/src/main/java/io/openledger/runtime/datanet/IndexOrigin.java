package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Which state of which database an index was made from, in a small file beside it, so that the
 * index of a database that was since replaced or restored is rebuilt and not believed.
 *
 * <p>Four lines of UTF-8: {@code openledger-index-origin-1}; the datanet's uid; version and root,
 * separated by a blank; the SHA-256 of the three lines before. A file of any other form counts as
 * missing.
 *
 * @param uid of the datanet
 * @param version up to which the index followed it
 * @param root of the datanet's tree at that version
 */
record IndexOrigin(String uid, long version, String root) {

  private static final String MAGIC = "openledger-index-origin-1";

  static Optional<IndexOrigin> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() == 4 && lines.get(0).equals(MAGIC)) {
        String[] at = lines.get(2).split(" ", -1);
        IndexOrigin origin = new IndexOrigin(lines.get(1), Long.parseLong(at[0]), at[1]);
        if (origin.text().equals(String.join("\n", lines) + "\n")) {
          return Optional.of(origin);
        }
      }
      return Optional.empty();
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  void write(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(draft, text());
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "the file " + file.getFileName() + " of the index cannot be written",
          "a data directory with room that the server may write",
          "free space or correct the rights of openledger.data.directory",
          e);
    }
  }

  private String text() {
    String body = MAGIC + "\n" + uid + "\n" + version + " " + root + "\n";
    return body + Hash256.sha256(body) + "\n";
  }
}
