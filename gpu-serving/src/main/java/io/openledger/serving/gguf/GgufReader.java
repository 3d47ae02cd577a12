package io.openledger.serving.gguf;

import io.openledger.serving.model.Broken;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of a GGUF file, version 2 or 3: magic, version, counts, key-value pairs, where
 * tensors lie. Of the values only numbers, flags and short texts are kept: lists (the tokenizer)
 * are stepped over. Nothing is allocated by a length that the file states before so many bytes were
 * read.
 */
final class GgufReader {

  private static final int MAGIC = 0x46554747;
  private static final long ENTRIES = 1 << 16;
  private static final int TEXT = 1 << 12;
  private static final int WIDTH = 1 << 20;

  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** Widths of the types of values by number; 0: not of one width. */
  private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  private final GgufInput in;
  private final long size;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

  private GgufReader(GgufInput in) {
    this.in = in;
    this.size = in.size();
  }

  /**
   * What a header says.
   *
   * @param values numbers as {@link Double}, flags as {@link Boolean}, texts as {@link String}
   * @param tensors by name, in the file's order
   */
  record Header(Map<String, Object> values, Map<String, GgufTensor> tensors) {}

  /**
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CHECKPOINT_BROKEN}, naming file and value or tensor
   */
  static Header read(Path file) {
    try (GgufInput in = new GgufInput(file)) {
      GgufReader reader = new GgufReader(in);
      reader.header();
      return new Header(reader.values, reader.tensors);
    } catch (EOFException e) {
      throw Broken.CHECKPOINT.because(
          file.getFileName() + " ends within its header", "a whole GGUF file", e);
    } catch (IOException e) {
      throw Broken.CHECKPOINT.because(
          file.getFileName() + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "a readable GGUF file",
          e);
    }
  }

