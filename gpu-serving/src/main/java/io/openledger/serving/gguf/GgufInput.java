package io.openledger.serving.gguf;

import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A GGUF file from its start on: little-endian numbers, texts with their lengths. Every length is
 * held against a limit or the file's size before so much is taken or stepped over.
 */
final class GgufInput implements AutoCloseable {

  private static final int NAME = 1 << 10;
  private static final long HEADER = 1L << 30;

  private final Path file;
  private final long size;
  private final DataInputStream in;
  private long position;

  GgufInput(Path file) throws IOException {
    this.file = file;
    this.size = Files.size(file);
    this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
  }

  long size() {
    return size;
  }

  long position() {
    return position;
  }

  long counted(String what, long most) throws IOException {
    long count = longer();
    if (count < 0 || count > most) {
      throw refuse(Long.toUnsignedString(count) + " " + what, "0 to " + most);
    }
    return count;
  }

  String name() throws IOException {
    long length = longer();
    if (length < 1 || length > NAME) {
      throw refuse("a name of " + Long.toUnsignedString(length) + " bytes", "1 to " + NAME);
    }
    return new String(bytes((int) length), StandardCharsets.UTF_8);
  }

  int integer() throws IOException {
    return (int) number(4);
  }

  long longer() throws IOException {
    return number(8);
  }

  long number(int width) throws IOException {
    byte[] bytes = bytes(width);
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return value;
  }

  byte[] bytes(int count) throws IOException {
    byte[] bytes = new byte[count];
    in.readFully(bytes);
    moved(count);
    return bytes;
  }

  void skip(long count) throws IOException {
    if (count < 0 || count > size - position) {
      throw refuse(Long.toUnsignedString(count) + " bytes of a value", "within the file");
    }
    in.skipNBytes(count);
    moved(count);
  }

  private void moved(long count) {
    position += count;
    if (position > HEADER) {
      throw refuse("a header of more than " + HEADER + " bytes", "a shorter one");
    }
  }

  OpenLedgerException refuse(String arrived, String allowed) {
    return Broken.CHECKPOINT.because(file.getFileName() + " has " + arrived, allowed);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
