package io.openledger.chain.connector.keys;

import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file whose first line is a password. */
public final class PasswordFile {

  private PasswordFile() {}

  /**
   * The first line, without its end, in UTF-8. Whoever takes it overwrites it.
   *
   * @throws OpenLedgerException with {@code SIGNING_KEY} if the file cannot be read or the line is
   *     empty; nothing of it is in the message
   */
  public static char[] read(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(KeystoreFile.MAX_BYTES);
    } catch (IOException e) {
      throw refused(file, "cannot be read: " + e.getClass().getSimpleName());
    }
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(content, 0, end));
    char[] password = new char[decoded.remaining()];
    decoded.get(password);
    Arrays.fill(content, (byte) 0);
    Arrays.fill(decoded.array(), '\0');
    if (password.length == 0) {
      throw refused(file, "has an empty first line");
    }
    return password;
  }

  private static OpenLedgerException refused(Path file, String why) {
    return LocalSigner.unusable("password file " + file + " " + why, null);
  }
}
