package io.openledger.api.spi;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.TokenScore;
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
   * @param access who may ask it
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#ADAPTER_MISMATCH}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_BROKEN}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_UNSUPPORTED}, {@link
   *     io.openledger.api.ErrorCode#ADAPTER_EXISTS}
   */
  ModelInfo register(ModelId adapter, Path folder, AdapterAccess access);

  /** Registers a PEFT folder that every tenant may ask. */
  default ModelInfo register(ModelId adapter, Path folder) {
    return register(adapter, folder, AdapterAccess.PUBLIC);
  }

  /**
   * Puts another folder under a registered name. Running answers finish on the former version, the
   * next request runs on this one; access and pin stay.
   *
   * @throws io.openledger.api.OpenLedgerException as {@link #register}, and {@link
   *     io.openledger.api.ErrorCode#MODEL_UNKNOWN}; the former version then stays
   */
  ModelInfo replace(ModelId adapter, Path folder);

  /** Changes who may ask an adapter, from the next request on. */
  void grant(ModelId adapter, AdapterAccess access);

  /** Takes an adapter away; running answers finish on it. False when there is none of that name. */
  boolean unregister(ModelId adapter);

  /**
   * Loads an adapter into a slot ahead of its use. Returns when it is there.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#MODEL_UNKNOWN}, {@link io.openledger.api.ErrorCode#BUSY} when
   *     each slot is pinned or under a running sequence
   */
  void load(ModelId adapter);

  /** Frees an adapter's slot and its host memory; it stays registered. False: it is in use. */
  boolean unload(ModelId adapter);

  /**
   * Pins an adapter, which loads it as {@link #load} does, or unpins it. Pinned adapters keep their
   * slot.
   *
   * @throws io.openledger.api.OpenLedgerException as {@link #load}; {@link
   *     io.openledger.api.ErrorCode#BUSY} also when it would pin the last slot
   */
  void pin(ModelId adapter, boolean pinned);

  /** Where each registered adapter is, by name. */
  List<AdapterResidency> residency();

  /**
   * Where one adapter is; empty when there is none of that name. For an engine with thousands of
   * adapters this is to cost no more than for one with few.
   */
  default Optional<AdapterResidency> residency(ModelId adapter) {
    return residency().stream().filter(r -> r.model().id().equals(adapter)).findFirst();
  }

  /**
   * The text that the checkpoint's chat template makes of a conversation, with the prompt for an
   * answer.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#CHAT_TEMPLATE}
   */
  String renderChat(List<ChatMessage> messages);

  /**
   * An adapter and how strongly it is added.
   *
   * @param id which
   * @param weight of its change, −8 to 8; 1 as it was trained
   * @param digest of the version that is meant, as {@link ModelInfo#digest} gives it; empty:
   *     whichever is there. Another version in its place is {@link
   *     io.openledger.api.ErrorCode#ADAPTER_REPLACED}, so that nobody is paid for a version that
   *     did not answer
   */
  record WeightedAdapter(ModelId id, double weight, Optional<Hash256> digest) {

    /** Whichever version is there. */
    public WeightedAdapter(ModelId id, double weight) {
      this(id, weight, Optional.empty());
    }

    public WeightedAdapter {
      if (!(weight >= -8 && weight <= 8)) {
        throw OpenLedgerException.invalid("adapter weight", weight, "-8 to 8");
      }
    }
  }

  /**
   * What is to be generated.
   *
   * @param adapters whose changes are added together, at most 8, each once; empty: the base model
   * @param prompt the text; special tokens that it spells out are recognised, and the
   *     beginning-of-text token is added when the tokenizer's settings say so and the text does not
   *     have it
   * @param options how tokens are chosen
   * @param echo whether the prompt's own tokens are scored, too; needs {@link
   *     GenerationOptions#logProbabilities}
   * @param scheduling when its turn comes
   */
  record Request(
      List<WeightedAdapter> adapters,
      String prompt,
      GenerationOptions options,
      boolean echo,
      Scheduling scheduling) {

    public Request {
      adapters = List.copyOf(adapters);
      long distinct = adapters.stream().map(WeightedAdapter::id).distinct().count();
      if (adapters.size() > 8 || distinct < adapters.size()) {
        throw OpenLedgerException.invalid(
            "adapters", adapters.size() + ", " + distinct + " different", "at most 8, each once");
      }
      if (echo && options.logProbabilities().isEmpty()) {
        throw OpenLedgerException.invalid("echo", "without log-probabilities", "echo with them");
      }
    }

    /** One adapter as it was trained, or the base model, for nobody in particular. */
    public Request(Optional<ModelId> adapter, String prompt, GenerationOptions options) {
      this(
          adapter.map(id -> new WeightedAdapter(id, 1)).stream().toList(),
          prompt,
          options,
          false,
          Scheduling.USUAL);
    }
  }

  /** Follows a generation. Called on the thread that called {@link #generate}. */
  interface Listener {
    /** More text, in whole characters; false ends the generation within one step. */
    boolean onText(String delta);

    /**
     * A token of the answer with its log-probability, where they were asked for; before the text
     * that it is part of. None for a token whose text begins in or behind a stop text.
     */
    default void onScore(TokenScore score) {}

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
   * @param promptScores of the prompt's tokens; empty without echo
   * @param scores of the answer's tokens; empty where no log-probabilities were asked for
   */
  record Generation(
      String text,
      FinishReason finishReason,
      Usage usage,
      Duration queued,
      Duration firstToken,
      List<TokenScore> promptScores,
      List<TokenScore> scores) {

    public Generation {
      promptScores = List.copyOf(promptScores);
      scores = List.copyOf(scores);
    }

    /** Without log-probabilities. */
    public Generation(
        String text, FinishReason finishReason, Usage usage, Duration queued, Duration firstToken) {
      this(text, finishReason, usage, queued, firstToken, List.of(), List.of());
    }
  }

  /**
   * Refuses what {@link #generate} would refuse for the request's own sake, whatever else runs: its
   * adapters, its length, its schema. Costs as much as tokenizing the prompt.
   *
   * @throws io.openledger.api.OpenLedgerException as {@link #generate}, but for {@link
   *     io.openledger.api.ErrorCode#BUSY} and {@link io.openledger.api.ErrorCode#DEADLINE_EXCEEDED}
   */
  default void check(Request request) {}

  /**
   * Generates. Returns when the generation is complete or cancelled; an interrupt cancels it.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#MODEL_UNKNOWN}, also for an adapter that the tenant is not
   *     granted; {@link io.openledger.api.ErrorCode#PROMPT_TOO_LONG}, {@link
   *     io.openledger.api.ErrorCode#BUSY}, {@link io.openledger.api.ErrorCode#DEADLINE_EXCEEDED}
   */
  Generation generate(Request request, Listener listener);

  /** How the engine is. */
  ServingStatus status();

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
