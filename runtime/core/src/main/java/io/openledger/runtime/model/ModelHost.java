package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.runtime.Caller;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Owns the serving engine. The checkpoint is loaded on a thread of the executor; until it is there,
 * and when it cannot be loaded, every call is refused with the reason. Safe for any thread.
 */
public final class ModelHost implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ModelHost.class.getName());

  /** How many models a refusal names. */
  private static final int NAMED = 20;

  private final OpenLedgerConfig config;
  private final ServingEngineFactory factory;
  private final Executor executor;
  private final ManagedAdapters adapters;
  private @Nullable ServingEngine engine;
  private OpenLedgerException refusal;
  private boolean loading = true;
  private boolean closed;
  private boolean draining;

  public ModelHost(
      OpenLedgerConfig config,
      ServingEngineFactory factory,
      Executor executor,
      ManagedAdapters adapters) {
    this.config = config;
    this.factory = factory;
    this.executor = executor;
    this.adapters = adapters;
    this.refusal =
        new OpenLedgerException(
            ErrorCode.MODEL_UNAVAILABLE,
            "the base model " + config.model().name() + " is still being loaded",
            "calls when it is loaded",
            "wait until the server reports that it is ready");
  }

  /**
   * Loads the checkpoint and registers the adapters.
   *
   * @param whenLoaded is given the engine, on the thread that loaded it, before calls are
   */
  public void load(Consumer<ServingEngine> whenLoaded) {
    ServingEngine opened;
    try {
      opened = factory.open(settings(), executor);
    } catch (OpenLedgerException e) {
      fail(e);
      return;
    } catch (RuntimeException | LinkageError e) {
      fail(
          new OpenLedgerException(
              ErrorCode.MODEL_UNAVAILABLE,
              "the base model could not be loaded: " + e.getClass().getSimpleName(),
              "a checkpoint and native libraries that this machine can load",
              "read the cause in the log",
              e));
      return;
    }
    try {
      adapters.restore(opened);
      whenLoaded.accept(opened);
    } catch (RuntimeException e) {
      opened.close();
      fail(
          new OpenLedgerException(
              ErrorCode.MODEL_UNAVAILABLE,
              "the base model was loaded, but not taken up: " + e.getClass().getSimpleName(),
              "adapters and indexes that can be read",
              "read the cause in the log",
              e));
      return;
    }
    synchronized (this) {
      loading = false;
      if (!closed && !draining) {
        engine = opened;
        LOG.log(
            System.Logger.Level.INFO,
            "model {0} is loaded, with {1} adapters",
            config.model().name(),
            adapters.size());
        return;
      }
    }
    opened.close();
  }

  private ServingEngineFactory.Settings settings() {
    return config.serving().settings(config.model(), config.dataDirectory().resolve("cache"));
  }

  private void fail(OpenLedgerException e) {
    LOG.log(System.Logger.Level.ERROR, "no model is loaded: " + e.getMessage(), e);
    synchronized (this) {
      loading = false;
      refusal = e;
    }
  }

  /**
   * The engine.
   *
   * @throws OpenLedgerException why there is none
   */
  public ServingEngine engine() {
    ServingEngine loaded = loaded();
    adapters.restore(loaded);
    return loaded;
  }

  /** Takes up what other servers that share the store changed; nothing while none is loaded. */
  void follow() {
    ServingEngine loaded;
    synchronized (this) {
      loaded = engine;
    }
    if (loaded != null) {
      adapters.follow(loaded);
    }
  }

  /** {@link ServingEngine#generate}, during which no files that it may read are removed. */
  ServingEngine.Generation generate(
      ServingEngine serving, ServingEngine.Request request, ServingEngine.Listener listener) {
    try (RunningRequests.Running running = adapters.running().begin()) {
      return serving.generate(request, listener);
    }
  }

  private synchronized ServingEngine loaded() {
    if (closed) {
      throw new OpenLedgerException(
          ErrorCode.NOT_READY,
          "a question while the server stops",
          "calls while it runs",
          "call again when it has started");
    }
    ServingEngine loaded = engine;
    if (loaded == null) {
      // a new one for each caller: an exception belongs to one stack
      throw new OpenLedgerException(
          refusal.code(), refusal.arrived(), refusal.allowed(), refusal.remedy(), refusal);
    }
    return loaded;
  }

  /** The base model first, then adapters by name; empty while nothing is loaded. */
  public List<ModelInfo> list() {
    return list(entry -> true);
  }

  /** Those of {@link #list()} that a caller may ask. */
  List<ModelInfo> list(Caller caller) {
    return list(entry -> entry.row().access().permits(caller.tenant()));
  }

  private List<ModelInfo> list(Predicate<ManagedAdapters.Entry> which) {
    ServingEngine loaded;
    synchronized (this) {
      loaded = engine;
    }
    if (loaded == null) {
      return List.of();
    }
    adapters.restore(loaded);
    List<ModelInfo> all = new ArrayList<>();
    all.add(loaded.base());
    for (ManagedAdapters.Entry entry : adapters.after(Optional.empty())) {
      if (which.test(entry)) {
        all.add(entry.info());
      }
    }
    return all;
  }

  /** The model of a name, if it is loaded and the caller may ask it. */
  Optional<ModelInfo> find(Caller caller, ModelId id) {
    ServingEngine loaded;
    synchronized (this) {
      loaded = engine;
    }
    if (loaded == null) {
      return Optional.empty();
    }
    adapters.restore(loaded);
    if (loaded.base().id().equals(id)) {
      return Optional.of(loaded.base());
    }
    return adapters
        .find(loaded, id)
        .filter(entry -> entry.row().access().permits(caller.tenant()))
        .map(ManagedAdapters.Entry::info);
  }

  /**
   * The model of a name. One that does not exist and one that the caller is not granted look the
   * same.
   *
   * @throws OpenLedgerException {@link ErrorCode#MODEL_UNKNOWN}, or why no model is loaded
   */
  ModelInfo require(Caller caller, ModelId id) {
    engine();
    return find(caller, id).orElseThrow(() -> unknown(caller, id));
  }

  /**
   * What answers for a mix. An adapter that the caller is not granted is answered as an unknown one
   * is.
   *
   * @throws OpenLedgerException as {@link io.openledger.api.model.ModelRegistry#open(AdapterMix)},
   *     or why no model is loaded
   */
  Answering require(Caller caller, AdapterMix mix) {
    return Answering.together(
        engine().base(),
        mix,
        id ->
            adapters
                .find(id)
                .filter(entry -> entry.row().access().permits(caller.tenant()))
                .orElseThrow(() -> unknown(caller, id)),
        adapters::builder);
  }

  private OpenLedgerException unknown(Caller caller, ModelId id) {
    adapters.requireRestored();
    return new OpenLedgerException(
        ErrorCode.MODEL_UNKNOWN,
        "no model " + id,
        "one of " + list(caller).stream().map(m -> m.id().value()).limit(NAMED).toList(),
        adapters
            .skipped(id, caller.tenant())
            .map(reason -> "its adapter was skipped: " + reason)
            .orElse(
                "name a model that you may ask, have its owner grant it, or put the adapter's folder"
                    + " into openledger.adapters.directory and start again"));
  }

  /** The model that is asked when nobody names one. */
  public ModelId byDefault() {
    return config.model().byDefault();
  }

  /** Whether a model is loaded; with why not, and what to do. */
  public synchronized Optional<String> missing() {
    return engine != null ? Optional.empty() : Optional.of(String.valueOf(refusal.getMessage()));
  }

  /** Whether loading is still going on. */
  public synchronized boolean loading() {
    return loading;
  }

  /** Adapters that were skipped, each with its reason; and that all wait, where they do. */
  public List<String> skippedAdapters() {
    if (!loading() && missing().isEmpty() && adapters.waiting()) {
      return List.of("all of them, until the store can be read, which says whose they are");
    }
    return adapters.skipped(Optional.empty());
  }

  /** See {@link ServingEngine#drain}; nothing when none is loaded. */
  public void drain(Duration grace) {
    ServingEngine loaded;
    synchronized (this) {
      draining = true;
      loaded = engine;
    }
    if (loaded != null) {
      loaded.drain(grace);
    }
  }

  /** Closes the engine. One that is still being loaded is closed when it is. Idempotent. */
  @Override
  public void close() {
    ServingEngine loaded;
    synchronized (this) {
      closed = true;
      loaded = engine;
      engine = null;
    }
    if (loaded != null) {
      loaded.close();
    }
  }
}
