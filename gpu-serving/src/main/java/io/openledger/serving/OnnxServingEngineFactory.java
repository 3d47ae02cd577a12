package io.openledger.serving;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.serving.adapter.AdapterRegistry;
import io.openledger.serving.cuda.Cuda;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.engine.LocalEngine;
import io.openledger.serving.gguf.GgufCheckpoint;
import io.openledger.serving.model.ChatTemplate;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.HubTokenizer;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.onnx.OnnxDecoder;
import io.openledger.serving.quantize.BlockFormat;
import io.openledger.serving.quantize.QuantizationPlan;
import io.openledger.serving.quantize.QuantizedWeights;
import io.openledger.serving.quantize.WeightCache;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Engines on ONNX Runtime: on the processor, or on an NVIDIA GPU. */
public final class OnnxServingEngineFactory implements ServingEngineFactory {

  private static final System.Logger LOG =
      System.getLogger(OnnxServingEngineFactory.class.getName());

  /** For {@link java.util.ServiceLoader}. */
  public OnnxServingEngineFactory() {}

  @Override
  public ServingEngine open(Settings asked, Executor executor) {
    Settings settings = unpacked(asked);
    Checkpoint checkpoint = Checkpoint.open(settings.checkpoint());
    int stated = checkpoint.config().context();
    if (settings.limits().maxContext() > stated) {
      throw OpenLedgerException.invalid(
          "largest context",
          settings.limits().maxContext(),
          "at most " + stated + ", as the checkpoint says");
    }
    int context = settings.limits().maxContext() == 0 ? stated : settings.limits().maxContext();
    Optional<ChatTemplate> template =
        ChatTemplate.read(settings.checkpoint(), System::nanoTime, Clock.systemDefaultZone());
    prepare(settings);
    HubTokenizer tokenizer = HubTokenizer.open(settings.checkpoint(), settings.cache());
    try {
      refuseVocabulary(tokenizer, checkpoint);
      Decoder decoder = decoder(settings, checkpoint, context, executor);
      return start(settings, checkpoint, decoder.context(), template, tokenizer, decoder, executor);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** A checkpoint in one GGUF file is unpacked into the cache. */
  private static Settings unpacked(Settings settings) {
    if (!GgufCheckpoint.is(settings.checkpoint())) {
      return settings;
    }
    return new Settings(
        settings.base(),
        GgufCheckpoint.unpack(settings.checkpoint(), settings.cache()),
        settings.cache(),
        settings.weights(),
        settings.device(),
        settings.limits(),
        settings.memory(),
        settings.threads());
  }

  private static Decoder decoder(
      Settings settings, Checkpoint checkpoint, int context, Executor executor) {
    int rows = settings.limits().maxBatch();
    if (settings.device() == Device.CUDA && settings.weights() != WeightFormat.STORED) {
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          "weights " + settings.weights() + " on a GPU",
          "weights STORED, in 16 bits, on a GPU",
          "choose weights STORED or the device CPU");
    }
    boolean cuda = settings.device() == Device.CUDA;
    if (settings.device() == Device.AUTO && settings.weights() == WeightFormat.STORED) {
      List<String> missing = Cuda.missing();
      cuda = missing.isEmpty();
      if (!cuda) {
        LOG.log(System.Logger.Level.INFO, "The processor computes; for a GPU: {0}", missing);
      }
    }
    return cuda
        ? Cuda.open(checkpoint, rows, context, settings.threads())
        : OnnxDecoder.open(
            checkpoint,
            quantized(settings, checkpoint, executor),
            new OnnxDecoder.Sizes(
                rows,
                context,
                settings.threads(),
                settings.limits().maxRank(),
                settings.memory().cache()));
  }

  private static ServingEngine start(
      Settings settings,
      Checkpoint checkpoint,
      int context,
      Optional<ChatTemplate> template,
      HubTokenizer tokenizer,
      Decoder decoder,
      Executor executor) {
    ModelInfo base =
        new ModelInfo(
            settings.base(),
            Optional.empty(),
            checkpoint.config().family(),
            checkpoint.digest(),
            context,
            template.isPresent());
    SecureRandom random = new SecureRandom();
    return LocalEngine.start(
        new LocalEngine.Parts(
            base,
            checkpoint.config().ends(),
            decoder,
            tokenizer,
            template,
            new AdapterRegistry(
                base, checkpoint, settings.limits().maxRank(), settings.memory().host()),
            settings.limits().slots(),
            settings.limits().queueLimit(),
            settings.memory().prefixes(),
            random::nextLong,
            System::nanoTime),
        executor);
  }

  private static QuantizedWeights quantized(
      Settings settings, Checkpoint checkpoint, Executor executor) {
    Map<TensorRef, BlockFormat> plan = QuantizationPlan.of(checkpoint, settings.weights());
    if (plan.isEmpty()) {
      return QuantizedWeights.NONE;
    }
    int threads =
        settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads();
    return new WeightCache(settings.cache(), executor, threads, System::nanoTime)
        .open(checkpoint.folder(), checkpoint.digest(), plan);
  }

  private static void prepare(Settings settings) {
    try {
      Files.createDirectories(settings.cache());
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "folder " + settings.cache() + " cannot be created",
          "a writable folder",
          "correct the folder's rights or choose another cache",
          e);
    }
  }

  /** A token without an embedding would be read from beyond the matrix. */
  private static void refuseVocabulary(HubTokenizer tokenizer, Checkpoint checkpoint) {
    if (tokenizer.vocabularySize() > checkpoint.config().vocabulary()) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_BROKEN,
          "tokenizer.json has token " + (tokenizer.vocabularySize() - 1),
          "below vocab_size = " + checkpoint.config().vocabulary(),
          "fetch tokenizer and weights of the same checkpoint");
    }
  }
}
