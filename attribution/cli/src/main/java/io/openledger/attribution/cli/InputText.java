package io.openledger.attribution.cli;

import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the text that a command is about: a file or standard input, UTF-8. */
final class InputText {

  private static final int LARGEST = 16 << 20;

  private InputText() {}

  /**
   * The whole text.
   *
   * @param file null or {@code -}: standard input
   */
  static String read(@Nullable Path file) throws IOException {
    if (file == null || file.toString().equals("-")) {
      byte[] bytes = System.in.readNBytes(LARGEST + 1);
      require(bytes.length);
      return new String(bytes, StandardCharsets.UTF_8);
    }
    if (!Files.isRegularFile(file)) {
      throw OpenLedgerException.invalidText("the text", file.toString(), "a file that exists");
    }
    require(Files.size(file));
    return Files.readString(file);
  }

  private static void require(long bytes) {
    if (bytes > LARGEST) {
      throw OpenLedgerException.invalid(
          "the text", "more than " + LARGEST + " bytes", "at most " + LARGEST);
    }
  }
}
