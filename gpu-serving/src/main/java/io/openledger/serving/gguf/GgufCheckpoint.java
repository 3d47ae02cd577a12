package io.openledger.serving.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.Digests;
import io.openledger.serving.model.FileBytes;
import io.openledger.serving.model.ModelConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Unpacks a GGUF file into a Hugging Face folder, once for each content: blocks become 32 bits,
 * exactly, other types stay as they are. Adapters, weight formats and everything else then work as
 * for any checkpoint.
 *
 * <p>Costs a reading of the file each time for its digest, and once the unpacked size on disk: four
 * bytes for each weight that is stored in blocks. The tokenizer within the file is not read: {@code
 * tokenizer.json} must lie beside it.
 */
public final class GgufCheckpoint {

  private static final System.Logger LOG = System.getLogger(GgufCheckpoint.class.getName());
  private static final String TOKENIZER = "tokenizer.json";
  private static final List<String> BESIDE =
      List.of(TOKENIZER, "tokenizer_config.json", "chat_template.jinja", "generation_config.json");

  private static final int BUFFER = 1 << 20;
  private static final String UNFINISHED = "gguf-unpacking";

  /** What nobody has written to for so long has no writer any more. */
  private static final long ABANDONED_MILLIS = 24 * 3600 * 1000L;

  private final Path file;
  private final GgufReader.Header header;
  private final GgufLayout layout;

  private GgufCheckpoint(Path file) {
    this.file = file;
    this.header = GgufReader.read(file);
    this.layout = new GgufLayout(header);
  }

  /** Whether a path leads to such a file rather than to a folder. */
  public static boolean is(Path path) {
    return Files.isRegularFile(path) && String.valueOf(path.getFileName()).endsWith(".gguf");
  }

