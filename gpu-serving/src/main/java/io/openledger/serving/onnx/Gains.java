package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.LinearModule;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gains of a step's rows (DoRA's magnitudes, Liu et al. 2024), {@code [rows, 1, out]} for each
 * linear map: tables that stay from step to step, in which only the rows whose adapter changed are
 * written. Maps on which no row has a gain are fed one number, and take no memory.
 */
final class Gains implements AutoCloseable {

  /** What a row holds whose adapter is gone: to be written whatever comes. */
  private static final AdapterWeights STALE = new AdapterWeights(Map.of());

  private static final float[] NONE = new float[0];

  private final OrtEnvironment environment;
  private final List<LinearModule> modules;
  private final int most;
  private final OnnxTensor one;
  private final Map<Integer, Table> tables = new HashMap<>();

  private static final class Table {
    final FloatBuffer values;
    final @Nullable AdapterWeights[] held;
    final @Nullable OnnxTensor[] views;

    Table(int rows, int width) {
      float[] ones = new float[rows * width];
      Arrays.fill(ones, 1);
      this.values = Tensors.floats(ones.length).put(0, ones, 0, ones.length);
      this.held = new AdapterWeights[rows];
      this.views = new OnnxTensor[rows + 1];
    }

    void close() {
      for (@Nullable OnnxTensor view : views) {
        if (view != null) {
          view.close();
        }
      }
    }
  }

  /**
   * @param most rows of a step
   * @param one {@code [1, 1, 1]}, the number one; not closed here
   */
  Gains(OrtEnvironment environment, List<LinearModule> modules, int most, OnnxTensor one) {
    this.environment = environment;
    this.modules = modules;
    this.most = most;
    this.one = one;
  }

  /**
   * Adds a step's inputs.
   *
   * @param rows what each runs on; null: the base model
   */
  void feed(Map<String, ? super OnnxTensor> inputs, @Nullable AdapterWeights[] rows)
      throws OrtException {
    boolean any = Arrays.stream(rows).anyMatch(each -> each != null && each.gains());
    for (LinearModule module : modules) {
      OnnxTensor tensor = one;
      if (any && Arrays.stream(rows).anyMatch(each -> gain(each, module).length > 0)) {
        tensor = written(table(module, rows.length), module, rows);
      }
      inputs.put(DecoderGraph.adapterScale(module), tensor);
    }
  }

  private static float[] gain(@Nullable AdapterWeights weights, LinearModule module) {
    @Nullable Change change = weights == null ? null : weights.changes().get(module.index());
    return change == null ? NONE : change.gain();
  }

  /** Grows by doubling. */
  private Table table(LinearModule module, int rows) {
    @Nullable Table old = tables.get(module.index());
    if (old != null && old.held.length >= rows) {
      return old;
    }
    int capacity = old == null ? 0 : old.held.length;
    // Made first: when there is no memory, the old one stays.
    Table larger = new Table(Math.min(most, Math.max(rows, 2 * capacity)), module.out());
    tables.put(module.index(), larger);
    if (old != null) {
      old.close();
    }
    return larger;
  }

  private OnnxTensor written(Table table, LinearModule module, @Nullable AdapterWeights[] rows)
      throws OrtException {
    int width = module.out();
    for (int row = 0; row < rows.length; row++) {
      float[] gain = gain(rows[row], module);
      @Nullable AdapterWeights wanted = gain.length == 0 ? null : rows[row];
      if (table.held[row] != wanted) {
        for (int i = 0; i < width; i++) {
          table.values.put(row * width + i, gain.length == 0 ? 1 : gain[i]);
        }
        table.held[row] = wanted;
      }
    }
    @Nullable OnnxTensor view = table.views[rows.length];
    if (view == null) {
      FloatBuffer first = table.values.duplicate().limit(rows.length * width);
      view = Tensors.of(environment, first, rows.length, 1, width);
      table.views[rows.length] = view;
    }
    return view;
  }

  /** Forgets an adapter that is gone, so that its values can be collected. */
  void forget(AdapterWeights weights) {
    for (Table table : tables.values()) {
      for (int row = 0; row < table.held.length; row++) {
        if (table.held[row] == weights) {
          table.held[row] = STALE;
        }
      }
    }
  }

  /** Bytes of its tables. */
  long bytes() {
    return tables.values().stream().mapToLong(t -> (long) t.values.capacity() * Float.BYTES).sum();
  }

  @Override
  public void close() {
    tables.values().forEach(Table::close);
    tables.clear();
  }
}
