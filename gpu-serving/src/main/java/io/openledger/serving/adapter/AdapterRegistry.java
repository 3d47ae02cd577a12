package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The registered adapters of one base model, by name. Safe for any thread. */
public final class AdapterRegistry {

  private static final int MOST = 100_000;

  private final ModelInfo base;
  private final ModelConfig config;
  private final int maxRank;
  private final ConcurrentSkipListMap<ModelId, AdapterSource> adapters =
      new ConcurrentSkipListMap<>();

  /**
   * @param maxRank the largest rank of an adapter
   */
  public AdapterRegistry(ModelInfo base, ModelConfig config, int maxRank) {
    this.base = base;
    this.config = config;
    this.maxRank = maxRank;
  }

  /** Validates a folder, data included, and registers it. */
  public ModelInfo register(ModelId id, Path folder) {
    refuseTaken(id);
    if (adapters.size() >= MOST) {
      throw new OpenLedgerException(
          ErrorCode.BUSY, MOST + " adapters", "at most " + MOST, "unregister one first");
    }
    PeftFolder read = PeftFolder.read(folder, config, maxRank);
    ModelInfo info =
        new ModelInfo(
            id,
            Optional.of(base.id()),
            base.family(),
            read.digest(),
            base.contextLength(),
            base.chat());
    AdapterSource source = new AdapterSource(info, folder, config, maxRank, read.weights().rank());
    if (adapters.putIfAbsent(id, source) != null) {
      refuseTaken(id);
    }
    return info;
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
  public Optional<AdapterSource> remove(ModelId id) {
    return Optional.ofNullable(adapters.remove(id));
  }

  /** The adapter of that name. */
  public Optional<AdapterSource> find(ModelId id) {
    return Optional.ofNullable(adapters.get(id));
  }

  /** All, by name. */
  public List<ModelInfo> list() {
    return adapters.values().stream().map(AdapterSource::info).toList();
  }
}