  /**
   * @param cache where the folder is made, or found from an earlier time
   * @return the folder
   * @throws OpenLedgerException {@link ErrorCode#CHECKPOINT_MISSING}, {@link
   *     ErrorCode#CHECKPOINT_BROKEN}, {@link ErrorCode#MODEL_UNSUPPORTED} before anything is
   *     written, {@link ErrorCode#STORAGE_UNAVAILABLE}
   */
  public static Path unpack(Path file, Path cache) {
    if (!Files.isRegularFile(file.resolveSibling(TOKENIZER))) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_MISSING,
          "no " + TOKENIZER + " beside " + file.getFileName(),
          "the model's " + TOKENIZER + " in the same folder",
          "fetch it from the model that the file was made of");
    }
    GgufCheckpoint checkpoint = new GgufCheckpoint(file);
    List<Path> sources = new ArrayList<>(List.of(file));
    BESIDE.stream().map(file::resolveSibling).filter(Files::exists).forEach(sources::add);
    String name = "gguf-" + Digests.of(sources, Broken.CHECKPOINT).hex().replace("0x", "");
    Path folder = cache.resolve(name);
    if (Files.exists(folder.resolve("config.json"))) {
      return folder;
    }
    try {
      checkpoint.write(Files.createDirectories(cache), folder, sources);
      return folder;
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          file.getFileName() + " cannot be unpacked below " + cache + ": " + e.getMessage(),
          "a readable file, and room for its weights",
          "make room or choose another cache",
          e);
    }
  }

  /** Into a folder of its own first, so that what has the name is whole. */
  private void write(Path cache, Path folder, List<Path> sources) throws IOException {
    JsonObject config = layout.config();
    Map<String, GgufTensor> tensors = layout.tensors();
    Path made = Files.createTempDirectory(cache, UNFINISHED);
    try {
      clean(cache, made);
      try (FileChannel from = FileChannel.open(file)) {
        if (header.tensors().containsKey(RopeFactors.TENSOR)) {
          GgufTensor divisors = layout.needed(RopeFactors.TENSOR);
          if (divisors.shape().size() != 1 || divisors.width() != layout.headDim() / 2) {
            throw Broken.CHECKPOINT.because(
                RopeFactors.TENSOR + divisors.shape(), "[" + layout.headDim() / 2 + "]");
          }
          RopeFactors.describe(
              values(from, divisors, 0), layout.theta(), config.getAsJsonObject("rope_parameters"));
        }
        Files.writeString(made.resolve("config.json"), config.toString());
        refuseOthers(Checkpoint.config(made), tensors);
        weights(from, tensors, made.resolve("model.safetensors"));
      }
      for (Path source : sources.subList(1, sources.size())) {
        Files.copy(source, made.resolve(source.getFileName()));
      }
      moved(made, folder);
    } finally {
      delete(made);
    }
  }

  /** Before weights are written. */
  private static void refuseOthers(ModelConfig config, Map<String, GgufTensor> tensors) {
    config
        .tensors()
        .forEach(
            (name, shape) -> {
              GgufTensor tensor = tensors.get(name);
              if (tensor == null || !tensor.shape().equals(shape)) {
                throw Broken.CHECKPOINT.because(
                    tensor == null
                        ? "a GGUF file without a tensor for " + name
                        : "tensor " + tensor.name() + " has shape " + tensor.shape(),
                    name + shape);
              }
            });
  }

  /** Another engine may have made it meanwhile: then that one is as good. */
  private static void moved(Path made, Path folder) throws IOException {
    try {
      Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (FileSystemException e) {
      if (!Files.exists(folder.resolve("config.json"))) {
        throw e;
      }
    }
  }

  /** What a process that was killed left unfinished, as large as a model. */
  private static void clean(Path cache, Path made) {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(cache, UNFINISHED + "*")) {
      long now = Files.getLastModifiedTime(made).toMillis();
      for (Path other : others) {
        if (now - written(other) > ABANDONED_MILLIS) {
          delete(other);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.DEBUG, "unfinished folders stay in " + cache, e);
    }
  }

  /** When a folder, or a file in it, was written to last. */
  private static long written(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      long last = 0;
      for (Path each : all.toList()) {
        last = Math.max(last, Files.getLastModifiedTime(each).toMillis());
      }
      return last;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void weights(FileChannel from, Map<String, GgufTensor> tensors, Path into)
      throws IOException {
    byte[] head = head(tensors);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(into), BUFFER)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(head.length).array());
      out.write(head);
      for (Map.Entry<String, GgufTensor> entry : tensors.entrySet()) {
        GgufTensor tensor = entry.getValue();
        for (long row = 0; row < tensor.rows(); row++) {
          long source = layout.row(entry.getKey(), row);
          if (source >= tensor.rows()) {
            throw Broken.CHECKPOINT.because(
                "tensor " + tensor.name() + " of " + tensor.rows() + " rows", "whole heads");
          }
          out.write(tensor.type().plain() ? row(from, tensor, source) : wide(from, tensor, source));
        }
      }
    }
  }

  private static byte[] head(Map<String, GgufTensor> tensors) {
    JsonObject head = new JsonObject();
    long offset = 0;
    for (Map.Entry<String, GgufTensor> entry : tensors.entrySet()) {
      GgufTensor tensor = entry.getValue();
      long bytes =
          tensor.type().plain()
              ? tensor.bytes()
              : Math.multiplyExact(tensor.rows(), tensor.width() * Float.BYTES);
      JsonObject one = new JsonObject();
      one.addProperty("dtype", tensor.type().plain() ? tensor.type().name() : "F32");
      JsonArray shape = new JsonArray();
      tensor.shape().forEach(shape::add);
      one.add("shape", shape);
      JsonArray offsets = new JsonArray();
      offsets.add(offset);
      offset = Math.addExact(offset, bytes);
      offsets.add(offset);
      one.add("data_offsets", offsets);
      head.add(entry.getKey(), one);
    }
    return head.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] wide(FileChannel from, GgufTensor tensor, long row) throws IOException {
    float[] values = values(from, tensor, row);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static float[] values(FileChannel from, GgufTensor tensor, long row) throws IOException {
    float[] values = new float[Math.toIntExact(tensor.width())];
    tensor
        .type()
        .read(ByteBuffer.wrap(row(from, tensor, row)).order(ByteOrder.LITTLE_ENDIAN), values);
    return values;
  }

  private static byte[] row(FileChannel from, GgufTensor tensor, long row) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.rowBytes()));
    long at = tensor.offset() + row * tensor.rowBytes();
    FileBytes.fill(from, bytes, at);
    return bytes.array();
  }
}
