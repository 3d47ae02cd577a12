package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Makes serving engines. Found with {@link java.util.ServiceLoader}. */
public interface ServingEngineFactory {

  /**
   * How an engine is set up.
   *
   * @param base the name of the base model
   * @param checkpoint a Hugging Face folder: {@code config.json}, {@code *.safetensors}, {@code
   *     tokenizer.json}
   * @param cache a folder for graphs and unpacked files; created when missing
   * @param slots how many adapters can be resident at once, 1 to 4096
   * @param maxRank the largest rank of an adapter, 1 to 512
   * @param maxBatch how many answers are decoded together, 1 to 256
   * @param maxContext prompt and answer together, in tokens; 0: what the checkpoint states
   * @param queueLimit how many requests may wait; one more is refused as busy
   * @param threads of one matrix multiplication; 0: one per core
   */
  record Settings(
      ModelId base,
      Path checkpoint,
      Path cache,
      int slots,
      int maxRank,
      int maxBatch,
      int maxContext,
      int queueLimit,
      int threads) {

    public Settings {
      require("adapter slots", slots, 1, 4096);
      require("largest rank", maxRank, 1, 512);
      require("largest batch", maxBatch, 1, 256);
      require("largest context", maxContext, 0, 1 << 20);
      require("queue limit", queueLimit, 1, 1 << 20);
      require("threads", threads, 0, 1024);
    }

    private static void require(String what, int value, int least, int most) {
      if (value < least || value > most) {
        throw OpenLedgerException.invalid(what, value, least + " to " + most);
      }
    }
  }

  /**
   * Opens an engine: validates the checkpoint, builds the graph, loads the weights.
   *
   * @param executor runs the engine's one scheduler loop until the engine is closed
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CHECKPOINT_MISSING}, {@link
   *     io.openledger.api.ErrorCode#CHECKPOINT_BROKEN}, {@link
   *     io.openledger.api.ErrorCode#MODEL_UNSUPPORTED}, each naming the file, tensor or setting
   */
  ServingEngine open(Settings settings, Executor executor);
}
