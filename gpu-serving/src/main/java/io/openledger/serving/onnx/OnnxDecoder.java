package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.ExternalFiles;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decoder on ONNX Runtime's CPU provider. The environment is the process's and is never closed;
 * session, cache and arena are this object's.
 *
 * <p>The weights are packed when they are loaded, and packed multiplication adds up each output in
 * an order that does not depend on how many rows there are: a row's logits are the same bits alone
 * and in any batch.
 */
public final class OnnxDecoder implements Decoder {

  private static final int BLOCK = 16;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final KvCache cache;
  private final AdapterArena arena;
  private final ModelConfig config;
  private final int rows;
  private final int context;
  private final long weightBytes;
  private FloatBuffer logits = Tensors.floats(0);
  private boolean closed;

  private OnnxDecoder(
      OrtEnvironment environment,
      OrtSession session,
      KvCache cache,
      AdapterArena arena,
      Checkpoint checkpoint,
      QuantizedWeights quantized,
      int rows,
      int context) {
    this.environment = environment;
    this.session = session;
    this.cache = cache;
    this.arena = arena;
    this.config = checkpoint.config();
    this.rows = rows;
    this.context = context;
    this.weightBytes = ResidentWeights.bytes(checkpoint, quantized);
  }

  /**
   * Loads a model.
   *
   * @param rows of the cache
   * @param context of a row, in tokens
   * @param threads of one multiplication; 0: one per core
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when the cache does not fit
   */
  public static OnnxDecoder open(Checkpoint checkpoint, int rows, int context, int threads) {
    return open(checkpoint, QuantizedWeights.NONE, rows, context, threads);
  }

