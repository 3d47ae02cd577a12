package io.openledger.serving.engine;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.HostTier;
import io.openledger.serving.adapter.MixedAdapter;
import io.openledger.serving.adapter.SlotPool;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets those that wait begin, in {@link WaitingLine}'s order, as far as there is a row, memory for
 * keys and values, and a slot for the adapter. One that cannot begin is passed over by those that
 * can and do not want what it lacks:
 *
 * <ul>
 *   <li>Without memory for its keys and values: by shorter ones.
 *   <li>Without a slot: by those whose adapter is resident and those on the base model; a mix, for
 *       which {@link SlotPool} has fewer slots, by those on single adapters, too.
 *   <li>With weights that are not in host memory: its caller is told to read them, and it is passed
 *       by all others meanwhile. The loop never reads a file.
 * </ul>
 *
 * <p>A caller that does not begin to read within a second of being told loses its place in host
 * memory, and is passed by until it does: a listener that blocks delays nobody but itself.
 *
 * <p>When {@value #OVERTAKEN} went before one for which there was no memory, nobody more does; for
 * which there was no slot, nobody more on adapters (on mixes, if that is what there are too many
 * of): what runs ends, and then there is room. Waiting for a read counts as being overtaken no more
 * than waiting in the caller's own code would.
 *
 * <p>Belongs to the loop's thread; takes the scheduler's lock for the line. A round looks at each
 * tenant's first request, and at the whole line when somebody is passed over. One class, because
 * what a round knows of one request decides who is tried next.
 */
final class Admission {

  /** How many without memory, and how many whose weights are being read, one round looks at. */
  private static final int LOOK_AHEAD = 8;

  static final int OVERTAKEN = 64;

  /** In nanoseconds. */
  static final long SILENCE = 1_000_000_000;

  private final Decoder decoder;
  private final SlotPool pool;
  private final Batch batch;
  private final KvBudget budget;
  private final WaitingLine waiting;
  private final ReentrantLock lock;
  private final BiConsumer<Sequence, Optional<RuntimeException>> read;

  /**
   * @param lock guards the line
   * @param read told on a caller's thread that its adapter was read, or why it was not
   */
  Admission(
      Decoder decoder,
      SlotPool pool,
      Batch batch,
      WaitingLine waiting,
      ReentrantLock lock,
      BiConsumer<Sequence, Optional<RuntimeException>> read) {
    this.decoder = decoder;
    this.pool = pool;
    this.batch = batch;
    this.budget = new KvBudget(decoder);
    this.waiting = waiting;
    this.lock = lock;
    this.read = read;
  }

  /** What became known in one round. */
  private final class Round {
    private final long now;
    private final Set<Sequence> passed = new HashSet<>();
    private final Set<Sequence> unread = new HashSet<>();
    private int shorterThan = Integer.MAX_VALUE;
    private int withoutMemory;
    private boolean over;
    private boolean noReads;
    private boolean noSlot;
    private boolean noMixSlot;
    private boolean barred;
    private boolean mixesBarred;
    private @Nullable Set<AdapterSource> resident;
    private int asked;

    Round(long now) {
      this.now = now;
    }

    /** Whether it may be tried, as far as is known. */
    boolean lets(Sequence sequence) {
      if (passed.contains(sequence)
          || unread.contains(sequence)
          || sequence.most(decoder.context()) >= shorterThan) {
        return false;
      }
      if (sequence.request.adapter().isEmpty()) {
        return true;
      }
      AdapterSource adapter = sequence.request.adapter().get();
      boolean mix = adapter instanceof MixedAdapter;
      if (barred || mix && mixesBarred) {
        return false;
      }
      if (noSlot || mix && noMixSlot) {
        return resident().contains(adapter);
      }
      // Those that are read give their places in host memory to those that are not: let them.
      return !noReads || sequence.loaded() || resident().contains(adapter);
    }

    private Set<AdapterSource> resident() {
      if (resident == null) {
        resident = pool.users().keySet();
      }
      return resident;
    }

    void withoutMemory(Sequence sequence) {
      passed.add(sequence);
      shorterThan = Math.min(shorterThan, sequence.most(decoder.context()));
      over |= sequence.overtaken >= OVERTAKEN || ++withoutMemory >= LOOK_AHEAD;
    }

    void withoutSlot(Sequence sequence, boolean mix) {
      passed.add(sequence);
      boolean all = !mix || !pool.hasRoom(false);
      noMixSlot = true;
      noSlot |= all;
      if (sequence.overtaken >= OVERTAKEN) {
        mixesBarred = true;
        barred |= all;
      }
    }

    void withoutWeights(Sequence sequence, boolean reads) {
      unread.add(sequence);
      asked += reads ? 1 : 0;
      noReads |= asked >= LOOK_AHEAD;
    }

    void began() {
      passed.forEach(each -> each.overtaken++);
      resident = null;
    }
  }

  /**
   * Lets begin who can.
   *
   * @param now by the scheduler's clock
   * @param begin told of each; it has its slot and its memory. Whether it still waited
   * @param refuse told who cannot, ever or now, and why
   * @return whether any began or was refused
   */
  boolean admit(
      long now, Predicate<Sequence> begin, BiConsumer<Sequence, RuntimeException> refuse) {
    boolean any = false;
    Round round = new Round(now);
    while (batch.size() < decoder.rows() && !round.over) {
      @Nullable Sequence sequence = first(round);
      if (sequence == null) {
        break;
      }
      try {
        if (!fits(sequence, round)) {
          continue;
        }
      } catch (RuntimeException e) {
        refuse.accept(sequence, e);
        any = true;
        continue;
      }
      if (begin.test(sequence)) {
        round.began();
        any = true;
      }
    }
    return any;
  }

  private @Nullable Sequence first(Round round) {
    lock.lock();
    try {
      return waiting.first(round::lets);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it can begin; it then has its adapter's slot and its row's memory, else neither. */
  private boolean fits(Sequence sequence, Round round) {
    if (!budget.admits(batch, sequence)) {
      round.withoutMemory(sequence);
      return false;
    }
    @Nullable AdapterSource adapter = sequence.request.adapter().orElse(null);
    @Nullable Supplier<AdapterWeights> weights = null;
    if (adapter != null && !pool.contains(adapter)) {
      boolean mix = adapter instanceof MixedAdapter;
      if (!pool.hasRoom(mix)) {
        round.withoutSlot(sequence, mix);
        return false;
      }
      weights = near(sequence, adapter, round);
      if (weights == null) {
        return false;
      }
    }
    if (!budget.take(batch, sequence)) {
      if (batch.size() > 0) {
        round.withoutMemory(sequence);
        return false;
      }
      throw new BusyException(
          "no memory for keys and values of " + sequence.most(decoder.context()) + " tokens",
          "what fits the direct memory (-XX:MaxDirectMemorySize)",
          Duration.ofSeconds(1));
    }
    if (adapter != null) {
      pin(sequence, adapter, weights == null ? Admission::unread : weights);
    }
    return true;
  }

  private void pin(Sequence sequence, AdapterSource adapter, Supplier<AdapterWeights> weights) {
    try {
      sequence.pin(pool.acquire(adapter, weights).orElseThrow(IllegalStateException::new));
    } catch (OutOfMemoryError e) {
      throw noMemory(adapter, e);
    }
  }

  /** What is resident, and which slots are in use, changes on this thread alone. */
  private static AdapterWeights unread() {
    throw new IllegalStateException("an adapter left its slot, or took one, in between");
  }

  static OpenLedgerException noMemory(AdapterSource adapter, OutOfMemoryError e) {
    return new OpenLedgerException(
        ErrorCode.BUSY,
        "no memory for an adapter of rank " + adapter.rank(),
        "adapters that fit beside those that are resident",
        "ask again later, or lower the slots or give the server more memory",
        e);
  }

  /** Its weights, if they are in host memory; else null, and it is seen to. */
  private @Nullable Supplier<AdapterWeights> near(
      Sequence sequence, AdapterSource adapter, Round round) {
    @Nullable Supplier<AdapterWeights> near = null;
    boolean reads = false;
    lock.lock();
    try {
      if (waiting.contains(sequence) && !sequence.silent(round.now, SILENCE)) {
        HostTier.@Nullable Claim claim = sequence.claim(adapter, true);
        if (claim == null) {
          round.noReads = true;
        } else {
          near = weights(claim);
        }
        if (claim != null && near == null) {
          sequence.askForWeights(claim, round.now, read);
          reads = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (near == null) {
      round.withoutWeights(sequence, reads);
    }
    return near;
  }

  private static @Nullable Supplier<AdapterWeights> weights(HostTier.Claim claim) {
    @Nullable AdapterWeights weights = claim.weights().orElse(null);
    if (weights == null) {
      return null;
    }
    return () -> {
      claim.used();
      return weights;
    };
  }

  /** One more waits: its caller may read its adapter now, if there is room. Under the lock. */
  void prefetch(Sequence sequence, AdapterSource adapter, long now) {
    HostTier.@Nullable Claim claim = sequence.claim(adapter, false);
    if (claim != null && !claim.loaded()) {
      sequence.askForWeights(claim, now, read);
    }
  }
}
