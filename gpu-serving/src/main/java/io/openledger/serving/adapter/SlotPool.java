package io.openledger.serving.adapter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the used adapters resident: at most so many, the least recently used goes first, never one
 * under a running sequence nor a pinned one. What loads and what frees belongs to the scheduler's
 * thread, as the arena does; what only tells is for any. One class, because each method guards the
 * same few maps.
 */
public final class SlotPool {

  private final Arena arena;
  private final int slots;
  private final Map<AdapterSource, Slot> held = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<AdapterSource> pinned = new HashSet<>();
  private final Deque<Integer> free = new ArrayDeque<>();
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
    private final int[] ranks;
    private int users;

    private Slot(int[] ranks) {
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

  private @Nullable Slot enter(AdapterSource adapter, Supplier<AdapterWeights> weights) {
    if (held.size() >= slots && !evict()) {
      return null;
    }
    long start = System.nanoTime();
    AdapterWeights loaded = weights.get();
    Slot slot = new Slot(take(loaded.rank()));
    try {
      arena.upload(loaded, slot.ranks);
    } catch (RuntimeException e) {
      giveBack(slot);
      throw e;
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

  /** Hands a pin on, if there is one; the next is loaded now if it can be, else when it is used. */
  public synchronized void repin(
      AdapterSource former, AdapterSource next, Supplier<AdapterWeights> weights) {
    if (pinned.remove(former)) {
      pinned.add(next);
      load(next, weights);
    }
  }

  /** Ends one use. */
  public synchronized void release(Slot slot) {
    if (slot.users <= 0) {
      throw new IllegalStateException("a slot is released more often than it was acquired");
    }
    slot.users--;
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

  private boolean evict() {
    for (Iterator<Map.Entry<AdapterSource, Slot>> entries = held.entrySet().iterator();
        entries.hasNext(); ) {
      Map.Entry<AdapterSource, Slot> entry = entries.next();
      if (entry.getValue().users == 0 && !pinned.contains(entry.getKey())) {
        entries.remove();
        giveBack(entry.getValue());
        evictions++;
        return true;
      }
    }
    return false;
  }

  private int[] take(int count) {
    int fresh = Math.max(0, count - free.size());
    arena.reserve(highest + fresh);
    int[] ranks = new int[count];
    for (int i = 0; i < count; i++) {
      ranks[i] = free.isEmpty() ? ++highest : free.pop();
    }
    return ranks;
  }

  private void giveBack(Slot slot) {
    arena.release(slot.ranks);
    for (int rank : slot.ranks) {
      free.push(rank);
    }
  }
}