  /**
   * Loads a model with quantised weights.
   *
   * @param quantized the maps that are not used as stored
   * @param rows of the cache
   * @param context of a row, in tokens
   * @param threads of one multiplication; 0: one per core; quantiles always have one
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when the cache does not fit
   */
  public static OnnxDecoder open(
      Checkpoint checkpoint, QuantizedWeights quantized, int rows, int context, int threads) {
    ModelConfig config = checkpoint.config();
    long buffer = KvCache.bufferBytes(config, rows, context);
    if (buffer > Integer.MAX_VALUE - 64) {
      throw noRoom(config, rows, context, null);
    }
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "openledger");
    List<AutoCloseable> made = new ArrayList<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(quantized.needsOneThread() ? 1 : threads);
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path",
          ExternalFiles.root(checkpoint, quantized).toString());
      // A step has hundreds of short products: a thread that sleeps between two of them costs more
      // to wake than one that waits for it. Longer, or between two steps, it would take the cores
      // from the server's own work.
      options.addConfigEntry("session.intra_op.allow_spinning", "1");
      options.addConfigEntry("session.intra_op.spin_duration_us", "20");
      options.addConfigEntry("session.force_spinning_stop", "1");
      OrtSession session =
          environment.createSession(DecoderGraph.build(checkpoint, quantized, context), options);
      made.add(session);
      KvCache cache = new KvCache(environment, config, rows, context);
      made.add(cache);
      AdapterArena arena = new AdapterArena(environment, config.modules());
      return new OnnxDecoder(
          environment, session, cache, arena, checkpoint, quantized, rows, context);
    } catch (OutOfMemoryError e) {
      closeAll(made);
      throw noRoom(config, rows, context, e);
    } catch (OrtException e) {
      closeAll(made);
      throw failed("the model cannot be loaded", e);
    }
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
    return weightBytes;
  }

  @Override
  public long cacheBytes() {
    return cache.bytes();
  }

  @Override
  public FloatBuffer prefill(int row, int past, int[] tokens, long[] positions, int[] ranks) {
    int length = past + tokens.length;
    if (row < 0 || row >= rows || past < 0 || tokens.length == 0 || length > context) {
      throw new IllegalArgumentException(
          "row " + row + ", " + past + " + " + tokens.length + " of " + context + " tokens");
    }
    try {
      return run(
          cache.view(row, 1),
          new Step(1, widened(tokens), new int[] {length - 1}, positions, new int[][] {ranks}));
    } catch (OrtException e) {
      throw failed("a prompt of " + tokens.length + " tokens could not be read", e);
    }
  }

  @Override
  public FloatBuffer decode(int[] tokens, int[] lengths, int[][] ranks) {
    int count = tokens.length;
    if (count == 0 || count > rows || Arrays.stream(lengths).anyMatch(l -> l >= context)) {
      throw new IllegalArgumentException(count + " rows of " + rows + ", or a full one");
    }
    try {
      return run(
          cache.view(0, count),
          new Step(count, widened(tokens), lengths.clone(), new long[] {0}, ranks));
    } catch (OrtException e) {
      throw failed("a step over " + count + " sequences failed", e);
    }
  }

  /** What one run reads: {@code tokens[rows, tokens / rows]}, the other arrays by row. */
  private record Step(int rows, long[] tokens, int[] lengths, long[] positions, int[][] ranks) {

    /** {@code [rows, width]}; shorter ones are filled up with the row of zeros. */
    long[] table(int width) {
      long[] table = new long[rows * width];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < ranks[row].length; i++) {
          table[row * width + i] = ranks[row][i];
        }
      }
      return table;
    }

    /**
     * In whole blocks: a product over ranks is added up block by block, so that blocks of zeros
     * change no bit, whereas a shorter last block would be added up in another order.
     */
    int width() {
      int most = Arrays.stream(ranks).mapToInt(each -> each.length).max().orElse(0);
      return (most + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** The place of each token: the last of a row is at its length, less one. */
    long[] places() {
      int each = tokens.length / rows;
      long[] places = new long[tokens.length];
      for (int i = 0; i < places.length; i++) {
        places[i] = lengths[i / each] - (each - 1) + i % each;
      }
      return places;
    }

    int longest() {
      return Arrays.stream(lengths).max().orElse(0) + 1;
    }
  }

  private FloatBuffer run(Map<String, OnnxTensor> view, Step step) throws OrtException {
    int vocabulary = config.vocabulary();
    int wanted = Math.multiplyExact(step.rows(), step.positions().length);
    FloatBuffer out = logits(wanted * (long) vocabulary);
    Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>(view);
    inputs.putAll(arena.tensors());
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    view.forEach((name, tensor) -> outputs.put(DecoderGraph.present(name), tensor));
    int width = step.width();
    try (OnnxTensor tokens =
            Tensors.of(
                environment, step.tokens(), step.rows(), step.tokens().length / step.rows());
        OnnxTensor places =
            Tensors.of(
                environment, step.places(), step.rows(), step.tokens().length / step.rows());
        OnnxTensor lengths = Tensors.of(environment, step.lengths(), step.rows());
        OnnxTensor longest = Tensors.of(environment, new int[] {step.longest()});
        OnnxTensor positions = Tensors.of(environment, step.positions(), step.positions().length);
        OnnxTensor ranks = Tensors.of(environment, step.table(width), step.rows(), width);
        OnnxTensor result =
            Tensors.of(environment, out, step.rows(), step.positions().length, vocabulary)) {
      inputs.put(DecoderGraph.TOKENS, tokens);
      inputs.put(DecoderGraph.PLACES, places);
      inputs.put(DecoderGraph.LENGTHS, lengths);
      inputs.put(DecoderGraph.LONGEST, longest);
      inputs.put(DecoderGraph.POSITIONS, positions);
      inputs.put(DecoderGraph.ADAPTER_RANKS, ranks);
      outputs.put(DecoderGraph.LOGITS, result);
      session.run(inputs, Set.of(), outputs).close();
    }
    return out.asReadOnlyBuffer();
  }

  private FloatBuffer logits(long elements) {
    if (logits.capacity() < elements) {
      logits = Tensors.floats(elements);
    }
    return logits.duplicate().limit((int) elements);
  }

  private static long[] widened(int[] tokens) {
    return Arrays.stream(tokens).asLongStream().toArray();
  }

  @Override
  public void move(int from, int to, int length) {
    cache.move(from, to, length);
  }

  @Override
  public void reserve(int ranks) {
    try {
      arena.reserve(ranks);
    } catch (OrtException | OutOfMemoryError e) {
      throw failed("no memory for " + ranks + " adapter ranks", e);
    }
  }

  @Override
  public void upload(AdapterWeights weights, int[] ranks) {
    arena.upload(weights, ranks);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeAll(List.of(session, cache, arena));
    }
  }

  private static void closeAll(List<? extends AutoCloseable> handles) {
    for (AutoCloseable handle : handles) {
      try {
        handle.close();
      } catch (Exception e) {
        throw failed("a native handle could not be released", e);
      }
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

  private static OpenLedgerException noRoom(
      ModelConfig config, int rows, int context, @Nullable Throwable e) {
    long bytes = 2 * config.layers() * KvCache.bufferBytes(config, rows, context);
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        "a KV cache of " + bytes + " bytes (" + rows + " rows of " + context + " tokens)",
        "what fits the direct memory (-XX:MaxDirectMemorySize), below 2 GiB for each layer's keys",
        "lower the largest batch or the largest context, or give the server more direct memory",
        e);
  }
}
