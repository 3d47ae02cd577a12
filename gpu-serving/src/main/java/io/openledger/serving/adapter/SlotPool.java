package io.openledger.serving.adapter;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the used adapters resident: at most so many, the least recently used goes first, never one
 * under a running sequence nor a pinned one. Mixes have at most half of the slots: one who asks
 * with ever new weights drives out other mixes, and not everybody's adapters. What loads and what
 * frees belongs to the scheduler's thread, as the arena does; what only tells is for any. One
 * class, because each method guards the same few maps.
 */
public final class SlotPool {

  private final Arena arena;
  private final int slots;
  private final Map<AdapterSource, Slot> held = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<AdapterSource> pinned = new HashSet<>();
  private final Set<Integer> free = new TreeSet<>();
  private final DoubleConsumer loadSeconds;
  private int highest;
  private long hits;
  private long misses;
  private long evictions;

  /**
   * @param slots how many adapters can be resident at once
   */
  public SlotPool(Arena arena, int slots) {
    this(arena, slots, seconds -> {});
  }

  /**
   * @param slots how many adapters can be resident at once
   * @param loadSeconds told how long each loading into a slot took
   */
  public SlotPool(Arena arena, int slots, DoubleConsumer loadSeconds) {
    this.arena = arena;
    this.slots = slots;
    this.loadSeconds = loadSeconds;
  }

  /**
   * What the pool did since it was made.
   *
   * @param hits acquired and resident
   * @param misses acquired and loaded for it
   * @param evictions left for another
   */
  public record Counts(long hits, long misses, long evictions) {}

  /** A resident adapter. Its ranks stay where they are while it is in use. */
  public static final class Slot {
    private final AdapterSource adapter;
    private final int[] ranks;
    private int users;

    private Slot(AdapterSource adapter, int[] ranks) {
      this.adapter = adapter;
      this.ranks = ranks;
    }

    /** The adapter's rows of the arena; not written to. */
    public int[] ranks() {
      return ranks;
    }
  }

  /**
   * Makes an adapter resident and pins it until {@link #release}.
   *
   * @param weights asked for when it is not resident
   * @return empty when every slot is under a running sequence
   */
  public synchronized Optional<Slot> acquire(
      AdapterSource adapter, Supplier<AdapterWeights> weights) {
    @Nullable Slot slot = held.get(adapter);
    if (slot != null) {
      hits++;
    } else {
      slot = enter(adapter, weights);
      if (slot == null) {
        return Optional.empty();
      }
      misses++;
    }
    slot.users++;
    return Optional.of(slot);
  }

  /** Nothing that is resident is lost before the new one is in its place. */
  private @Nullable Slot enter(AdapterSource adapter, Supplier<AdapterWeights> weights) {
    boolean mix = adapter instanceof MixedAdapter;
    if (!hasRoom(mix)) {
      return null;
    }
    long start = System.nanoTime();
    AdapterWeights loaded = weights.get();
    @Nullable Slot victim = victim(mix);
    int[] former = victim == null ? new int[0] : victim.ranks;
    Slot slot = new Slot(adapter, ranks(loaded.rank(), former));
    int largest = Math.max(highest, Arrays.stream(slot.ranks).max().orElse(0));
    arena.reserve(largest);
    if (victim == null) {
      arena.upload(loaded, slot.ranks);
    } else {
      arena.replace(former, loaded, slot.ranks);
      held.remove(victim.adapter);
      putBack(former);
      evictions++;
    }
    highest = largest;
    for (int rank : slot.ranks) {
      free.remove(rank);
    }
    held.put(adapter, slot);
    loadSeconds.accept((System.nanoTime() - start) / 1e9);
    return slot;
  }

  /**
   * Makes an adapter resident ahead of its use, and as recently used.
   *
   * @return false when every slot is pinned or under a running sequence
   */
  public synchronized boolean load(AdapterSource adapter, Supplier<AdapterWeights> weights) {
    return held.get(adapter) != null || enter(adapter, weights) != null;
  }

  /**
   * Makes an adapter resident for good, until {@link #unpin}. One slot stays without a pin.
   *
   * @return false when there is no slot for it
   */
  public synchronized boolean pin(AdapterSource adapter, Supplier<AdapterWeights> weights) {
    if (pinned.contains(adapter)) {
      return true;
    }
    if (pinned.size() + 1 >= slots || !load(adapter, weights)) {
      return false;
    }
    return pinned.add(adapter);
  }

  /** Lets a pinned adapter be evicted. */
  public synchronized void unpin(AdapterSource adapter) {
    pinned.remove(adapter);
  }

