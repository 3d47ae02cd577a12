package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.ModelConfig;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adapters in host memory, ready to be copied: at most so many bytes, the least recently used goes
 * first. What is in a slot is there as well, sharing its memory. Safe for any thread; an adapter is
 * read by one thread at a time, and others that want it wait for that one.
 */
public final class HostTier {

  private final ModelConfig config;
  private final BaseWeights base;
  private final int maxRank;
  private final long limit;
  private final Map<FolderAdapter, AdapterWeights> held = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  HostTier(ModelConfig config, BaseWeights base, int maxRank, long limit) {
    this.config = config;
    this.base = base;
    this.maxRank = maxRank;
    this.limit = limit;
  }

  /** An adapter's weights, from here or from disk. */
  AdapterWeights weights(FolderAdapter adapter) {
    Optional<AdapterWeights> here = find(adapter);
    if (here.isPresent()) {
      return here.get();
    }
    synchronized (adapter) {
      Optional<AdapterWeights> meanwhile = find(adapter);
      return meanwhile.isPresent() ? meanwhile.get() : read(adapter);
    }
  }

  private AdapterWeights read(FolderAdapter adapter) {
    PeftFolder read = PeftFolder.read(adapter.folder(), config, base, maxRank);
    if (!read.digest().equals(adapter.info().digest())) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_BROKEN,
          "the files of adapter " + adapter.info().id() + " have digest " + read.digest(),
          "the digest at registration, " + adapter.info().digest(),
          "unregister the adapter and register it again");
    }
    keep(adapter, read.weights());
    return read.weights();
  }

  private synchronized Optional<AdapterWeights> find(FolderAdapter adapter) {
    @Nullable AdapterWeights weights = held.get(adapter);
    return Optional.ofNullable(weights);
  }

  private synchronized void keep(FolderAdapter adapter, AdapterWeights weights) {
    if (adapter.bytes() > limit || held.put(adapter, weights) != null) {
      return;
    }
    bytes += adapter.bytes();
    for (Iterator<FolderAdapter> oldest = held.keySet().iterator(); bytes > limit; ) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  /** Whether it would stay here once it is read. */
  public boolean keeps(FolderAdapter adapter) {
    return adapter.bytes() <= limit;
  }

  /** Lets an adapter go. */
  public synchronized void drop(FolderAdapter adapter) {
    if (held.remove(adapter) != null) {
      bytes -= adapter.bytes();
    }
  }

  /** Whether an adapter is here. Does not count as a use. */
  public synchronized boolean contains(FolderAdapter adapter) {
    return held.containsKey(adapter);
  }

  /** What is here. */
  public synchronized Set<FolderAdapter> held() {
    return Set.copyOf(held.keySet());
  }

  /** Bytes of what is here. */
  public synchronized long bytes() {
    return bytes;
  }
}
