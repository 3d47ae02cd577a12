package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.ModelConfig;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache: for each layer keys and values {@code [rows, kvHeads, length, headDim]} in direct
 * memory. A run reads and writes it in place, because the same tensor is its input and its pinned
 * output.
 *
 * <p>How many rows of which length the memory is cut into changes with {@link #fit}; what is used
 * is moved within it, and more is taken only when both do not fit: at least twice as much as
 * before, at most the limit. Former memory is given back by the garbage collector, so that for a
 * while up to one and a half times the limit can be resident. The bits of a result depend neither
 * on a row's length in memory nor on what lies behind its tokens.
 *
 * <p>Tensors are views: over one row (prefill) or over the first rows (decoding). They are made
 * when first needed and live until the next cut or {@link #close}.
 *
 * <p>It is longer than most classes because all here depends on the one layout.
 */
final class KvCache implements AutoCloseable {

  private final OrtEnvironment environment;
  private final ModelConfig config;
  private final int rows;
  private final int context;
  private final long most;
  private final Map<String, FloatBuffer> buffers = new LinkedHashMap<>();
  private final Map<List<Integer>, Map<String, OnnxTensor>> views = new HashMap<>();
  // Tokens that all rows together have memory for, and that one has.
  private long room;
  private int length;

  /**
   * @param rows and {@code context}: what is laid out when nothing else was asked for
   * @param most tokens of all rows together
   */
  KvCache(OrtEnvironment environment, ModelConfig config, int rows, int context, long most) {
    this.environment = environment;
    this.config = config;
    this.rows = rows;
    this.context = context;
    this.most = most;
  }

  /** Bytes of one layer's keys, which must be addressable as one buffer. */
  static long bufferBytes(ModelConfig config, long tokens) {
    return Math.multiplyExact(tokens, (long) config.kvWidth() * Float.BYTES);
  }

  /** Bytes of one token's keys and values in all layers. */
  static long tokenBytes(ModelConfig config) {
    return 2L * config.layers() * bufferBytes(config, 1);
  }

  /** Bytes of the whole cache, as it is now. */
  long bytes() {
    return room * tokenBytes(config);
  }

  /** Tokens of all rows together, at most. */
  long most() {
    return most;
  }

  /**
   * Cuts the memory into so many rows of at least so many tokens.
   *
   * @param lengths tokens that the first rows hold, which are kept
   * @return false when there is no memory; nothing has changed then
   */
  boolean fit(int count, int tokens, int[] lengths) {
    if (tokens <= length && (long) count * length <= room) {
      return true;
    }
    long wanted = (long) count * tokens;
    if (wanted > most) {
      throw new IllegalArgumentException(wanted + " of " + most + " tokens");
    }
    Map<String, FloatBuffer> larger = new LinkedHashMap<>();
    if (wanted > room) {
      // Nearly all at once, rather than twice in a row.
      long next = 2 * wanted > most ? most : Math.max(wanted, 2 * room);
      if (!allocate(larger, next) && !allocate(larger, wanted)) {
        return false;
      }
    }
    closeViews();
    if (larger.isEmpty()) {
      buffers.values().forEach(buffer -> recut(buffer, buffer, tokens, lengths));
    } else {
      for (Map.Entry<String, FloatBuffer> target : larger.entrySet()) {
        @Nullable FloatBuffer old = buffers.get(target.getKey());
        if (old != null) {
          recut(old, target.getValue(), tokens, lengths);
        }
      }
      buffers.putAll(larger);
      room = larger.values().iterator().next().capacity() / config.kvWidth();
    }
    length = tokens;
    return true;
  }

  private boolean allocate(Map<String, FloatBuffer> into, long tokens) {
    try {
      for (int layer = 0; layer < config.layers(); layer++) {
        into.put(DecoderGraph.key(layer), Tensors.floats(tokens * config.kvWidth()));
        into.put(DecoderGraph.value(layer), Tensors.floats(tokens * config.kvWidth()));
      }
      return true;
    } catch (OutOfMemoryError e) {
      into.clear();
      return false;
    }
  }

  /**
   * Where old and new are the same memory, segments that move up are moved from the last on, and
   * those that move down from the first on: none is overwritten before it was moved.
   */
  private void recut(FloatBuffer old, FloatBuffer target, int tokens, int[] lengths) {
    int segments = lengths.length * config.kvHeads();
    for (int i = 0; i < segments; i++) {
      int segment = tokens > length ? segments - 1 - i : i;
      int used = lengths[segment / config.kvHeads()] * config.headDim();
      int from = segment * length * config.headDim();
      target.put(segment * tokens * config.headDim(), old, from, used);
    }
  }

  /**
   * Tensors over {@code count} rows from {@code first} on, by the graph's input names.
   *
   * @param tokens of the longest of them
   */
  Map<String, OnnxTensor> view(int first, int count, int tokens) throws OrtException {
    if (length == 0 && !fit(rows, (int) Math.min(context, most / rows), new int[0])) {
      throw new OutOfMemoryError("no direct memory for a KV cache of " + most + " tokens");
    }
    if ((first + count) * (long) length > room || tokens > length) {
      throw new IllegalArgumentException(
          "no memory for " + tokens + " tokens in row " + (first + count - 1));
    }
    List<Integer> key = List.of(first, count);
    Map<String, OnnxTensor> view = views.get(key);
    if (view == null) {
      view = new LinkedHashMap<>();
      // Registered before it is filled: what exists is closed even when a later tensor fails.
      views.put(key, view);
      int from = first * row();
      int to = (first + count) * row();
      for (Map.Entry<String, FloatBuffer> buffer : buffers.entrySet()) {
        FloatBuffer slice = buffer.getValue().duplicate().position(from).limit(to);
        view.put(
            buffer.getKey(),
            Tensors.of(environment, slice, count, config.kvHeads(), length, config.headDim()));
      }
    }
    return view;
  }

  /** Elements of a row in one buffer; within an int, because a buffer is. */
  private int row() {
    return config.kvWidth() * length;
  }

  /** Where a token of a head of a row begins. */
  private int at(int row, int head, int token) {
    return (row * config.kvHeads() + head) * length * config.headDim() + token * config.headDim();
  }

  /** Copies the first tokens of a row over another row. */
  void move(int from, int to, int tokens) {
    for (FloatBuffer buffer : buffers.values()) {
      for (int head = 0; head < config.kvHeads(); head++) {
        buffer.put(at(to, head, 0), buffer, at(from, head, 0), tokens * config.headDim());
      }
    }
  }

  /** Exchanges the first tokens of two rows. */
  void swap(int a, int lengthA, int b, int lengthB) {
    float[] kept = new float[lengthA * config.headDim()];
    for (FloatBuffer buffer : buffers.values()) {
      for (int head = 0; head < config.kvHeads(); head++) {
        buffer.get(at(a, head, 0), kept);
        buffer.put(at(a, head, 0), buffer, at(b, head, 0), lengthB * config.headDim());
        buffer.put(at(b, head, 0), kept);
      }
    }
  }

  /** Memory for so many tokens apart from the rows; empty: there is none. */
  Optional<Decoder.Block> block(int tokens) {
    try {
      long elements = tokens * tokenBytes(config) / Float.BYTES;
      return Optional.of(new KvBlock(Tensors.floats(elements), tokens));
    } catch (OutOfMemoryError e) {
      return Optional.empty();
    }
  }

  void save(int row, int from, KvBlock block) {
    int each = block.tokens() * config.headDim();
    int at = 0;
    for (FloatBuffer buffer : buffers.values()) {
      for (int head = 0; head < config.kvHeads(); head++, at += each) {
        block.data().put(at, buffer, at(row, head, from), each);
      }
    }
  }

  void restore(KvBlock block, int row, int from) {
    int each = block.tokens() * config.headDim();
    int at = 0;
    for (FloatBuffer buffer : buffers.values()) {
      for (int head = 0; head < config.kvHeads(); head++, at += each) {
        buffer.put(at(row, head, from), block.data(), at, each);
      }
    }
  }

  private void closeViews() {
    List<OnnxTensor> all = new ArrayList<>();
    views.values().forEach(view -> all.addAll(view.values()));
    views.clear();
    all.forEach(OnnxTensor::close);
  }

  @Override
  public void close() {
    closeViews();
  }
}
