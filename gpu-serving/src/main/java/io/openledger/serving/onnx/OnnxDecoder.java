package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final int USUAL_RANK = 64;
  private static final int LEAST = 64;
  private static final long LARGEST_BUFFER = Integer.MAX_VALUE - 64;

  private final OrtEnvironment environment;
  private final Sessions sessions;
  private final KvCache cache;
  private final StagedAdapters adapters;
  private final ModelConfig config;
  private final int rows;
  private final int context;
  private final long weightBytes;
  private FloatBuffer logits = Tensors.floats(0);
  private boolean closed;

  private OnnxDecoder(
      OrtEnvironment environment,
      Sessions sessions,
      KvCache cache,
      StagedAdapters adapters,
      Checkpoint checkpoint,
      QuantizedWeights quantized,
      int rows,
      int context) {
    this.environment = environment;
    this.sessions = sessions;
    this.cache = cache;
    this.adapters = adapters;
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
    return open(
        checkpoint, QuantizedWeights.NONE, new Sizes(rows, context, threads, USUAL_RANK, 0));
  }

  /**
   * How large a decoder is.
   *
   * @param rows of the cache
   * @param context of a row, in tokens; fewer where the cache has not room for one such row
   * @param threads of one multiplication; 0: one per core; quantiles always have one
   * @param maxRank the largest rank of an adapter; each doubling above 16 costs a lane, which a
   *     step with adapters looks at even when it is empty
   * @param cacheBytes the cache's at most; 0: what all rows in full length need
   */
  public record Sizes(int rows, int context, int threads, int maxRank, long cacheBytes) {}

  /**
   * Loads a model.
   *
   * @param quantized the maps that are not used as stored
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when the cache cannot be
   *     addressed, or has room for fewer than {@value #LEAST} tokens
   */
  public static OnnxDecoder open(Checkpoint checkpoint, QuantizedWeights quantized, Sizes sizes) {
    ModelConfig config = checkpoint.config();
    int rows = sizes.rows();
    long whole = (long) rows * sizes.context();
    long bytes = sizes.cacheBytes();
    long most = bytes == 0 ? whole : Math.min(whole, bytes / KvCache.tokenBytes(config));
    if (most < Math.min(LEAST, sizes.context())
        || KvCache.bufferBytes(config, most) > LARGEST_BUFFER) {
      throw noRoom(config, most);
    }
    int context = (int) Math.min(sizes.context(), most);
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "openledger");
    List<AutoCloseable> made = new ArrayList<>();
    try {
      Sessions sessions =
          Sessions.open(
              environment,
              checkpoint,
              quantized,
              context,
              sizes.threads(),
              RankLanes.count(sizes.maxRank()));
      made.add(sessions);
      KvCache cache = new KvCache(environment, config, rows, context, most);
      made.add(cache);
      StagedAdapters adapters =
          new StagedAdapters(environment, config.modules(), rows, sizes.maxRank());
      return new OnnxDecoder(
          environment, sessions, cache, adapters, checkpoint, quantized, rows, context);
    } catch (OrtException e) {
      closeAll(made);
      throw failed("the model cannot be loaded", e);
    } catch (RuntimeException | Error e) {
      // No direct memory for adapters, for instance: the weights must not stay.
      closeAll(made);
      throw e;
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
  public long cacheTokens() {
    return cache.most();
  }

  @Override
  public boolean fit(int count, int tokens, int[] lengths) {
    if (count < 1 || count > rows || tokens > context || lengths.length > count) {
      throw new IllegalArgumentException(count + " of " + rows + " rows of " + tokens + " tokens");
    }
    return cache.fit(count, tokens, lengths);
  }

  @Override
  public Optional<Block> block(int tokens) {
    return cache.block(tokens);
  }

  @Override
  public void save(int row, int from, Block block) {
    cache.save(row, from, (KvBlock) block);
  }

  @Override
  public void restore(Block block, int row, int from) {
    cache.restore((KvBlock) block, row, from);
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
          cache.view(row, 1, length),
          new Step(1, widened(tokens), new int[] {length - 1}, positions, new int[][] {ranks}),
          false);
    } catch (OrtException | OutOfMemoryError e) {
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
          cache.view(0, count, Arrays.stream(lengths).max().getAsInt() + 1),
          new Step(count, widened(tokens), lengths.clone(), new long[] {0}, ranks),
          true);
    } catch (OrtException | OutOfMemoryError e) {
      throw failed("a step over " + count + " sequences failed", e);
    }
  }

  /** What one run reads: {@code tokens[rows, tokens / rows]}, the other arrays by row. */
  private record Step(int rows, long[] tokens, int[] lengths, long[] positions, int[][] ranks) {

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

  private FloatBuffer run(Map<String, OnnxTensor> view, Step step, boolean decoding)
      throws OrtException {
    int vocabulary = config.vocabulary();
    int wanted = Math.multiplyExact(step.rows(), step.positions().length);
    FloatBuffer out = logits(wanted * (long) vocabulary);
    Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>(view);
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    view.forEach((name, tensor) -> outputs.put(DecoderGraph.present(name), tensor));
    StagedAdapters.Fed fed = adapters.feed(inputs, step.ranks(), decoding, sessions::has);
    try (OnnxTensor tokens =
            Tensors.of(
                environment, step.tokens(), step.rows(), step.tokens().length / step.rows());
        OnnxTensor places =
            Tensors.of(
                environment, step.places(), step.rows(), step.tokens().length / step.rows());
        OnnxTensor lengths = Tensors.of(environment, step.lengths(), step.rows());
        OnnxTensor longest = Tensors.of(environment, new int[] {step.longest()});
        OnnxTensor positions = Tensors.of(environment, step.positions(), step.positions().length);
        OnnxTensor result =
            Tensors.of(environment, out, step.rows(), step.positions().length, vocabulary)) {
      inputs.put(DecoderGraph.TOKENS, tokens);
      inputs.put(DecoderGraph.PLACES, places);
      inputs.put(DecoderGraph.LENGTHS, lengths);
      inputs.put(DecoderGraph.LONGEST, longest);
      inputs.put(DecoderGraph.POSITIONS, positions);
      outputs.put(DecoderGraph.LOGITS, result);
      sessions.of(fed.kind()).run(inputs, Set.of(), outputs).close();
    } finally {
      fed.own().forEach(OnnxTensor::close);
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

  /** Nothing to do: adapters take what they need when they are used. */
  @Override
  public void swap(int a, int lengthA, int b, int lengthB) {
    cache.swap(a, lengthA, b, lengthB);
  }

  @Override
  public void reserve(int ranks) {}

  @Override
  public void upload(AdapterWeights weights, int[] ranks) {
    adapters.upload(weights, ranks);
  }

  @Override
  public void replace(int[] former, AdapterWeights weights, int[] ranks) {
    adapters.replace(former, weights, ranks);
  }

  @Override
  public void release(int[] ranks) {
    adapters.release(ranks);
  }

  @Override
  public long adapterBytes() {
    return adapters.bytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeAll(List.of(sessions, cache, adapters));
    }
  }

  /** All of them, also when one of them fails. */
  private static void closeAll(List<? extends AutoCloseable> handles) {
    @Nullable Exception failure = null;
    for (AutoCloseable handle : handles) {
      try {
        handle.close();
      } catch (Exception e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failed("a native handle could not be released", failure);
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

  private static OpenLedgerException noRoom(ModelConfig config, long tokens) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        "a KV cache of " + tokens * KvCache.tokenBytes(config) + " bytes for " + tokens + " tokens",
        "at least " + LEAST + " tokens, and below 2 GiB for each layer's keys",
        "correct the KV cache's memory, or lower the largest batch or the largest context");
  }
}
