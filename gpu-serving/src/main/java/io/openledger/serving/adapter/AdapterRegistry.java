package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The registered adapters of one base model, by name. Safe for any thread. */
public final class AdapterRegistry {

  private static final int MOST = 100_000;

  private final ModelInfo base;
  private final Optional<ModelId> parent;
  private final Checkpoint checkpoint;
  private final BaseWeights weights;
  private final int maxRank;
  private final HostTier host;
  private final ConcurrentSkipListMap<ModelId, RegisteredAdapter> adapters =
      new ConcurrentSkipListMap<>();

  /**
   * @param maxRank the largest rank of an adapter
   * @param hostBytes how much of adapters may wait in memory
   */
  public AdapterRegistry(ModelInfo base, Checkpoint checkpoint, int maxRank, long hostBytes) {
    this.base = base;
    this.parent = Optional.of(base.id());
    this.checkpoint = checkpoint;
    this.weights = new BaseWeights(checkpoint.tensors());
    this.maxRank = maxRank;
    this.host = new HostTier(checkpoint.config(), weights, maxRank, hostBytes);
  }

  /** Adapters in host memory. */
  public HostTier host() {
    return host;
  }

  /** The largest rank of an adapter. */
  public int maxRank() {
    return maxRank;
  }

  /** Validates a folder, data included, and registers it. */
  public ModelInfo register(ModelId id, Path folder, AdapterAccess access) {
    refuseTaken(id);
    if (adapters.size() >= MOST) {
      throw new OpenLedgerException(
          ErrorCode.BUSY, MOST + " adapters", "at most " + MOST, "unregister one first");
    }
    FolderAdapter adapter = read(id, folder, 1);
    if (adapters.putIfAbsent(id, new RegisteredAdapter(adapter, access, false)) != null) {
      refuseTaken(id);
    }
    return adapter.info();
  }

  private FolderAdapter read(ModelId id, Path folder, long version) {
    PeftFolder read = PeftFolder.read(folder, checkpoint.config(), weights, maxRank);
    ModelInfo info =
        new ModelInfo(id, parent, base.family(), read.digest(), base.contextLength(), base.chat());
    return new FolderAdapter(info, folder, host, version, read);
  }

  /**
   * Puts another version under a name.
   *
   * @return what stood there before; empty: no such name
   */
  public Optional<RegisteredAdapter> replace(ModelId id, Path folder) {
    if (!adapters.containsKey(id)) {
      return Optional.empty();
    }
    FolderAdapter read = read(id, folder, 0);
    while (true) {
      @Nullable RegisteredAdapter former = adapters.get(id);
      if (former == null) {
        return Optional.empty();
      }
      RegisteredAdapter next = former.with(read.as(former.adapter().version() + 1));
      // Two who replace at once get a version each; the later one stays.
      if (adapters.replace(id, former, next)) {
        return Optional.of(former);
      }
    }
  }

  /** Changes who may ask; false: no such name. */
  public boolean grant(ModelId id, AdapterAccess access) {
    return adapters.computeIfPresent(id, (name, entry) -> entry.with(access)) != null;
  }

  /** Marks as pinned or not; false: no such name. */
  public boolean pin(ModelId id, boolean pinned) {
    return adapters.computeIfPresent(id, (name, entry) -> entry.with(pinned)) != null;
  }

  private void refuseTaken(ModelId id) {
    if (id.equals(base.id()) || adapters.containsKey(id)) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_EXISTS,
          "adapter " + id,
          "a name that no model has yet",
          "choose another name, or unregister it first");
    }
  }

  /** Takes an adapter away. */
  public Optional<FolderAdapter> remove(ModelId id) {
    return Optional.ofNullable(adapters.remove(id)).map(RegisteredAdapter::adapter);
  }

  /** What stands under that name. */
  public Optional<RegisteredAdapter> find(ModelId id) {
    return Optional.ofNullable(adapters.get(id));
  }

  /** All, by name. */
  public List<RegisteredAdapter> all() {
    return List.copyOf(adapters.values());
  }

  /** How many. */
  public int size() {
    return adapters.size();
  }

  /** What they are, by name. */
  public List<ModelInfo> list() {
    return adapters.values().stream().map(entry -> entry.adapter().info()).toList();
  }
}
