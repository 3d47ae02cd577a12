package io.openledger.serving.model;

import io.openledger.api.Hash256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;

/** Digests of files. */
public final class Digests {

  private Digests() {}

  /**
   * SHA-256 over several files: over each one's name in UTF-8, a zero byte, and the SHA-256 of its
   * content. Costs one reading of all.
   */
  public static Hash256 of(List<Path> files, Broken broken) {
    MessageDigest all = sha256();
    for (Path file : files) {
      all.update(String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8));
      all.update((byte) 0);
      all.update(content(file, broken));
    }
    return Hash256.of(all.digest());
  }

  /** The same over files that were read already, by name, in the map's order. */
  public static Hash256 of(LinkedHashMap<String, byte[]> contents) {
    MessageDigest all = sha256();
    contents.forEach(
        (name, content) -> {
          all.update(name.getBytes(StandardCharsets.UTF_8));
          all.update((byte) 0);
          all.update(sha256().digest(content));
        });
    return Hash256.of(all.digest());
  }

  private static byte[] content(Path file, Broken broken) {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 17];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    } catch (IOException e) {
      throw broken.because(
          file.getFileName() + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "a readable file",
          e);
    }
    return digest.digest();
  }

  /** An empty SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
