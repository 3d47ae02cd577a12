package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Binding;
import io.openledger.serving.capi.OrtFailure;
import io.openledger.serving.capi.Place;
import io.openledger.serving.capi.Session;
import io.openledger.serving.capi.SessionSettings;
import io.openledger.serving.capi.Tensor;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.ExternalFiles;
import io.openledger.serving.graph.GraphForm;
import io.openledger.serving.graph.PackedWeights;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A decoder on a device. Weights, KV cache and adapters stay there; tokens go up and logits come
 * down, once a step. It owns the device.
 *
 * <p>Each view of the cache (a row that reads a prompt, the first rows that decode) keeps a binding
 * of its own, which a step changes only where shapes changed or memory moved.
 *
 * <p>When the device is lost, the call that met it and every later one throw {@link
 * ErrorCode#DEVICE_LOST}; {@link #close} then releases what can be released, and a new decoder can
 * be opened.
 *
 * <p>Longer than the house's limit because it is the one place where the order of what is queued is
 * decided.
 */
final class DeviceDecoder implements Decoder {

  private static final int INT32 = 6;
  private static final int INT64 = 7;

  private final Device device;
  private final Api api;
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final int rows;
  private final int context;
  private final DType type;
  private final Budget budget;
  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private final Place place;
  private final Place host;
  private final Session session;
  private final DeviceCache cache;
  private final DeviceArena arena;
  private final DeviceBuffer feed;
  private final DeviceBuffer logits;
  private final ByteBuffer longest =
      ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
  private final Map<List<Integer>, View> views = new HashMap<>();
  private @Nullable OpenLedgerException lost;
  private boolean closed;

  /** A binding, and what it was last set to. */
  private static final class View {
    private final Binding binding;
    private Step.@Nullable Shape shape;
    private int arena = -1;
    private int feed = -1;
    private int logits = -1;

    View(Binding binding) {
      this.binding = binding;
    }
  }

  /**
   * What a decoder is to be.
   *
   * @param rows of the cache
   * @param context of a row, in tokens
   * @param threads of what the processor still does; 0: one per core
   * @param type weights, activations, cache and adapters have
   * @param memory of the device for all but the weights and the runtime's own work, in bytes
   */
  record Plan(int rows, int context, int threads, DType type, long memory) {}

  private DeviceDecoder(Device device, Api api, Checkpoint checkpoint, Plan plan) {
    this.device = device;
    this.api = api;
    this.checkpoint = checkpoint;
    this.config = checkpoint.config();
    this.rows = plan.rows();
    this.context = plan.context();
    this.type = plan.type();
    this.budget = new Budget(device, plan.memory());
    try {
      refuseCache(plan);
      this.place = own(device.place(api));
      this.host = own(api.cpu());
      // The cache first: when it does not fit, no weight has been read.
      this.cache = own(new DeviceCache(budget, config, type, rows, context));
      this.arena = own(new DeviceArena(device, budget, config.modules(), type));
      this.feed = own(new DeviceBuffer(device, budget));
      this.logits = own(new DeviceBuffer(device, budget));
      this.session = own(session(plan));
    } catch (RuntimeException e) {
      closed = true;
      suppressed(e);
      throw e;
    }
  }

  private void suppressed(RuntimeException failure) {
    try {
      release();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Loads a model onto a device, and takes the device over, also when this fails.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when it does not fit,
   *     {@link ErrorCode#DEVICE_LOST}
   */
  static DeviceDecoder open(Device device, Api api, Checkpoint checkpoint, Plan plan) {
    try {
      return new DeviceDecoder(device, api, checkpoint, plan);
    } catch (OrtFailure e) {
      throw DeviceLoss.fatal(e)
          ? DeviceLoss.lost("the model cannot be loaded: " + e.getMessage(), e)
          : failed("the model cannot be loaded", e);
    }
  }

  private void refuseCache(Plan plan) {
    if (cacheBytes() > plan.memory()) {
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          "a KV cache of " + cacheBytes() + " bytes (" + rows + " rows of " + context + " tokens)",
          "at most " + plan.memory() + " bytes beside the weights",
          "lower the largest batch or the largest context");
    }
  }

  private <T extends AutoCloseable> T own(T handle) {
    made.push(handle);
    return handle;
  }

  private Session session(Plan plan) {
    Map<String, String> entries = new HashMap<>();
    entries.put(
        "session.model_external_initializers_file_folder_path",
        ExternalFiles.root(checkpoint, QuantizedWeights.NONE, PackedWeights.NONE).toString());
    entries.put("session.intra_op.allow_spinning", "0");
    Optional<Map<String, String>> provider = device.provider(runtimes(plan));
    if (provider.isPresent()) {
      // An operator without a kernel would be computed by the processor, with copies to and fro.
      entries.put("session.disable_cpu_ep_fallback", "1");
    }
    return api.session(
        DecoderGraph.build(checkpoint, GraphForm.of(context).computing(type)),
        new SessionSettings(plan.threads(), entries, provider));
  }

  /** What is left for the runtime: what is free now, less what will still be allocated here. */
  private long runtimes(Plan plan) {
    return Math.max(0, device.capacity().free() - (plan.memory() - budget.used()));
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public int vocabulary() {
    return config.vocabulary();
  }

  @Override
  public long weightBytes() {
    return weightBytes(checkpoint, type);
  }

  /** Of the weights in the type that is computed in. */
  static long weightBytes(Checkpoint checkpoint, DType type) {
    return checkpoint.tensors().values().stream()
        .mapToLong(tensor -> tensor.elements() * type.bytes())
        .sum();
  }

  @Override
  public long cacheBytes() {
    return DeviceCache.bytes(config, type, rows, context);
  }

  /** What it computes in. */
  DType type() {
    return type;
  }

  @Override
  public long adapterBytes() {
    return arena.bytes();
  }

  /** Of the device's memory, all but the weights and the runtime's own work. */
  long usedBytes() {
    return budget.used();
  }

  /** How much {@link #usedBytes} may become. */
  long limitBytes() {
    return budget.limit();
  }

  @Override
  public FloatBuffer prefill(int row, int past, int[] tokens, long[] positions, int[] ranks) {
    int length = past + tokens.length;
    if (row < 0 || row >= rows || past < 0 || tokens.length == 0 || length > context) {
      throw new IllegalArgumentException(
          "row " + row + ", " + past + " + " + tokens.length + " of " + context + " tokens");
    }
    Step step = new Step(1, tokens, new int[] {length - 1}, positions, new int[][] {ranks});
    return guarded(
        "a prompt of " + tokens.length + " tokens could not be read", () -> run(row, step));
  }

  @Override
  public FloatBuffer decode(int[] tokens, int[] lengths, int[][] ranks) {
    int count = tokens.length;
    boolean full = false;
    for (int length : lengths) {
      full |= length >= context;
    }
    if (count == 0 || count > rows || full) {
      throw new IllegalArgumentException(count + " rows of " + rows + ", or a full one");
    }
    Step step = new Step(count, tokens, lengths, new long[] {0}, ranks);
    return guarded("a step over " + count + " sequences failed", () -> run(0, step));
  }

  private FloatBuffer run(int first, Step step) {
    Step.Shape shape = step.shape();
    long results =
        Math.multiplyExact(4L * shape.rows() * shape.positions(), (long) config.vocabulary());
    feed.reserve(shape.bytes());
    logits.reserve(results);
    View view = views.computeIfAbsent(List.of(first, step.rows()), key -> view(first, step.rows()));
    bind(view, shape);
    step.write(feed.pinned().bytes());
    longest.putInt(0, step.longest());
    Device.Queue queue = device.compute();
    queue.upload(feed.block(), 0, feed.pinned(), 0, shape.bytes());
    arena.await(step.ranks());
    queue.run(view.binding::run);
    if (results > 0) {
      queue.download(logits.pinned(), logits.block(), results);
    }
    queue.finish();
    return logits
        .pinned()
        .bytes()
        .duplicate()
        .order(ByteOrder.nativeOrder())
        .clear()
        .limit(Math.toIntExact(results))
        .asFloatBuffer()
        .asReadOnlyBuffer();
  }

  private View view(int first, int count) {
    Binding binding = own(session.bind());
    cache.bind(binding, place, first, count);
    try (Tensor tensor = host.tensor(Api.address(longest), Integer.BYTES, INT32)) {
      binding.input(DecoderGraph.LONGEST, tensor);
    }
    return new View(binding);
  }

  private void bind(View view, Step.Shape shape) {
    if (view.arena != arena.generation()) {
      arena.bind(view.binding, place);
      view.arena = arena.generation();
    }
    if (shape.equals(view.shape)
        && view.feed == feed.generation()
        && view.logits == logits.generation()) {
      return;
    }
    int b = shape.rows();
    input(view, DecoderGraph.TOKENS, 0, 8L * b * shape.tokens(), INT64, b, shape.tokens());
    input(
        view,
        DecoderGraph.PLACES,
        shape.places(),
        8L * b * shape.tokens(),
        INT64,
        b,
        shape.tokens());
    input(view, DecoderGraph.LENGTHS, shape.lengths(), 4L * b, INT32, b);
    input(
        view,
        DecoderGraph.POSITIONS,
        shape.wanted(),
        8L * shape.positions(),
        INT64,
        shape.positions());
    input(
        view,
        DecoderGraph.ADAPTER_RANKS,
        shape.ranks(),
        8L * b * shape.width(),
        INT64,
        b,
        shape.width());
    try (Tensor result =
        place.tensor(
            logits.block().address(),
            logits.block().bytes(),
            DType.F32.onnx(),
            b,
            shape.positions(),
            config.vocabulary())) {
      view.binding.output(DecoderGraph.LOGITS, result);
    }
    view.shape = shape;
    view.feed = feed.generation();
    view.logits = logits.generation();
  }

  private void input(View view, String name, long at, long bytes, int kind, long... dimensions) {
    try (Tensor tensor = place.tensor(feed.block().address() + at, bytes, kind, dimensions)) {
      view.binding.input(name, tensor);
    }
  }

  @Override
  public void move(int from, int to, int length) {
    guarded(
        "a row could not be moved",
        () -> {
          cache.move(device.compute(), from, to, length);
          return true;
        });
  }

  @Override
  public void swap(int a, int lengthA, int b, int lengthB) {
    guarded(
        "two rows could not be exchanged",
        () -> {
          cache.swap(device.compute(), a, lengthA, b, lengthB);
          return true;
        });
  }

  @Override
  public void reserve(int ranks) {
    guarded(
        "no memory for " + ranks + " adapter ranks",
        () -> {
          arena.reserve(ranks);
          return true;
        });
  }

  @Override
  public void upload(AdapterWeights weights, int[] ranks) {
    guarded(
        "an adapter could not be uploaded",
        () -> {
          arena.upload(weights, ranks);
          return true;
        });
  }

  /** Waits until every adapter that was uploaded is there. */
  void finishUploads() {
    guarded(
        "an adapter could not be uploaded",
        () -> {
          device.copies().finish();
          return true;
        });
  }

  private <T> T guarded(String what, Supplier<T> work) {
    if (closed) {
      throw new IllegalStateException("the decoder is closed");
    }
    if (lost != null) {
      throw DeviceLoss.lost("it was lost before", lost);
    }
    try {
      return work.get();
    } catch (OrtFailure e) {
      OpenLedgerException answer = answer(what, e);
      lost = DeviceLoss.isLoss(answer) ? answer : null;
      throw answer;
    } catch (OpenLedgerException e) {
      lost = DeviceLoss.isLoss(e) ? e : null;
      throw e;
    }
  }

  /** A failed run may be the first sign of a loss: a lost device does not finish its queue. */
  private OpenLedgerException answer(String what, OrtFailure failure) {
    if (DeviceLoss.fatal(failure)) {
      return DeviceLoss.lost(what + ": " + failure.getMessage(), failure);
    }
    try {
      device.compute().finish();
      return failed(what, failure);
    } catch (OpenLedgerException e) {
      return e;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }

  private void release() {
    @Nullable RuntimeException first = null;
    while (!made.isEmpty()) {
      first = released(made.pop(), first);
    }
    first = released(device, first);
    first = released(api, first);
    // What a lost device does not take back went with it.
    if (first != null && lost == null && !DeviceLoss.isLoss(first)) {
      throw first;
    }
  }

  private static @Nullable RuntimeException released(
      AutoCloseable handle, @Nullable RuntimeException first) {
    try {
      handle.close();
      return first;
    } catch (Exception e) {
      if (DeviceLoss.isLoss(e) && first == null) {
        return (RuntimeException) e;
      }
      return first == null ? failed("a native handle could not be released", e) : first;
    }
  }

  private static OpenLedgerException failed(String what, Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.INTERNAL,
        what + ": " + cause.getMessage(),
        "a run without a fault",
        "report it with the checkpoint's config.json",
        cause);
  }
}
