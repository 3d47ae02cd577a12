package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingStatus;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.serving.adapter.AdapterRegistry;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.SlotPool;
import io.openledger.serving.constraint.Constraint;
import io.openledger.serving.constraint.Schemas;
import io.openledger.serving.model.ChatTemplate;
import io.openledger.serving.model.HubTokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine as others see it: text in, text out. Tokenizing, reading an adapter's files, joining
 * characters and looking for stop texts happen on the caller's thread; the scheduler's thread does
 * nothing but compute.
 */
public final class LocalEngine implements ServingEngine {

  /** How often a waiting caller is asked whether it is still there, in milliseconds. */
  private static final long PATIENCE = 20;

  private final ModelInfo base;
  private final Set<Integer> ends;
  private final Decoder decoder;
  private final HubTokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final AdapterRegistry registry;
  private final SlotPool pool;
  private final Histogram adapterLoad = Histogram.ofSeconds();
  private final AdapterAdministration administration;
  private final Scheduler scheduler;
  private final Schemas schemas;
  private final LongSupplier seeds;
  private final LongSupplier nanoTime;
  private volatile boolean closed;

  /**
   * What an engine is made of; it owns decoder and tokenizer from here on.
   *
   * @param ends tokens that end an answer
   * @param slots how many adapters can be resident
   * @param queueLimit how many requests may wait
   * @param prefixBytes of prompts' beginnings that are kept
   * @param seeds drawn where a request brings none
   * @param nanoTime a clock that never goes back
   */
  public record Parts(
      ModelInfo base,
      Set<Integer> ends,
      Decoder decoder,
      HubTokenizer tokenizer,
      Optional<ChatTemplate> template,
      AdapterRegistry registry,
      int slots,
      int queueLimit,
      long prefixBytes,
      LongSupplier seeds,
      LongSupplier nanoTime) {}

  private LocalEngine(Parts parts) {
    this.base = parts.base();
    this.ends = parts.ends();
    this.decoder = parts.decoder();
    this.tokenizer = parts.tokenizer();
    this.template = parts.template();
    this.registry = parts.registry();
    this.pool = new SlotPool(decoder, parts.slots(), adapterLoad::record);
    this.schemas = new Schemas(tokenizer.pieces(), ends);
    this.seeds = parts.seeds();
    this.nanoTime = parts.nanoTime();
    this.scheduler =
        new Scheduler(decoder, pool, parts.queueLimit(), parts.prefixBytes(), nanoTime);
    this.administration = new AdapterAdministration(base.id(), registry, pool, scheduler);
  }

  /**
   * Starts an engine.
   *
   * @param executor runs the scheduler's loop until {@link #close}; not on the calling thread
   * @throws OpenLedgerException {@link ErrorCode#NOT_READY} when the executor refuses
   */
  public static LocalEngine start(Parts parts, Executor executor) {
    LocalEngine engine = new LocalEngine(parts);
    try {
      executor.execute(engine.scheduler);
      return engine;
    } catch (RejectedExecutionException e) {
      engine.close();
      throw new OpenLedgerException(
          ErrorCode.NOT_READY,
          "the executor refused the scheduler",
          "an executor that runs one task until the engine is closed",
          "give the engine a thread",
          e);
    }
  }

  @Override
  public ModelInfo base() {
    return base;
  }

  @Override
  public List<ModelInfo> adapters() {
    return registry.list();
  }

  @Override
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public ModelInfo register(ModelId adapter, Path folder, AdapterAccess access) {
    refuseClosed();
    return registry.register(adapter, folder, access);
  }

  @Override
  public ModelInfo replace(ModelId adapter, Path folder) {
    refuseClosed();
    return administration.replace(adapter, folder);
  }

  @Override
  public void grant(ModelId adapter, AdapterAccess access) {
    refuseClosed();
    administration.grant(adapter, access);
  }

  @Override
  public void load(ModelId adapter) {
    refuseClosed();
    administration.load(adapter);
  }

  @Override
  public boolean unload(ModelId adapter) {
    refuseClosed();
    return administration.unload(adapter);
  }

  @Override
  public void pin(ModelId adapter, boolean pinned) {
    refuseClosed();
    administration.pin(adapter, pinned);
  }

  @Override
  public List<AdapterResidency> residency() {
    return administration.residency();
  }

  @Override
  public Optional<AdapterResidency> residency(ModelId adapter) {
    return administration.residency(adapter);
  }

  @Override
  public boolean unregister(ModelId adapter) {
    refuseClosed();
    return administration.unregister(adapter);
  }

