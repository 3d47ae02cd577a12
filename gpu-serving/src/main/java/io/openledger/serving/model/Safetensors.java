package io.openledger.serving.model;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.openledger.api.OpenLedgerException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads headers of safetensors files, strictly: eight bytes of length (little-endian), a JSON
 * object of that length, then data that the tensors cover without gap or overlap.
 *
 * <p>Nothing of the data is read, and no more memory is taken than the header's own size warrants.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors {

  /** The largest header that is read, in bytes. */
  public static final int HEADER_LIMIT = 32 << 20;

  private static final int RANK_LIMIT = 8;

  private final Path file;
  private final Broken broken;
  private final long size;
  private final Map<String, TensorRef> tensors = new LinkedHashMap<>();

  private Safetensors(Path file, Broken broken, long size) {
    this.file = file;
    this.broken = broken;
    this.size = size;
  }

  /**
   * The tensors of a file, by name, in the header's order.
   *
   * @throws OpenLedgerException with the code of {@code broken}, naming file and tensor
   */
  public static Map<String, TensorRef> read(Path file, Broken broken) {
    try (FileChannel channel = FileChannel.open(file)) {
      Safetensors reader = new Safetensors(file, broken, channel.size());
      reader.read(channel);
      return reader.tensors;
    } catch (IOException e) {
      throw broken.because(
          file.getFileName() + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "a readable safetensors file",
          e);
    }
  }

  /**
   * The tensors of a file that was read already; offsets count from its first byte.
   *
   * @param file only named
   * @throws OpenLedgerException as {@link #read(Path, Broken)}
   */
  public static Map<String, TensorRef> read(Path file, byte[] content, Broken broken) {
    Safetensors reader = new Safetensors(file, broken, content.length);
    try {
      reader.read((position, length) -> ByteBuffer.wrap(content, (int) position, length).slice());
      return reader.tensors;
    } catch (IOException e) {
      throw new UncheckedIOException("no file is read", e);
    }
  }

  /** Where the header is read from. */
  private interface Source {
    ByteBuffer fill(long position, int length) throws IOException;
  }

  private void read(FileChannel channel) throws IOException {
    read((position, length) -> fill(channel, position, length));
  }

  private void read(Source source) throws IOException {
    if (size < 8) {
      throw refuse(size + " bytes", "at least the 8 bytes of the header's length");
    }
    long length = source.fill(0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > HEADER_LIMIT || length > size - 8) {
      throw refuse(
          "a header of " + Long.toUnsignedString(length) + " bytes in a file of " + size,
          "2 to " + Math.min(HEADER_LIMIT, size - 8));
    }
    long start = 8 + length;
    try {
      parse(
          StandardCharsets.UTF_8.newDecoder().decode(source.fill(8, (int) length)).toString(),
          start);
    } catch (CharacterCodingException
        | MalformedJsonException
        | EOFException
        | RuntimeException e) {
      if (e instanceof OpenLedgerException refusal) {
        throw refusal;
      }
      throw broken.because(
          file.getFileName() + " has a header that is not a JSON object in UTF-8",
          "a safetensors header",
          e);
    }
    covered(start);
  }

  private static ByteBuffer fill(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    FileBytes.fill(channel, buffer, position);
    return buffer.flip();
  }

  private void parse(String header, long start) throws IOException {
    try (JsonReader json = new JsonReader(new StringReader(header))) {
      json.setStrictness(Strictness.STRICT);
      boolean metadata = false;
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (name.equals("__metadata__")) {
          if (metadata) {
            throw refuse("__metadata__ twice", "once");
          }
          metadata = true;
          json.skipValue();
        } else {
          TensorRef tensor = tensor(name, json, start);
          if (tensors.put(name, tensor) != null) {
            throw refuse("tensor " + name + " twice", "each name once");
          }
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw refuse("text after the header's object", "one JSON object");
      }
    }
  }

  private TensorRef tensor(String name, JsonReader json, long start) throws IOException {
    String dtype = "";
    List<Long> shape = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    int seen = 0;
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      int bit =
          switch (key) {
            case "dtype" -> 1;
            case "shape" -> 2;
            case "data_offsets" -> 4;
            default ->
                throw refuse("tensor " + name + " with " + key, "dtype, shape, data_offsets");
          };
      if ((seen & bit) != 0) {
        throw refuse("tensor " + name + " with " + key + " twice", "once");
      }
      seen |= bit;
      if (bit == 1) {
        dtype = json.nextString();
      } else {
        numbers(name, json, bit == 2 ? shape : offsets);
      }
    }
    json.endObject();
    if (seen != 7 || offsets.size() != 2) {
      throw refuse("tensor " + name + " is incomplete", "dtype, shape and two data_offsets");
    }
    return located(name, type(name, dtype), shape, offsets.get(0), offsets.get(1), start);
  }

  private void numbers(String name, JsonReader json, List<Long> into) throws IOException {
    json.beginArray();
    while (json.hasNext()) {
      long value = json.nextLong();
      if (value < 0 || into.size() == RANK_LIMIT) {
        throw refuse("tensor " + name + " with " + value, RANK_LIMIT + " numbers from 0");
      }
      into.add(value);
    }
    json.endArray();
  }

  private DType type(String name, String dtype) {
    for (DType type : DType.values()) {
      if (type.name().equals(dtype)) {
        return type;
      }
    }
    throw refuse("tensor " + name + " of dtype " + dtype, "F32, F16 or BF16");
  }

  private TensorRef located(
      String name, DType type, List<Long> shape, long begin, long end, long start) {
    long bytes = type.bytes();
    try {
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
    } catch (ArithmeticException e) {
      throw refuse("tensor " + name + " of shape " + shape, "fewer than 2^63 bytes");
    }
    if (begin > end || end > size - start) {
      throw refuse(
          "tensor " + name + " at [" + begin + ", " + end + ")", "within " + (size - start));
    }
    if (end - begin != bytes) {
      throw refuse(
          "tensor " + name + " " + type + shape + " with " + (end - begin) + " bytes",
          bytes + " bytes");
    }
    return new TensorRef(name, file, type, shape, start + begin, bytes);
  }

  /** The format forbids holes: what no tensor covers could hide anything. */
  private void covered(long start) {
    List<TensorRef> ordered = new ArrayList<>(tensors.values());
    ordered.sort(Comparator.comparingLong(TensorRef::offset).thenComparingLong(TensorRef::bytes));
    long end = start;
    for (TensorRef tensor : ordered) {
      if (tensor.offset() != end) {
        throw refuse(
            "tensor " + tensor.name() + (tensor.offset() < end ? " overlaps" : " follows a gap"),
            "tensors side by side");
      }
      end += tensor.bytes();
    }
    if (end != size) {
      throw refuse((size - end) + " bytes after the last tensor", "none");
    }
  }

  private OpenLedgerException refuse(String arrived, String allowed) {
    return broken.because(file.getFileName() + ": " + arrived, allowed);
  }
}
