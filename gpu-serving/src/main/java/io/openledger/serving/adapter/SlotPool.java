package io.openledger.serving.adapter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the used adapters resident: at most so many, the least recently used goes first, never one
 * under a running sequence. Owned by the scheduler's thread, but for {@link #resident} and {@link
 * #contains}.
 */
public final class SlotPool {

  private final Arena arena;
  private final int slots;
  private final Map<AdapterSource, Slot> held = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<Integer> free = new ArrayDeque<>();
  private int highest;

  /**
   * @param slots how many adapters can be resident at once
   */
  public SlotPool(Arena arena, int slots) {
    this.arena = arena;
    this.slots = slots;
  }

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
    if (slot == null) {
      if (held.size() >= slots && !evict()) {
        return Optional.empty();
      }
      AdapterWeights loaded = weights.get();
      slot = new Slot(take(loaded.rank()));
      try {
        arena.upload(loaded, slot.ranks);
      } catch (RuntimeException e) {
        giveBack(slot);
        throw e;
      }
      held.put(adapter, slot);
    }
    slot.users++;
    return Optional.of(slot);
  }

  /** Ends one use. */
  public synchronized void release(Slot slot) {
    if (slot.users <= 0) {
      throw new IllegalStateException("a slot is released more often than it was acquired");
    }
    slot.users--;
  }

  /** Drops an adapter that was taken away, unless a sequence still runs on it. */
  public synchronized boolean drop(AdapterSource adapter) {
    @Nullable Slot slot = held.get(adapter);
    if (slot == null) {
      return true;
    }
    if (slot.users > 0) {
      return false;
    }
    held.remove(adapter);
    giveBack(slot);
    return true;
  }

  /** How many adapters are resident. */
  public synchronized int resident() {
    return held.size();
  }

  /** Whether an adapter is resident now. Does not count as a use. */
  public synchronized boolean contains(AdapterSource adapter) {
    return held.containsKey(adapter);
  }

  private boolean evict() {
    for (Iterator<Slot> slots = held.values().iterator(); slots.hasNext(); ) {
      Slot slot = slots.next();
      if (slot.users == 0) {
        slots.remove();
        giveBack(slot);
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
