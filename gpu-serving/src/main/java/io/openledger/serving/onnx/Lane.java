package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.LinearModule;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One lane of staged adapters: for each linear map {@code [places, width, in]} and {@code [places,
 * width, out]} in direct memory, of which a step reads the first {@code n} places. A place keeps
 * what was copied into it, so that a step copies only where a row's adapter changed. Maps that no
 * adapter of the lane changes take no memory.
 */
final class Lane implements AutoCloseable {

  /** Above this, views are made anew: a bound, not a target. */
  private static final int MOST_VIEWS = 1 << 14;

  private final OrtEnvironment environment;
  private final List<LinearModule> modules;
  private final Zeros zeros;
  private final int lane;
  private final int width;
  private final int most;
  private final @Nullable AdapterWeights[] held;
  private final @Nullable FloatBuffer[] in;
  private final @Nullable FloatBuffer[] out;
  private final boolean[][] written;
  private final Map<List<Integer>, OnnxTensor> views = new HashMap<>();
  private int capacity;

  /** {@code [1, 1, width]} of zeros for each linear map: what no adapter changes. */
  interface Zeros {
    OnnxTensor of(int width) throws OrtException;
  }

  Lane(OrtEnvironment environment, List<LinearModule> modules, Zeros zeros, int lane, int places) {
    this.environment = environment;
    this.modules = modules;
    this.zeros = zeros;
    this.lane = lane;
    this.width = RankLanes.width(lane);
    this.most = places;
    this.held = new AdapterWeights[places];
    this.in = new FloatBuffer[modules.size()];
    this.out = new FloatBuffer[modules.size()];
    this.written = new boolean[places][modules.size()];
  }

  /** Where an adapter is staged; −1: nowhere. */
  int find(AdapterWeights weights) {
    for (int place = 0; place < held.length; place++) {
      if (held[place] == weights) {
        return place;
      }
    }
    return -1;
  }

  /** The first empty place from {@code first} on; where none is, {@code first} or the last. */
  int free(int first) {
    for (int place = first; place < held.length; place++) {
      if (held[place] == null) {
        return place;
      }
    }
    return Math.min(first, held.length - 1);
  }

  /** What is staged there. */
  @Nullable AdapterWeights held(int place) {
    return held[place];
  }

  /** Copies an adapter to a place. */
  void stage(int place, AdapterWeights weights) {
    held[place] = null;
    room(place + 1);
    for (LinearModule module : modules) {
      @Nullable Change change = weights.changes().get(module.index());
      if (change != null) {
        in[module.index()] = room(in[module.index()], module.in());
        out[module.index()] = room(out[module.index()], module.out());
        write(in[module.index()], place, change.in(), module.in());
        write(out[module.index()], place, change.out(), module.out());
        written[place][module.index()] = true;
      } else if (written[place][module.index()]) {
        write(in[module.index()], place, new float[0], module.in());
        write(out[module.index()], place, new float[0], module.out());
        written[place][module.index()] = false;
      }
    }
    held[place] = weights;
  }

  /** Forgets an adapter that is gone, so that its values can be collected. */
  void forget(AdapterWeights weights) {
    for (int place = 0; place < held.length; place++) {
      if (held[place] == weights) {
        held[place] = null;
      }
    }
  }

  private void write(@Nullable FloatBuffer buffer, int place, float[] values, int each) {
    if (buffer == null) {
      throw new IllegalStateException("no room in lane " + lane);
    }
    int size = width * each;
    buffer.put(place * size, values, 0, values.length);
    int rest = size - values.length;
    if (rest > 0) {
      buffer.put(place * size + values.length, new float[rest], 0, rest);
    }
  }

  /** Grows by doubling, for the maps that are used. */
  private void room(int places) {
    if (places <= capacity) {
      return;
    }
    int larger = Math.min(most, Math.max(places, 2 * capacity));
    closeViews();
    for (LinearModule module : modules) {
      in[module.index()] = grown(in[module.index()], larger, module.in());
      out[module.index()] = grown(out[module.index()], larger, module.out());
    }
    capacity = larger;
  }

  private @Nullable FloatBuffer grown(@Nullable FloatBuffer old, int places, int each) {
    if (old == null) {
      return null;
    }
    FloatBuffer larger = Tensors.floats((long) places * width * each);
    return larger.put(0, old, 0, old.capacity());
  }

  private FloatBuffer room(@Nullable FloatBuffer old, int each) {
    return old != null ? old : Tensors.floats((long) capacity * width * each);
  }

  /** Bytes of its buffers. */
  long bytes() {
    long elements = 0;
    for (int i = 0; i < in.length; i++) {
      @Nullable FloatBuffer a = in[i];
      @Nullable FloatBuffer b = out[i];
      elements += (a == null ? 0 : a.capacity()) + (b == null ? 0 : b.capacity());
    }
    return Float.BYTES * elements;
  }

  /**
   * Adds the inputs of a step that reads {@code count} places from {@code first} on.
   *
   * @param input the graph's lane that it is fed to
   */
  void feed(Map<String, ? super OnnxTensor> inputs, int input, int first, int count)
      throws OrtException {
    if (views.size() > MOST_VIEWS) {
      closeViews();
    }
    boolean[] used = new boolean[modules.size()];
    for (int place = first; place < first + count; place++) {
      for (int i = 0; i < used.length; i++) {
        used[i] |= written[place][i];
      }
    }
    for (LinearModule module : modules) {
      int index = module.index();
      inputs.put(
          DecoderGraph.laneIn(module, input),
          used[index] ? view(in[index], index, first, count, module.in()) : zeros.of(module.in()));
      inputs.put(
          DecoderGraph.laneOut(module, input),
          used[index]
              ? view(out[index], ~index, first, count, module.out())
              : zeros.of(module.out()));
    }
  }

  private OnnxTensor view(@Nullable FloatBuffer buffer, int what, int first, int count, int each)
      throws OrtException {
    List<Integer> key = List.of(what, first, count);
    OnnxTensor view = views.get(key);
    if (view == null) {
      if (buffer == null) {
        throw new IllegalStateException("nothing staged in lane " + lane);
      }
      int size = width * each;
      FloatBuffer slice = buffer.duplicate().position(first * size).limit((first + count) * size);
      view = Tensors.of(environment, slice, count, width, each);
      views.put(key, view);
    }
    return view;
  }

  private void closeViews() {
    new ArrayList<>(views.values()).forEach(OnnxTensor::close);
    views.clear();
  }

  @Override
  public void close() {
    closeViews();
    Arrays.fill(held, null);
  }
}
