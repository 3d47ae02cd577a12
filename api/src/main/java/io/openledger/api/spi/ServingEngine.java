package io.openledger.api.spi;

import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One resident base model and its adapters. Safe for any thread: requests of many threads are
 * decoded together.
 */
public interface ServingEngine extends AutoCloseable {

  /** The base model. */
  ModelInfo base();

  /** The registered adapters, by name. */
  List<ModelInfo> adapters();

  /** The base model's tokenizer. */
  TextTokenizer tokenizer();

  /**
   * Registers a PEFT folder under a name. It is validated here and loaded into a slot when it is
   * first asked for.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#ADAPTER_MISMATCH}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_BROKEN}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_UNSUPPORTED}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_EXISTS}
   */
  ModelInfo register(ModelId adapter, Path folder);

  /** Takes an adapter away; running answers finish on it. False when there is none of that name. */
  boolean unregister(ModelId adapter);

  /**
   * The text that the checkpoint's chat template makes of a conversation, with the prompt for an
   * answer.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#CHAT_TEMPLATE}
   */
  String renderChat(List<ChatMessage> messages);

  /**
   * What is to be generated.
   *
   * @param adapter which adapter; empty: the base model
   * @param prompt the text; special tokens that it spells out are recognised, and the
   *     beginning-of-text token is added when the tokenizer's settings say so and the text does not
   *     have it
   * @param options how tokens are chosen
   */
  record Request(Optional<ModelId> adapter, String prompt, GenerationOptions options) {}

  /** Follows a generation. Called on the thread that called {@link #generate}. */
  interface Listener {
    /** More text, in whole characters; false ends the generation within one step. */
    boolean onText(String delta);

    /** Asked at each step, also when the step made no whole character; true ends the generation. */
    default boolean cancelled() {
      return false;
    }
  }

  /**
   * What was generated.
   *
   * @param text without the prompt, ends before a stop text
   * @param finishReason why it ended
   * @param usage how many tokens
   * @param queued how long it waited
   * @param firstToken from the call to the first token
   */
  record Generation(
      String text, FinishReason finishReason, Usage usage, Duration queued, Duration firstToken) {}

  /**
   * Generates. Returns when the generation is complete or cancelled; an interrupt cancels it.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#MODEL_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#PROMPT_TOO_LONG}, {@link io.openledger.api.ErrorCode#BUSY}
   */
  Generation generate(Request request, Listener listener);

  /**
   * How the engine is.
   *
   * @param running sequences being decoded
   * @param queued requests waiting
   * @param residentAdapters adapters in slots
   * @param weightBytes of the base model
   * @param cacheBytes of the KV cache
   * @param generatedTokens since the engine was opened
   */
  record Status(
      int running,
      int queued,
      int residentAdapters,
      long weightBytes,
      long cacheBytes,
      long generatedTokens) {}

  /** How the engine is. */
  Status status();

  /**
   * Refuses what comes, lets what was accepted end, cancels what has not ended by then, and gives
   * back the threads that the engine was given. The tokenizer stays usable until {@link #close}, so
   * that answers which ended can still be attributed.
   *
   * @param grace how long accepted requests may take; zero or more
   */
  default void drain(Duration grace) {}

  /** Refuses what comes, cancels what runs, releases every native handle. Idempotent. */
  @Override
  void close();
}