  private void header() throws IOException {
    if (in.integer() != MAGIC) {
      throw in.refuse("no GGUF at its start", "a GGUF file");
    }
    int version = in.integer();
    if (version != 2 && version != 3) {
      throw in.refuse("version " + version, "2 or 3");
    }
    long count = in.counted("tensors", ENTRIES);
    long pairs = in.counted("key-value pairs", ENTRIES);
    for (long i = 0; i < pairs; i++) {
      String key = in.name();
      if (values.containsKey(key)) {
        throw in.refuse("key " + key + " twice", "once");
      }
      values.put(key, value(key, in.integer(), 0));
    }
    long alignment =
        values.get("general.alignment") instanceof Double stated ? stated.longValue() : 32;
    if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw in.refuse("general.alignment = " + alignment, "a power of two from 8 to " + (1 << 20));
    }
    List<Described> described = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      described.add(described());
    }
    long start = aligned(in.position(), alignment);
    for (Described each : described) {
      place(each, start, alignment);
    }
    apart(start, alignment);
  }

  /** A tensor as described, before it is known where data begin. */
  private record Described(String name, BlockType type, List<Long> shape, long offset) {}

  private Described described() throws IOException {
    String name = in.name();
    int rank = in.integer();
    if (rank < 1 || rank > 4) {
      throw in.refuse("tensor " + name + " of " + rank + " dimensions", "1 to 4");
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long dimension = in.longer();
      if (dimension < 1) {
        throw in.refuse("tensor " + name + " with a dimension of " + dimension, "at least 1");
      }
      shape.add(0, dimension);
    }
    if (shape.get(rank - 1) > WIDTH) {
      throw in.refuse(
          "tensor " + name + " with rows of " + shape.get(rank - 1), "at most " + WIDTH);
    }
    int code = in.integer();
    BlockType type =
        BlockType.of(code)
            .orElseThrow(
                () ->
                    in.refuse(
                        "tensor " + name + " of type " + code,
                        "F32 (0), F16 (1), BF16 (30), Q4_0 (2), Q8_0 (8), Q6_K (14)"));
    return new Described(name, type, shape, in.longer());
  }

  private void place(Described each, long start, long alignment) {
    long bytes;
    try {
      bytes = each.shape().stream().reduce(1L, Math::multiplyExact);
      bytes = Math.multiplyExact(bytes / each.type().elements(), (long) each.type().bytes());
    } catch (ArithmeticException e) {
      throw in.refuse(
          "tensor " + each.name() + " of shape " + each.shape(), "fewer than 2^63 bytes");
    }
    if (each.shape().get(each.shape().size() - 1) % each.type().elements() != 0) {
      throw in.refuse(
          "tensor " + each.name() + " " + each.type() + each.shape(),
          "rows of whole blocks of " + each.type().elements());
    }
    if (each.offset() < 0
        || each.offset() % alignment != 0
        || each.offset() > size - start
        || bytes > size - start - each.offset()) {
      throw in.refuse(
          "tensor " + each.name() + " with " + bytes + " bytes at " + each.offset(),
          "within " + (size - start) + ", at a multiple of " + alignment);
    }
    GgufTensor placed =
        new GgufTensor(each.name(), each.type(), each.shape(), start + each.offset(), bytes);
    if (tensors.put(each.name(), placed) != null) {
      throw in.refuse("tensor " + each.name() + " twice", "each name once");
    }
  }

  /** Side by side, with gaps that alignment alone explains. */
  private void apart(long start, long alignment) {
    List<GgufTensor> ordered = new ArrayList<>(tensors.values());
    ordered.sort(Comparator.comparingLong(GgufTensor::offset));
    long end = start;
    for (GgufTensor tensor : ordered) {
      if (tensor.offset() < end || tensor.offset() - end >= alignment) {
        throw in.refuse(
            "tensor " + tensor.name() + (tensor.offset() < end ? " overlaps" : " follows a gap"),
            "tensors side by side");
      }
      end = tensor.offset() + tensor.bytes();
    }
    if (size - end >= alignment) {
      throw in.refuse((size - end) + " bytes after the last tensor", "fewer than " + alignment);
    }
  }

  private Object value(String key, int type, int depth) throws IOException {
    if (type == STRING) {
      long length = in.longer();
      if (length < 0 || length > TEXT) {
        // A chat template, a licence: not needed here.
        in.skip(length);
        return "";
      }
      return new String(in.bytes((int) length), StandardCharsets.UTF_8);
    }
    if (type == ARRAY) {
      list(key, depth);
      return "";
    }
    return switch (type) {
      case 0 -> (double) (in.bytes(1)[0] & 0xff);
      case 1 -> (double) in.bytes(1)[0];
      case 2 -> (double) (in.number(2) & 0xffff);
      case 3 -> (double) (short) in.number(2);
      case 4 -> (double) (in.integer() & 0xffffffffL);
      case 5 -> (double) in.integer();
      case 6 -> (double) Float.intBitsToFloat(in.integer());
      case 7 -> in.bytes(1)[0] != 0;
      case 10, 11 -> (double) in.longer();
      case 12 -> Double.longBitsToDouble(in.longer());
      default -> throw in.refuse("key " + key + " of type " + type, "types 0 to 12");
    };
  }

  private void list(String key, int depth) throws IOException {
    int type = in.integer();
    long count = in.longer();
    if (type < 0 || type >= WIDTHS.length || count < 0 || depth > 2) {
      throw in.refuse("key " + key + " with a list of type " + type, "lists of types 0 to 12");
    }
    if (WIDTHS[type] > 0) {
      if (count > size / WIDTHS[type]) {
        throw in.refuse("key " + key + " with " + count + " values", "fewer than the file's bytes");
      }
      in.skip(count * WIDTHS[type]);
      return;
    }
    for (long i = 0; i < count; i++) {
      if (type == STRING) {
        in.skip(in.longer());
      } else {
        list(key, depth + 1);
      }
    }
  }

  private static long aligned(long position, long alignment) {
    return (position + alignment - 1) / alignment * alignment;
  }
}
