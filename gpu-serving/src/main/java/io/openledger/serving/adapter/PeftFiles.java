package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Digests;
import io.openledger.serving.model.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The two files of an adapter, each read once. What is parsed and what is digested are the same
 * bytes: a file that is changed between two looks changes nothing.
 */
final class PeftFiles {

  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";

  private static final long CONFIG_LIMIT = 1 << 20;

  private final LinkedHashMap<String, byte[]> contents = new LinkedHashMap<>();

  private PeftFiles() {}

  /**
   * Reads an adapter's folder.
   *
   * @param limit of the weights' file, in bytes
   */
  static PeftFiles read(Path folder, long limit) {
    PeftFiles files = new PeftFiles();
    for (String name : List.of(CONFIG, WEIGHTS)) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw Broken.ADAPTER.because(folder + " has no file " + name, CONFIG + " and " + WEIGHTS);
      }
      try {
        files.contents.put(name, content(folder, name, name.equals(CONFIG) ? CONFIG_LIMIT : limit));
      } catch (ClosedByInterruptException e) {
        // Says nothing about the file.
        throw new OpenLedgerException(
            ErrorCode.CANCELLED, "an interrupt", "a call that is waited for", "call again", e);
      } catch (IOException e) {
        throw Broken.ADAPTER.because(
            name + " cannot be read (" + e.getClass().getSimpleName() + ")", "a readable file", e);
      }
    }
    return files;
  }

  private static byte[] content(Path folder, String name, long limit) throws IOException {
    // A link could lead to any file that the server may read.
    Path real = folder.resolve(name).toRealPath();
    if (!real.startsWith(folder.toRealPath())) {
      throw Broken.ADAPTER.because(
          name + " is a link that leads out of the folder", "files within the folder");
    }
    try (FileChannel channel =
        FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long size = channel.size();
      if (size > Math.min(limit, Integer.MAX_VALUE - 64)) {
        throw Broken.ADAPTER.because(
            name + " of " + size + " bytes",
            "at most " + limit + ", which is what the base model and the largest rank warrant");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      FileBytes.fill(channel, buffer, 0);
      return buffer.array();
    }
  }

  byte[] content(String name) {
    byte[] content = contents.get(name);
    if (content == null) {
      throw new IllegalStateException("not read: " + name);
    }
    return content;
  }

  /** SHA-256 over both files' names and contents. */
  Hash256 digest() {
    return Digests.of(contents);
  }
}
