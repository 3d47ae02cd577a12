package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.adapter.SlotPool.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who is resident, where, and who goes for whom. */
class SlotPoolTest {

  private final HostTier host = Adapters.host(name -> weights(1, 1), Long.MAX_VALUE / 2);
  private final Rows rows = new Rows();

  /** Keeps whose each row is, and refuses when it is told to. */
  private static final class Rows implements Arena {
    private final Map<Integer, Float> owner = new HashMap<>();
    private int capacity;
    private boolean full;
    private boolean refuses;

    @Override
    public void reserve(int ranks) {
      if (full && ranks > capacity) {
        throw new IllegalStateException("no memory");
      }
      capacity = Math.max(capacity, ranks);
    }

    @Override
    public void upload(AdapterWeights weights, int[] ranks) {
      if (refuses) {
        throw new IllegalStateException("refused");
      }
      for (int rank : ranks) {
        assertThat(rank).isBetween(1, capacity);
        owner.put(rank, weights.changes().get(0).in()[0]);
      }
    }

    /** Whether all rows are still that one's. */
    boolean has(Slot slot, float name) {
      for (int rank : slot.ranks()) {
        if (owner.get(rank) != name) {
          return false;
        }
      }
      return true;
    }
  }

  private static void release(SlotPool pool, Map<Slot, AdapterSource> running, Slot slot) {
    pool.release(slot);
    if (pool.users().get(running.get(slot)) == 0) {
      running.remove(slot);
    }
  }

  private static AdapterWeights weights(float name, int rank) {
    float[] in = new float[rank];
    in[0] = name;
    return new AdapterWeights(Map.of(0, new Change(rank, in, new float[rank])));
  }

  private FolderAdapter adapter(int number) {
    return Adapters.source("a" + number, weights(number, 1), host);
  }

  private MixedAdapter mix(FolderAdapter of, double weight) {
    return new MixedAdapter(List.of(new MixedAdapter.Part(of, weight)), 8);
  }

  private Slot passing(SlotPool pool, AdapterSource adapter, float name) {
    Slot slot = pool.acquire(adapter, () -> weights(name, 2)).orElseThrow();
    pool.release(slot);
    return slot;
  }

  @Test
  void losesNothingWhenTheNextCannotBeReadReservedOrWritten() {
    SlotPool pool = new SlotPool(rows, 1);
    FolderAdapter first = adapter(1);
    Slot slot = passing(pool, first, 1);
    FolderAdapter second = adapter(2);
    assertThatThrownBy(
            () ->
                pool.acquire(
                    second,
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    rows.full = true;
    assertThatThrownBy(() -> pool.acquire(second, () -> weights(2, 3))).hasMessage("no memory");
    rows.full = false;
    rows.refuses = true;
    assertThatThrownBy(() -> pool.acquire(second, () -> weights(2, 3))).hasMessage("refused");
    rows.refuses = false;
    assertThat(pool.contains(first)).isTrue();
    assertThat(rows.has(slot, 1)).isTrue();
    assertThat(pool.counts().evictions()).isZero();
    assertThat(passing(pool, second, 2).ranks()).doesNotContain(0);
    assertThat(pool.contains(first)).isFalse();
  }

  @Test
  void givesMixesHalfOfTheSlotsAndNeverEverybodysAdapters() {
    SlotPool pool = new SlotPool(rows, 4);
    List<FolderAdapter> adapters = List.of(adapter(1), adapter(2), adapter(3), adapter(4));
    adapters.forEach(each -> passing(pool, each, 1));
    for (int i = 0; i < 50; i++) {
      passing(pool, mix(adapters.get(0), 2 + i), 9);
    }
    assertThat(pool.resident()).isEqualTo(4);
    assertThat(pool.contains(adapters.get(2)) && pool.contains(adapters.get(3))).isTrue();
    // Two that run: a third mix waits, while an adapter finds a slot.
    Slot one = pool.acquire(mix(adapters.get(0), 100), () -> weights(9, 2)).orElseThrow();
    Slot two = pool.acquire(mix(adapters.get(0), 101), () -> weights(9, 2)).orElseThrow();
    assertThat(pool.hasRoom(true)).isFalse();
    assertThat(pool.acquire(mix(adapters.get(0), 102), () -> weights(9, 2))).isEmpty();
    assertThat(pool.hasRoom(false)).isTrue();
    passing(pool, adapters.get(0), 1);
    pool.release(one);
    assertThat(pool.hasRoom(true)).isTrue();
    pool.release(two);
    // Mixes give way to adapters as others do.
    adapters.forEach(each -> passing(pool, each, 1));
    adapters.forEach(each -> assertThat(pool.contains(each)).isTrue());
  }

  @Test
  void letsAMixHaveTheOnlySlot() {
    SlotPool pool = new SlotPool(rows, 1);
    passing(pool, adapter(1), 1);
    passing(pool, mix(adapter(1), 2), 9);
    passing(pool, mix(adapter(1), 3), 9);
    passing(pool, adapter(2), 1);
    assertThat(pool.resident()).isEqualTo(1);
  }

  @Test
  void freesTheSlotOfOneThatWasTakenAwayWithItsLastUse() {
    SlotPool pool = new SlotPool(rows, 2);
    FolderAdapter adapter = adapter(1);
    Slot running = pool.acquire(adapter, () -> weights(1, 2)).orElseThrow();
    Slot mixed = pool.acquire(mix(adapter, 2), () -> weights(9, 2)).orElseThrow();
    adapter.retire();
    assertThat(pool.drop(adapter)).isFalse();
    pool.release(running);
    assertThat(pool.contains(adapter)).isFalse();
    pool.release(mixed);
    assertThat(pool.resident()).isZero();
    // One that waited for it comes late, and takes it away again.
    passing(pool, adapter, 1);
    assertThat(pool.resident()).isZero();
  }

  @Test
  void neverGivesARowToTwoWhateverFails() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Rows each = new Rows();
      int slots = 1 + random.nextInt(5);
      SlotPool pool = new SlotPool(each, slots);
      List<AdapterSource> sources = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        sources.add(random.nextInt(4) == 0 ? mix(adapter(i), 2 + i) : adapter(i));
      }
      int[] rank = random.ints(8, 1, 6).toArray();
      Map<Slot, AdapterSource> running = new HashMap<>();
      for (int step = 0; step < 300; step++) {
        int which = random.nextInt(8);
        each.refuses = random.nextInt(5) == 0;
        each.full = random.nextInt(5) == 0;
        try {
          pool.acquire(sources.get(which), () -> weights(which + 1, rank[which]))
              .ifPresent(taken -> running.put(taken, sources.get(which)));
        } catch (IllegalStateException e) {
          assertThat(e).hasMessageMatching("no memory|refused");
        }
        if (random.nextInt(3) > 0 && !running.isEmpty()) {
          List<Slot> all = List.copyOf(running.keySet());
          release(pool, running, all.get(random.nextInt(all.size())));
        }
        String claim = "seed " + seed + ", step " + step;
        running.forEach(
            (slot, source) ->
                assertThat(each.has(slot, sources.indexOf(source) + 1)).as(claim).isTrue());
        assertThat(pool.resident()).as(claim).isLessThanOrEqualTo(slots);
      }
      // As many rows as the slots can need at most, and no more.
      assertThat(each.capacity).as("seed %d", seed).isLessThanOrEqualTo(slots * 5);
    }
  }
}
