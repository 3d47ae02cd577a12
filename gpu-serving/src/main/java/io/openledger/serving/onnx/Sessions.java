package io.openledger.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.ExternalFiles;
import io.openledger.serving.graph.GraphForm;
import io.openledger.serving.graph.GraphForm.Adapters;
import io.openledger.serving.graph.PackedWeights;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.quantize.QuantizedWeights;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The graphs of one model, of which a step takes the smallest that serves it: without adapters,
 * with one lane of them, or with all. The largest serves every step, but asks at each linear map
 * which lanes are used: on a small model that takes a quarter of a step of one row.
 *
 * <p>Weights that are packed in memory would be there once for each graph. So there are several
 * graphs only where packed weights are mapped from a file, or none are packed.
 */
final class Sessions implements AutoCloseable {

  private final Map<Adapters.Kind, OrtSession> sessions = new EnumMap<>(Adapters.Kind.class);

  private Sessions() {}

  /**
   * Loads a model.
   *
   * @param context of a row, in tokens
   * @param threads of one multiplication; 0: one per core
   * @param lanes of adapters
   */
  static Sessions open(
      OrtEnvironment environment,
      Checkpoint checkpoint,
      QuantizedWeights quantized,
      int context,
      int threads,
      int lanes)
      throws OrtException {
    PackedWeights packed = PackedCache.open(environment, checkpoint.config(), quantized);
    Sessions sessions = new Sessions();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(quantized.needsOneThread() ? 1 : threads);
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path",
          ExternalFiles.root(checkpoint, quantized, packed).toString());
      // A step has hundreds of short products: a thread that sleeps between two of them costs more
      // to wake than one that waits for it. Longer, or between two steps, it would take the cores
      // from the server's own work.
      options.addConfigEntry("session.intra_op.allow_spinning", "1");
      options.addConfigEntry("session.intra_op.spin_duration_us", "20");
      options.addConfigEntry("session.force_spinning_stop", "1");
      GraphForm form = GraphForm.of(context).with(quantized, packed);
      for (Adapters way : ways(quantized, packed, lanes)) {
        sessions.sessions.put(
            way.kind(),
            environment.createSession(DecoderGraph.build(checkpoint, form.with(way)), options));
      }
      return sessions;
    } catch (OrtException | RuntimeException | Error e) {
      sessions.close();
      throw e;
    }
  }

  private static List<Adapters> ways(QuantizedWeights quantized, PackedWeights packed, int lanes) {
    Adapters all = Adapters.staged(lanes);
    return quantized.maps().isEmpty() || packed.isEmpty()
        ? List.of(all)
        : List.of(Adapters.NONE, Adapters.PLAIN_LANE, all);
  }

  /** Whether there is a graph for steps of one kind alone. */
  boolean has(Adapters.Kind kind) {
    return sessions.containsKey(kind);
  }

  /** The graph of a kind. */
  OrtSession of(Adapters.Kind kind) {
    OrtSession session = sessions.get(kind);
    if (session == null) {
      throw new IllegalArgumentException("no graph of " + kind);
    }
    return session;
  }

  @Override
  public void close() throws OrtException {
    List<OrtSession> open = List.copyOf(sessions.values());
    sessions.clear();
    for (OrtSession session : open) {
      session.close();
    }
  }
}
