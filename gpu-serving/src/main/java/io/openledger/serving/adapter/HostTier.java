package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.ModelConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adapters in host memory, ready to be copied, and room for those that are being read: at most so
 * many bytes together, of which nothing but a single adapter that is larger than all of it may take
 * more. What is in a slot is there as well, sharing its memory.
 *
 * <p>Requests that wait for an adapter hold a {@link Claim} on it: those for the same version share
 * one place and one reading. Room is made by giving up what nobody waits for, the least recently
 * used first; for whom it is urgent, then also what others wait for without urgency, who will read
 * it again.
 *
 * <p>Safe for any thread. Nothing is read under its lock: an adapter is read by one thread at a
 * time, and others that want it wait for that one. One class, because places and claims change
 * together under that lock.
 */
public final class HostTier {

  private final Function<FolderAdapter, AdapterWeights> files;
  private final long limit;
  private final Map<AdapterSource, Place> places = new LinkedHashMap<>(16, 0.75f, true);
  private final LongAdder hits = new LongAdder();
  private long bytes;

  HostTier(ModelConfig config, BaseWeights base, int maxRank, long limit) {
    this(adapter -> read(adapter, config, base, maxRank), limit);
  }

  /**
   * @param files reads an adapter from disk, whole
   * @param limit in bytes
   */
  HostTier(Function<FolderAdapter, AdapterWeights> files, long limit) {
    this.files = files;
    this.limit = limit;
  }

