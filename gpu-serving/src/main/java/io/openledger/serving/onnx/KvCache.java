package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.ModelConfig;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The KV cache: for each layer keys and values {@code [rows, kvHeads, context, headDim]} in direct
 * memory. A run reads and writes it in place, because the same tensor is its input and its pinned
 * output.
 *
 * <p>Tensors are views: over one row (prefill) or over the first rows (decoding). They are made
 * when first needed and live until {@link #close}.
 */
final class KvCache implements AutoCloseable {

  private final OrtEnvironment environment;
  private final ModelConfig config;
  private final int rows;
  private final int context;
  private final Map<String, FloatBuffer> buffers = new LinkedHashMap<>();
  private final Map<List<Integer>, Map<String, OnnxTensor>> views = new HashMap<>();

  KvCache(OrtEnvironment environment, ModelConfig config, int rows, int context) {
    this.environment = environment;
    this.config = config;
    this.rows = rows;
    this.context = context;
    for (int layer = 0; layer < config.layers(); layer++) {
      buffers.put(DecoderGraph.key(layer), Tensors.floats(rows * row()));
      buffers.put(DecoderGraph.value(layer), Tensors.floats(rows * row()));
    }
  }

  /** Bytes of one layer's keys, which must be addressable as one buffer. */
  static long bufferBytes(ModelConfig config, int rows, int context) {
    return (long) rows * config.kvWidth() * context * Float.BYTES;
  }

  /** Bytes of the whole cache. */
  long bytes() {
    return 2 * config.layers() * bufferBytes(config, rows, context);
  }

  private long row() {
    return (long) config.kvWidth() * context;
  }

  /** Tensors over {@code count} rows from {@code first} on, by the graph's input names. */
  Map<String, OnnxTensor> view(int first, int count) throws OrtException {
    List<Integer> key = List.of(first, count);
    Map<String, OnnxTensor> view = views.get(key);
    if (view == null) {
      view = new LinkedHashMap<>();
      // Registered before it is filled: what exists is closed even when a later tensor fails.
      views.put(key, view);
      int from = Math.toIntExact(first * row());
      int to = Math.toIntExact((first + count) * row());
      for (Map.Entry<String, FloatBuffer> buffer : buffers.entrySet()) {
        FloatBuffer slice = buffer.getValue().duplicate().position(from).limit(to);
        view.put(
            buffer.getKey(),
            Tensors.of(environment, slice, count, config.kvHeads(), context, config.headDim()));
      }
    }
    return view;
  }

  /** Copies the first tokens of a row over another row. */
  void move(int from, int to, int length) {
    int head = context * config.headDim();
    int used = length * config.headDim();
    for (FloatBuffer buffer : buffers.values()) {
      for (int h = 0; h < config.kvHeads(); h++) {
        int source = Math.toIntExact(from * row()) + h * head;
        int target = Math.toIntExact(to * row()) + h * head;
        buffer.put(target, buffer, source, used);
      }
    }
  }

  @Override
  public void close() {
    List<OnnxTensor> all = new ArrayList<>();
    views.values().forEach(view -> all.addAll(view.values()));
    views.clear();
    all.forEach(OnnxTensor::close);
  }
}
