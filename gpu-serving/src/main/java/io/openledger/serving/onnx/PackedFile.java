package io.openledger.serving.onnx;

import io.openledger.api.Hash256;
import io.openledger.serving.graph.PackedWeights;
import io.openledger.serving.model.Digests;
import io.openledger.serving.model.FileBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The file of packed weights: the initializers with their packed forms, each from a multiple of
 * 4096 bytes on; then a table of them, which begins with what they were made from and holds a
 * SHA-256 of all before it; at the end the table's SHA-256, its length and eight letters. Every
 * byte is checked when it is opened.
 */
final class PackedFile {

  private static final System.Logger LOG = System.getLogger(PackedFile.class.getName());
  private static final byte[] MAGIC = "OLPACKED".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int ALIGNMENT = 4096;
  private static final int DIGEST = 32;
  private static final int END = DIGEST + Integer.BYTES + MAGIC.length;
  private static final int MOST_TABLE = 1 << 26;
  private static final int BUFFER = 1 << 20;

  private final FileChannel channel;
  private final MessageDigest digest = Digests.sha256();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long at;

  private PackedFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Writes what a runtime saved, and forces it to the disk.
   *
   * @param file that is there and empty
   */
  static void write(Path file, Hash256 identity, PackedWeights saved) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      PackedFile target = new PackedFile(channel);
      Map<String, PackedWeights.Tensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, PackedWeights.Tensor> tensor :
          new TreeMap<>(saved.tensors()).entrySet()) {
        tensors.put(tensor.getKey(), target.add(file, tensor.getValue()));
      }
      byte[] table = table(identity, target.digest.digest(), tensors);
      target.put(ByteBuffer.wrap(table));
      target.put(ByteBuffer.wrap(Digests.sha256().digest(table)));
      target.put(ByteBuffer.allocate(Integer.BYTES).putInt(0, table.length));
      target.put(ByteBuffer.wrap(MAGIC));
      channel.force(true);
    }
  }

  private PackedWeights.Tensor add(Path file, PackedWeights.Tensor tensor) throws IOException {
    try (FileChannel source = FileChannel.open(tensor.file())) {
      long own = copy(source, tensor.at(), tensor.bytes());
      List<String> packed = new ArrayList<>();
      for (String entry : tensor.packed()) {
        String[] parts = entry.split("\\|", -1);
        StringBuilder moved = new StringBuilder(parts[0]);
        for (String part : Arrays.copyOfRange(parts, 1, parts.length)) {
          String[] numbers = part.split(";", -1);
          if (numbers.length != 3) {
            throw new IOException("a packed form " + entry);
          }
          long from = copy(source, Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
          moved.append('|').append(from).append(';').append(numbers[1]).append(';');
          moved.append(numbers[2]);
        }
        packed.add(moved.toString());
      }
      return new PackedWeights.Tensor(file, own, tensor.bytes(), packed);
    }
  }

  /** Copies to the next place that is aligned; returns it. */
  private long copy(FileChannel source, long from, long bytes) throws IOException {
    int gap = (int) ((ALIGNMENT - at % ALIGNMENT) % ALIGNMENT);
    put(ByteBuffer.allocate(gap));
    long begin = at;
    if (from < 0 || bytes < 0 || from > source.size() - bytes) {
      throw new IOException(bytes + " bytes at " + from + " of " + source.size());
    }
    for (long done = 0; done < bytes; ) {
      buffer.clear().limit((int) Math.min(BUFFER, bytes - done));
      FileBytes.fill(source, buffer, from + done);
      done += buffer.limit();
      put(buffer.flip());
    }
    return begin;
  }

  private void put(ByteBuffer bytes) throws IOException {
    digest.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      at += channel.write(bytes);
    }
  }

  private static byte[] table(
      Hash256 identity, byte[] sum, Map<String, PackedWeights.Tensor> tensors) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(VERSION);
    out.write(identity.toBytes());
    out.write(sum);
    out.writeInt(tensors.size());
    for (Map.Entry<String, PackedWeights.Tensor> tensor : tensors.entrySet()) {
      out.writeUTF(tensor.getKey());
      out.writeLong(tensor.getValue().at());
      out.writeLong(tensor.getValue().bytes());
      out.writeInt(tensor.getValue().packed().size());
      for (String packed : tensor.getValue().packed()) {
        out.writeUTF(packed);
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Reads it.
   *
   * @param identity of what it was made from
   * @return nothing where there is none, or where it is damaged or of something else
   */
  static Optional<PackedWeights> read(Path file, Hash256 identity) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return Optional.of(new PackedFile(channel).read(file, identity.toBytes()));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} is not what was written ({1}); it is made again",
          file.getFileName(),
          e.getMessage());
      return Optional.empty();
    }
  }

  private PackedWeights read(Path file, byte[] identity) throws IOException {
    long size = channel.size();
    ByteBuffer end = bytes(size - END, END);
    byte[] sum = new byte[DIGEST];
    int length = end.get(sum).getInt();
    if (length < 0 || length > Math.min(MOST_TABLE, size - END)) {
      throw new IOException("a table of " + length + " bytes");
    }
    byte[] magic = new byte[MAGIC.length];
    end.get(magic);
    byte[] table = bytes(size - END - length, length).array();
    if (!Arrays.equals(magic, MAGIC)
        || !MessageDigest.isEqual(sum, Digests.sha256().digest(table))) {
      throw new IOException("another end");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(table));
    if (in.readInt() != VERSION || !Arrays.equals(in.readNBytes(DIGEST), identity)) {
      throw new IOException("of other weights");
    }
    byte[] data = in.readNBytes(DIGEST);
    for (long done = 0; done < size - END - length; done += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER, size - END - length - done));
      FileBytes.fill(channel, buffer, done);
      digest.update(buffer.flip());
    }
    if (!MessageDigest.isEqual(data, digest.digest())) {
      throw new IOException("other bytes");
    }
    Map<String, PackedWeights.Tensor> tensors = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      long own = in.readLong();
      long bytes = in.readLong();
      List<String> packed = new ArrayList<>();
      for (int forms = in.readInt(); forms > 0; forms--) {
        packed.add(in.readUTF());
      }
      tensors.put(name, new PackedWeights.Tensor(file, own, bytes, packed));
    }
    return new PackedWeights(tensors);
  }

  private ByteBuffer bytes(long from, int length) throws IOException {
    if (from < 0) {
      throw new IOException(channel.size() + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    FileBytes.fill(channel, bytes, from);
    return bytes.flip();
  }
}
