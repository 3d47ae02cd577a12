package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.LinearModule;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where resident adapters lie: for each linear map {@code [ranks, in]} and {@code [ranks, out]} in
 * direct memory, grown by doubling. Row 0 is all zeros for ever.
 */
final class AdapterArena implements AutoCloseable {

  private final OrtEnvironment environment;
  private final List<LinearModule> modules;
  private final Map<String, FloatBuffer> buffers = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private int capacity;

  AdapterArena(OrtEnvironment environment, List<LinearModule> modules) throws OrtException {
    this.environment = environment;
    this.modules = modules;
    grow(1);
  }

  /** Makes room for so many ranks beside row 0. */
  void reserve(int ranks) throws OrtException {
    if (ranks + 1 > capacity) {
      grow(Math.max(ranks + 1, Math.min(2 * capacity, capacity + 4096)));
    }
  }

  private void grow(int rows) throws OrtException {
    for (LinearModule module : modules) {
      grow(DecoderGraph.adapterIn(module), rows, module.in());
      grow(DecoderGraph.adapterOut(module), rows, module.out());
    }
    capacity = rows;
  }

  private void grow(String name, int rows, int width) throws OrtException {
    FloatBuffer larger = Tensors.floats((long) rows * width);
    @Nullable FloatBuffer old = buffers.get(name);
    if (old != null) {
      larger.put(0, old, 0, old.capacity());
    }
    @Nullable OnnxTensor replaced = tensors.put(name, Tensors.of(environment, larger, rows, width));
    buffers.put(name, larger);
    if (replaced != null) {
      replaced.close();
    }
  }

  void upload(AdapterWeights weights, int[] ranks) {
    for (LinearModule module : modules) {
      @Nullable Change change = weights.changes().get(module.index());
      float[] none = new float[0];
      int rank = change == null ? 0 : change.rank();
      float[] in = change == null ? none : change.in();
      float[] out = change == null ? none : change.out();
      write(DecoderGraph.adapterIn(module), in, rank, module.in(), ranks);
      write(DecoderGraph.adapterOut(module), out, rank, module.out(), ranks);
    }
  }

  private void write(String name, float[] matrix, int rank, int width, int[] ranks) {
    FloatBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalStateException("no arena for " + name);
    }
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] < 1 || ranks[i] >= capacity) {
        throw new IllegalArgumentException("rank " + ranks[i] + " of " + capacity);
      }
      buffer.put(ranks[i] * width, AdapterWeights.row(matrix, i, rank, width));
    }
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