  private static AdapterWeights read(
      FolderAdapter adapter, ModelConfig config, BaseWeights base, int maxRank) {
    PeftFolder read = PeftFolder.read(adapter.folder(), config, base, maxRank);
    if (!read.digest().equals(adapter.info().digest())) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_BROKEN,
          "the files of adapter " + adapter.info().id() + " have digest " + read.digest(),
          "the digest at registration, " + adapter.info().digest(),
          "unregister the adapter and register it again");
    }
    return read.weights();
  }

  /** One adapter's; all of it is guarded by the tier. */
  private static final class Place {
    final AdapterSource adapter;
    long bytes;
    int claims;
    int urgent;
    int failures;
    boolean reading;
    boolean unwanted;
    boolean gone;
    @Nullable AdapterWeights weights;

    Place(AdapterSource adapter, long bytes) {
      this.adapter = adapter;
      this.bytes = bytes;
    }
  }

  /** What one request holds of an adapter, from when it begins to wait until it has its slot. */
  public final class Claim implements AutoCloseable {
    private final Place place;
    private final boolean found;
    private boolean urgent;
    private boolean closed;

    private Claim(Place place) {
      this.place = place;
      this.found = place.weights != null;
    }

    /** On what. */
    public AdapterSource adapter() {
      return place.adapter;
    }

    /** Whether the weights are in memory. */
    public boolean loaded() {
      return weights().isPresent();
    }

    /** The weights, once they are loaded. */
    public Optional<AdapterWeights> weights() {
      synchronized (HostTier.this) {
        return Optional.ofNullable(place.weights);
      }
    }

    /** Counts what was put in a slot and was here when it was asked for. */
    public void used() {
      if (found && place.adapter instanceof FolderAdapter) {
        hits.increment();
      }
    }

    /** Whether nobody reads the weights, and they are not here. */
    public boolean idle() {
      synchronized (HostTier.this) {
        return place.weights == null && !place.reading;
      }
    }

    /** Whether its place was given to another: a new claim is needed. */
    public boolean gone() {
      synchronized (HostTier.this) {
        return place.gone;
      }
    }

    /** How often reading failed, whoever read. */
    public int failures() {
      synchronized (HostTier.this) {
        return place.failures;
      }
    }

    /** Its place is not given to another any more. */
    public void urge() {
      synchronized (HostTier.this) {
        if (!urgent && !closed) {
          urgent = true;
          place.urgent++;
        }
      }
    }

    /**
     * Reads the weights on the calling thread, unless they are here, another reads them, or nobody
     * waits for them here any more.
     *
     * @throws OpenLedgerException as {@link AdapterSource#load}
     */
    public void load() {
      synchronized (HostTier.this) {
        if (place.weights != null || place.reading || place.gone || closed) {
          return;
        }
        place.reading = true;
      }
      @Nullable AdapterWeights read = null;
      try {
        read = place.adapter.load();
      } finally {
        done(place, read);
      }
    }

    /** The request waits no longer. Idempotent. */
    @Override
    public void close() {
      synchronized (HostTier.this) {
        if (!closed) {
          closed = true;
          place.claims--;
          place.urgent -= urgent ? 1 : 0;
          settle(place);
        }
      }
    }
  }

  /**
   * Takes part in an adapter's place here.
   *
   * @param now whether it is urgent: others that only wait give up theirs for it
   * @return empty: there is no room
   */
  synchronized Optional<Claim> claim(AdapterSource adapter, boolean now) {
    @Nullable Place place = places.get(adapter);
    if (place == null) {
      if (!room(adapter.loadingBytes(), now)) {
        return Optional.empty();
      }
      place = added(adapter, adapter.loadingBytes());
    }
    place.claims++;
    Claim claim = new Claim(place);
    if (now) {
      claim.urge();
    }
    return Optional.of(claim);
  }

  private Place added(AdapterSource adapter, long size) {
    Place place = new Place(adapter, size);
    places.put(adapter, place);
    bytes += size;
    return place;
  }

  /** Makes room, or changes nothing. */
  private boolean room(long size, boolean now) {
    if (bytes + size <= limit) {
      return true;
    }
    List<Place> victims = new ArrayList<>();
    places.values().stream()
        .filter(each -> !each.reading && each.claims == 0)
        .forEach(victims::add);
    if (now) {
      places.values().stream()
          .filter(each -> !each.reading && each.claims > 0 && each.urgent == 0)
          .forEach(victims::add);
    }
    long most = victims.stream().mapToLong(each -> each.bytes).sum();
    boolean alone = now && most == bytes;
    if (!alone && bytes - most + size > limit) {
      return false;
    }
    for (Place victim : victims) {
      if (bytes + size > limit) {
        remove(victim);
      }
    }
    return true;
  }

  private void remove(Place place) {
    if (!place.gone) {
      place.gone = true;
      place.weights = null;
      bytes -= place.bytes;
      places.remove(place.adapter);
    }
  }

  private synchronized void done(Place place, @Nullable AdapterWeights read) {
    place.reading = false;
    if (read == null) {
      place.failures++;
    } else if (!place.gone) {
      place.weights = read;
      // Less what was there only while it was read.
      bytes += place.adapter.bytes() - place.bytes;
      place.bytes = place.adapter.bytes();
    }
    settle(place);
  }

  /** What nobody waits for stays if it is an adapter in use, and has room. */
  private void settle(Place place) {
    boolean stays =
        place.weights != null
            && place.adapter instanceof FolderAdapter
            && !place.unwanted
            && !place.adapter.retired()
            && bytes <= limit;
    if (place.claims == 0 && !place.reading && !stays) {
      remove(place);
    }
  }

  /** An adapter's weights, from here or from disk. */
  AdapterWeights weights(FolderAdapter adapter) {
    Optional<AdapterWeights> here = find(adapter);
    if (here.isPresent()) {
      return here.get();
    }
    synchronized (adapter) {
      Optional<AdapterWeights> meanwhile = find(adapter);
      return meanwhile.isPresent() ? meanwhile.get() : kept(adapter, files.apply(adapter));
    }
  }

  private synchronized Optional<AdapterWeights> find(FolderAdapter adapter) {
    @Nullable Place place = places.get(adapter);
    return Optional.ofNullable(place == null ? null : place.weights);
  }

  private synchronized AdapterWeights kept(FolderAdapter adapter, AdapterWeights weights) {
    @Nullable Place place = places.get(adapter);
    if (place == null && !adapter.retired() && room(adapter.bytes(), false)) {
      place = added(adapter, adapter.bytes());
    }
    if (place != null) {
      place.weights = weights;
    }
    return weights;
  }

  /** Lets an adapter go, as soon as nobody waits for it. */
  public synchronized void drop(FolderAdapter adapter) {
    @Nullable Place place = places.get(adapter);
    if (place != null) {
      place.unwanted = true;
      settle(place);
    }
  }

  /** Whether an adapter is here. Does not count as a use. */
  public synchronized boolean contains(FolderAdapter adapter) {
    // Every way to get a value by its key counts as a use.
    return places.containsKey(adapter)
        && places.values().stream()
            .anyMatch(each -> each.adapter == adapter && each.weights != null);
  }

  /** What is here. */
  public synchronized Set<FolderAdapter> held() {
    Set<FolderAdapter> held = new HashSet<>();
    for (Place place : places.values()) {
      if (place.weights != null && place.adapter instanceof FolderAdapter adapter) {
        held.add(adapter);
      }
    }
    return held;
  }

  /** Of the adapters that went to a slot, how many were here when they were asked for. */
  public long hits() {
    return hits.sum();
  }

  /** Bytes of what is here and of what is being read. */
  public synchronized long bytes() {
    return bytes;
  }
}