  @Override
  public String renderChat(List<ChatMessage> messages) {
    refuseClosed();
    return template
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAT_TEMPLATE,
                    "model " + base.id() + " has no chat template",
                    "chat_template.jinja, or chat_template in tokenizer_config.json",
                    "add the template to the checkpoint, or ask with a text"))
        .render(messages);
  }

  @Override
  public void check(Request request) {
    refuseClosed();
    administration.asked(request);
    refuseLength(tokenizer.encodePrompt(request.prompt()).length);
    request.options().jsonSchema().ifPresent(schemas::compile);
    ends(request.options().stopTokens());
  }

  @Override
  public Generation generate(Request request, Listener listener) {
    refuseClosed();
    long called = nanoTime.getAsLong();
    Optional<AdapterSource> adapter = administration.asked(request);
    int[] prompt = tokenizer.encodePrompt(request.prompt());
    refuseLength(prompt.length);
    GenerationOptions options = request.options();
    Optional<Constraint> constraint = options.jsonSchema().map(schemas::compile);
    long seed = options.seed().orElseGet(seeds::getAsLong);
    // All that can fail comes before: who has a stream must end it.
    Scores scores = new Scores(tokenizer.pieces(), prompt, listener);
    TextStream text = new TextStream(tokenizer, prompt, options.stop());
    TokenStream stream =
        scheduler.submit(
            new TokenRequest(
                prompt,
                adapter,
                options,
                seed,
                ends(options.stopTokens()),
                request.echo(),
                constraint),
            request.scheduling(),
            called);
    try {
      Follower follower = new Follower(stream, listener, text, scores, constraint);
      FinishReason reason = followed(follower);
      return new Generation(
          follower.text.text(),
          reason,
          new Usage(prompt.length, follower.tokens),
          since(called, stream.admittedNanos()),
          since(called, follower.first),
          scores.prompt(),
          scores.answer());
    } finally {
      // However this ends, nobody reads any more.
      stream.cancel();
    }
  }

  /** A caller that is slower than {@link #close} finds the tokenizer closed: cancelled, too. */
  private FinishReason followed(Follower follower) {
    try {
      return follower.follow();
    } catch (OpenLedgerException e) {
      if (closed && e.code() == ErrorCode.NOT_READY) {
        return FinishReason.CANCELLED;
      }
      throw e;
    }
  }

  private Set<Integer> ends(Set<Integer> others) {
    for (int token : others) {
      if (token >= tokenizer.vocabularySize()) {
        throw OpenLedgerException.invalid(
            "stop token", token, "0 to " + (tokenizer.vocabularySize() - 1));
      }
    }
    Set<Integer> all = new HashSet<>(ends);
    all.addAll(others);
    return Set.copyOf(all);
  }

  private void refuseLength(int tokens) {
    if (tokens == 0) {
      throw OpenLedgerException.invalid("prompt", "without a token", "at least one token");
    }
    if (tokens + 1 > decoder.context()) {
      throw new OpenLedgerException(
          ErrorCode.PROMPT_TOO_LONG,
          "a prompt of " + tokens + " tokens",
          "at most " + (decoder.context() - 1) + " with one token of an answer",
          "shorten the prompt");
    }
  }

  private Duration since(long start, long end) {
    return Duration.ofNanos(end < 0 ? nanoTime.getAsLong() - start : end - start);
  }

  private void refuseClosed() {
    if (closed) {
      throw Scheduler.closed();
    }
  }

  /** Reads one request's tokens on its caller's thread. */
  private final class Follower {
    private final TokenStream stream;
    private final Listener listener;
    private final TextStream text;
    private final Scores scores;
    private final Optional<Constraint> constraint;
    private int tokens;
    private int state;
    private long first = -1;

    Follower(
        TokenStream stream,
        Listener listener,
        TextStream text,
        Scores scores,
        Optional<Constraint> constraint) {
      this.stream = stream;
      this.listener = listener;
      this.text = text;
      this.scores = scores;
      this.constraint = constraint;
    }

    FinishReason follow() {
      while (true) {
        TokenStream.@Nullable Event event;
        try {
          event = stream.poll(PATIENCE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return FinishReason.CANCELLED;
        }
        if (closed || listener.cancelled()) {
          return FinishReason.CANCELLED;
        }
        if (event instanceof TokenStream.Fetch fetch) {
          fetch.run();
        } else if (event instanceof TokenStream.Token token) {
          if (!heard(token)) {
            return FinishReason.CANCELLED;
          }
          if (text.stopped()) {
            stream.complete();
            return FinishReason.STOP;
          }
        } else if (event instanceof TokenStream.Prompted prompted) {
          scores.prompted(prompted.likelihood());
        } else if (event instanceof TokenStream.End end) {
          return ended(end);
        }
      }
    }

    private boolean heard(TokenStream.Token token) {
      if (tokens++ == 0) {
        first = nanoTime.getAsLong();
      }
      // The mask after this token is made here, while the batch computes the next logits.
      constraint.ifPresent(
          schema -> {
            state = schema.next(state, token.id());
            schema.mask(state);
          });
      if (token.likelihood() != null) {
        scores.heard(
            token.id(), token.likelihood(), text.next(tokenizer.pieces().continues(token.id())));
      }
      String delta = text.push(token.id());
      scores.certain(text.emitted());
      return delta.isEmpty() || listener.onText(delta);
    }

    private FinishReason ended(TokenStream.End end) {
      if (end.failure() != null) {
        throw end.failure();
      }
      String rest = text.finish();
      scores.certain(text.stopped() ? text.emitted() : Integer.MAX_VALUE);
      if (!rest.isEmpty() && !listener.onText(rest)) {
        return FinishReason.CANCELLED;
      }
      return text.stopped() ? FinishReason.STOP : end.reason();
    }
  }

  @Override
  public ServingStatus status() {
    return new ServingStatus(
        scheduler.running(),
        scheduler.queued(),
        !closed && !scheduler.lost(),
        scheduler.meters().requests(),
        scheduler.meters().times(adapterLoad.snapshot()),
        scheduler.meters().batches(),
        administration.status(),
        new ServingStatus.Memory(
            decoder.weightBytes(),
            decoder.cacheBytes(),
            scheduler.prefixBytes(),
            decoder.adapterBytes(),
            registry.host().bytes()));
  }

  @Override
  public void drain(Duration grace) {
    scheduler.drain(grace);
  }

  @Override
  public void close() {
    closed = true;
    scheduler.close();
    tokenizer.close();
  }
}