  /** Hands a pin on, if there is one; the next is loaded when it is used, or by {@link #load}. */
  public synchronized boolean repin(AdapterSource former, AdapterSource next) {
    return pinned.remove(former) && pinned.add(next);
  }

  /** Ends one use. One that was taken away meanwhile goes with its last. */
  public synchronized void release(Slot slot) {
    if (slot.users <= 0) {
      throw new IllegalStateException("a slot is released more often than it was acquired");
    }
    slot.users--;
    if (slot.users == 0 && slot.adapter.retired()) {
      held.remove(slot.adapter);
      giveBack(slot);
    }
  }

  /**
   * Whether one that is not resident could be.
   *
   * @param mix whether it is a mix
   */
  public synchronized boolean hasRoom(boolean mix) {
    return !(mix && full()) && held.size() < slots || victim(mix) != null;
  }

  /**
   * Drops an adapter that was taken away, and the mixes that it is part of.
   *
   * @return false when a sequence still runs on it or on one of them, which then stays
   */
  public synchronized boolean drop(AdapterSource adapter) {
    boolean all = true;
    for (Iterator<Map.Entry<AdapterSource, Slot>> entries = held.entrySet().iterator();
        entries.hasNext(); ) {
      Map.Entry<AdapterSource, Slot> entry = entries.next();
      if (entry.getKey().has(adapter)) {
        all &= entry.getValue().users == 0;
        if (entry.getValue().users == 0) {
          entries.remove();
          giveBack(entry.getValue());
        }
      }
    }
    return all;
  }

  /** Frees an adapter's slot; false when it is pinned or a sequence runs on it. */
  public synchronized boolean unload(AdapterSource adapter) {
    @Nullable Slot slot = held.get(adapter);
    if (pinned.contains(adapter) || slot != null && slot.users > 0) {
      return false;
    }
    if (slot != null) {
      held.remove(adapter);
      giveBack(slot);
    }
    return true;
  }

  /** The resident adapters, with how many sequences run on each. */
  public synchronized Map<AdapterSource, Integer> users() {
    Map<AdapterSource, Integer> users = new HashMap<>();
    held.forEach((adapter, slot) -> users.put(adapter, slot.users));
    return users;
  }

  /** How many sequences run on an adapter; empty: it is not resident. Does not count as a use. */
  public synchronized OptionalInt users(AdapterSource adapter) {
    if (!held.containsKey(adapter)) {
      return OptionalInt.empty();
    }
    // every way to get a value by its key counts as a use
    return held.entrySet().stream()
        .filter(entry -> entry.getKey().equals(adapter))
        .mapToInt(entry -> entry.getValue().users)
        .findFirst();
  }

  /** What it did. */
  public synchronized Counts counts() {
    return new Counts(hits, misses, evictions);
  }

  /** How many adapters are resident. */
  public synchronized int resident() {
    return held.size();
  }

  /** How many are pinned. */
  public synchronized int pinned() {
    return pinned.size();
  }

  /** Whether an adapter is resident now. Does not count as a use. */
  public synchronized boolean contains(AdapterSource adapter) {
    return held.containsKey(adapter);
  }

  private boolean idle(Slot slot) {
    return slot.users == 0 && !pinned.contains(slot.adapter);
  }

  /** Who goes for another: nobody while a slot is empty, and for one mix too many only a mix. */
  private @Nullable Slot victim(boolean mix) {
    boolean mixes = mix && full();
    if (!mixes && held.size() < slots) {
      return null;
    }
    for (Slot slot : held.values()) {
      if (idle(slot) && (!mixes || slot.adapter instanceof MixedAdapter)) {
        return slot;
      }
    }
    return null;
  }

  private boolean full() {
    long mixes = held.keySet().stream().filter(MixedAdapter.class::isInstance).count();
    return mixes >= mostMixes(slots);
  }

  /** Of so many slots; at least one. */
  static int mostMixes(int slots) {
    return Math.max(1, slots / 2);
  }

  /** Rows for so many ranks: those that become free, then free ones, then new ones. */
  private int[] ranks(int count, int[] former) {
    Iterator<Integer> rest = free.iterator();
    int next = highest;
    int[] ranks = new int[count];
    for (int i = 0; i < count; i++) {
      ranks[i] = i < former.length ? former[i] : rest.hasNext() ? rest.next() : ++next;
    }
    return ranks;
  }

  private void giveBack(Slot slot) {
    arena.release(slot.ranks);
    putBack(slot.ranks);
  }

  private void putBack(int[] ranks) {
    for (int rank : ranks) {
      free.add(rank);
    }
  }
}
