package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.AdapterResidency.Tier;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import io.openledger.api.spi.ServingStatus;
import io.openledger.serving.adapter.AdapterRegistry;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.FolderAdapter;
import io.openledger.serving.adapter.MixedAdapter;
import io.openledger.serving.adapter.RegisteredAdapter;
import io.openledger.serving.adapter.SlotPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What becomes of adapters: who may ask them, where they are, which version answers. Changes come
 * one at a time; what touches the decoder is done between two steps by the scheduler's thread.
 * Requests never wait for a change. One class, because each operation of the engine's face is here
 * in a few lines.
 */
final class AdapterAdministration {

  private static final long PATIENCE = 20;

  private final ModelId base;
  private final AdapterRegistry registry;
  private final SlotPool pool;
  private final Scheduler scheduler;

  AdapterAdministration(
      ModelId base, AdapterRegistry registry, SlotPool pool, Scheduler scheduler) {
    this.base = base;
    this.registry = registry;
    this.pool = pool;
    this.scheduler = scheduler;
  }

  /**
   * What a request runs on: the versions that are current now.
   *
   * @return empty: the base model
   * @throws OpenLedgerException {@link ErrorCode#MODEL_UNKNOWN} for what does not exist and for
   *     what the tenant is not granted, in the same words
   */
  Optional<AdapterSource> asked(Request request) {
    List<MixedAdapter.Part> parts = new ArrayList<>();
    for (WeightedAdapter one : request.adapters()) {
      if (!one.id().equals(base)) {
        RegisteredAdapter found =
            registry
                .find(one.id())
                .filter(entry -> entry.access().permits(request.scheduling().tenant()))
                .orElseThrow(() -> unknown(one.id()));
        requireVersion(one, found.adapter().info());
        parts.add(new MixedAdapter.Part(found.adapter(), one.weight()));
      }
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    boolean asTrained = parts.size() == 1 && parts.get(0).weight() == 1;
    return Optional.of(
        asTrained ? parts.get(0).adapter() : new MixedAdapter(parts, registry.maxRank()));
  }

  private static void requireVersion(WeightedAdapter asked, ModelInfo found) {
    if (asked.digest().filter(digest -> !digest.equals(found.digest())).isPresent()) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_REPLACED,
          "version " + asked.digest().get() + " of adapter " + asked.id(),
          "the version that is there now, " + found.digest(),
          "call again: the adapter was replaced while the call arrived; nothing was charged");
    }
  }

  private OpenLedgerException unknown(ModelId id) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNKNOWN,
        "model " + id,
        base + " or a registered adapter",
        "register the adapter, or ask for another model");
  }

  synchronized ModelInfo replace(ModelId id, Path folder) {
    RegisteredAdapter former = registry.replace(id, folder).orElseThrow(() -> unknown(id));
    FolderAdapter next = known(id).adapter();
    // At once: whatever fails from here on, it is said to be pinned and is.
    boolean pinned = pool.repin(former.adapter(), next);
    try {
      if (pinned) {
        AdapterWeights weights = next.load();
        onLoop(() -> pool.load(next, () -> weights));
      }
    } catch (OpenLedgerException e) {
      // Interrupted: it is replaced, and is loaded when it is used.
      if (e.code() != ErrorCode.CANCELLED) {
        throw e;
      }
    } finally {
      registry.host().drop(former.adapter());
      scheduler.drop(former.adapter());
    }
    return next.info();
  }

  synchronized void grant(ModelId id, AdapterAccess access) {
    if (!registry.grant(id, access)) {
      throw unknown(id);
    }
  }

  synchronized void load(ModelId id) {
    FolderAdapter adapter = known(id).adapter();
    AdapterWeights weights = adapter.load();
    if (!onLoop(() -> pool.load(adapter, () -> weights))) {
      throw busy(id);
    }
  }

  synchronized boolean unload(ModelId id) {
    FolderAdapter adapter = known(id).adapter();
    boolean freed = onLoop(() -> pool.unload(adapter));
    if (freed) {
      registry.host().drop(adapter);
    }
    return freed;
  }

  synchronized void pin(ModelId id, boolean pinned) {
    FolderAdapter adapter = known(id).adapter();
    if (pinned) {
      AdapterWeights weights = adapter.load();
      if (!onLoop(() -> pool.pin(adapter, () -> weights))) {
        throw busy(id);
      }
    } else {
      pool.unpin(adapter);
    }
    registry.pin(id, pinned);
  }

  synchronized boolean unregister(ModelId id) {
    Optional<FolderAdapter> removed = registry.remove(id);
    removed.ifPresent(
        adapter -> {
          pool.unpin(adapter);
          registry.host().drop(adapter);
          scheduler.drop(adapter);
        });
    return removed.isPresent();
  }

  private RegisteredAdapter known(ModelId id) {
    return registry.find(id).orElseThrow(() -> unknown(id));
  }

  private static OpenLedgerException busy(ModelId id) {
    return new OpenLedgerException(
        ErrorCode.BUSY,
        "no slot for adapter " + id,
        "a slot that is neither pinned nor under a running sequence; one stays without a pin",
        "unpin another adapter, wait, or give the engine more slots");
  }

  /** Costs one look at the slots and one at host memory, and a record for each adapter. */
  List<AdapterResidency> residency() {
    Map<AdapterSource, Integer> resident = pool.users();
    Set<FolderAdapter> host = registry.host().held();
    List<AdapterResidency> all = new ArrayList<>();
    for (RegisteredAdapter entry : registry.all()) {
      FolderAdapter adapter = entry.adapter();
      Integer users = resident.get(adapter);
      Tier tier = users != null ? Tier.SLOT : host.contains(adapter) ? Tier.HOST : Tier.DISK;
      all.add(residency(entry, tier, users == null ? 0 : users));
    }
    return all;
  }

  /** Costs the same however many adapters there are. */
  Optional<AdapterResidency> residency(ModelId id) {
    return registry
        .find(id)
        .map(
            entry -> {
              OptionalInt users = pool.users(entry.adapter());
              Tier tier =
                  users.isPresent()
                      ? Tier.SLOT
                      : registry.host().contains(entry.adapter()) ? Tier.HOST : Tier.DISK;
              return residency(entry, tier, users.orElse(0));
            });
  }

  private static AdapterResidency residency(RegisteredAdapter entry, Tier tier, int users) {
    FolderAdapter adapter = entry.adapter();
    return new AdapterResidency(
        adapter.info(),
        adapter.version(),
        entry.access(),
        tier,
        entry.pinned(),
        users,
        adapter.rank(),
        tier == Tier.DISK ? adapter.fileBytes() : adapter.bytes());
  }

  ServingStatus.Adapters status() {
    SlotPool.Counts counts = pool.counts();
    return new ServingStatus.Adapters(
        registry.size(),
        registry.host().held().size(),
        pool.resident(),
        pool.pinned(),
        counts.hits(),
        counts.misses(),
        registry.host().hits(),
        counts.evictions());
  }

  /**
   * Waits for the scheduler's thread, or for its end. Nothing is left half-done: an interrupt takes
   * back what has not begun, and waits for what has, which is short.
   */
  private boolean onLoop(Supplier<Boolean> action) {
    FutureTask<Boolean> task = new FutureTask<>(action::get);
    AtomicBoolean begun = new AtomicBoolean();
    scheduler.between(
        () -> {
          if (begun.compareAndSet(false, true)) {
            task.run();
          }
        });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get(PATIENCE, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (scheduler.ended() && begun.compareAndSet(false, true)) {
            throw Scheduler.closed();
          }
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException failure
              ? failure
              : new IllegalStateException("between two steps", e.getCause());
        } catch (InterruptedException e) {
          interrupted = true;
          if (begun.compareAndSet(false, true)) {
            throw new OpenLedgerException(
                ErrorCode.CANCELLED, "an interrupt", "a call that is waited for", "call again", e);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
