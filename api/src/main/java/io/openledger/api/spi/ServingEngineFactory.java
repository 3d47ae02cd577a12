package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Makes serving engines. Found with {@link java.util.ServiceLoader}. */
public interface ServingEngineFactory {

  /** How the base model's linear maps are kept in memory. */
  enum WeightFormat {
    /** As the checkpoint stores them; 16 bits are widened where the device computes in 32. */
    STORED,
    /** 8 bits in groups of 32. */
    INT8,
    /** 4 bits in groups of 32. */
    INT4,
    /** 4 bits, quantiles of the normal distribution (Dettmers et al. 2023, "QLoRA"). */
    NF4
  }

  /** Where it computes. */
  enum Device {
    /** On the processor. */
    CPU,
    /** On an NVIDIA GPU. */
    CUDA,
    /** On a GPU where there is one, else on the processor. */
    AUTO
  }

  /**
   * What an engine takes on.
   *
   * @param slots how many adapters can be resident at once, 1 to 4096; mixes at most half of them
   * @param maxRank the largest rank of an adapter, 1 to 512
   * @param maxBatch how many answers are decoded together, 1 to 256
   * @param maxContext prompt and answer together, in tokens; 0: what the checkpoint states
   * @param queueLimit how many requests may wait, one tenant's at most three quarters of them; one
   *     more is refused with {@link io.openledger.api.BusyException}
   */
  record Limits(int slots, int maxRank, int maxBatch, int maxContext, int queueLimit) {
    public Limits {
      require("adapter slots", slots, 1, 4096);
      require("largest rank", maxRank, 1, 512);
      require("largest batch", maxBatch, 1, 256);
      require("largest context", maxContext, 0, 1 << 20);
      require("queue limit", queueLimit, 1, 1 << 20);
    }
  }

  /**
   * How much memory an engine may take beside the weights, in bytes.
   *
   * @param cache of the KV cache; 0: as much as the largest batch and the largest context need
   * @param prefixes of prompts' beginnings that are kept for the next request; 0: none are kept
   * @param host of adapters that wait in memory for a slot, or are being read for those who wait;
   *     0: each is read when its turn comes, one after the other
   */
  record MemoryLimits(long cache, long prefixes, long host) {

    /** A whole KV cache, 256 MiB of prefixes, 1 GiB of adapters. */
    public static final MemoryLimits USUAL = new MemoryLimits(0, 256L << 20, 1L << 30);

    public MemoryLimits {
      require("KV cache", cache, 0, 1L << 42);
      require("prefix cache", prefixes, 0, 1L << 42);
      require("adapters in host memory", host, 0, 1L << 42);
    }
  }

  /**
   * How an engine is set up.
   *
   * @param base the name of the base model
   * @param checkpoint a Hugging Face folder: {@code config.json}, {@code *.safetensors}, {@code
   *     tokenizer.json}; or a {@code .gguf} file with a {@code tokenizer.json} beside it
   * @param cache a folder for quantised weights and unpacked files; created when missing
   * @param weights how the base model's linear maps are kept
   * @param device where it computes
   * @param limits what it takes on
   * @param memory what it may take
   * @param threads of one matrix multiplication; 0: one per core
   */
  record Settings(
      ModelId base,
      Path checkpoint,
      Path cache,
      WeightFormat weights,
      Device device,
      Limits limits,
      MemoryLimits memory,
      int threads) {

    public Settings {
      require("threads", threads, 0, 1024);
    }

    /** Weights as stored, on the processor, with the usual memory. */
    public Settings(ModelId base, Path checkpoint, Path cache, Limits limits, int threads) {
      this(
          base,
          checkpoint,
          cache,
          WeightFormat.STORED,
          Device.CPU,
          limits,
          MemoryLimits.USUAL,
          threads);
    }
  }

  private static void require(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw OpenLedgerException.invalid(what, value, least + " to " + most);
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
