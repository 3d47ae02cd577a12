package io.openledger.serving.engine;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.SlotPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one loop that owns the decoder (continuous batching, Yu et al. 2022, "Orca"; prompts in
 * pieces between the steps, Agrawal et al. 2023, "Sarathi"). Each step ends what was cancelled or
 * is late, admits what fits, decodes one token for every running sequence together, and reads at
 * most {@value Steps#STEP_TOKENS} tokens of prompts.
 *
 * <p>Whose turn it is is {@link WaitingLine}'s decision, who of them can begin {@link Admission}'s,
 * which rows are whose {@link Batch}'s.
 *
 * <p>The loop computes and never waits for a disk: adapters are read by those who wait for them, on
 * their own threads ({@link TokenStream.Fetch}).
 *
 * <p>What is computed is {@link Steps}' business. The loss of the device fails all that run and
 * wait, ends the loop and releases the decoder.
 *
 * <p>It is longer than most classes because all here is one thread's dealing with one lock.
 */
final class Scheduler implements Runnable {

  private static final long NAP_MILLIS = 20;

  private final Decoder decoder;
  private final SlotPool pool;
  private final LongSupplier nanoTime;
  private final FairShare shares = new FairShare();
  private final WaitingLine waiting;
  private final Batch batch;
  private final Admission admission;
  private final PrefixCache prefixes;
  private final Steps steps;
  private final Meters meters = new Meters();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Deque<Runnable> errands = new ArrayDeque<>();
  private final AtomicBoolean owned = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile @Nullable OpenLedgerException lost;
  // both under the lock, as shares, waiting and errands are
  private boolean draining;
  private boolean busy;
  private volatile int runningNow;
  // The loop's own: its thread was interrupted, and is told so when the loop ends.
  private boolean interrupted;

  /**
   * @param queueLimit how many may wait
   * @param prefixBytes of prompts' beginnings that are kept
   * @param nanoTime a clock that never goes back
   */
  Scheduler(
      Decoder decoder, SlotPool pool, int queueLimit, long prefixBytes, LongSupplier nanoTime) {
    this.decoder = decoder;
    this.pool = pool;
    this.nanoTime = nanoTime;
    this.waiting = new WaitingLine(queueLimit, shares);
    this.batch = new Batch(decoder);
    this.admission = new Admission(decoder, pool, batch, waiting, lock, this::fetched);
    this.prefixes = new PrefixCache(decoder, prefixBytes);
    this.steps = new Steps(decoder, batch, prefixes, meters, nanoTime, new Running());
  }

  /**
   * Queues a request.
   *
   * @param called when, by the scheduler's clock
   * @throws OpenLedgerException {@link ErrorCode#BUSY} as a {@link BusyException}, {@link
   *     ErrorCode#NOT_READY}
   */
  TokenStream submit(TokenRequest request, Scheduling scheduling, long called) {
    Sequence sequence = new Sequence(request, scheduling, called, this::leave);
    Optional<AdapterSource> cold = request.adapter().filter(each -> !pool.contains(each));
    lock.lock();
    try {
      if (lost != null) {
        throw again(lost);
      }
      if (closing || draining) {
        throw closed();
      }
      waiting.add(sequence);
      // Only now: who is refused costs no more than being told so.
      cold.ifPresent(adapter -> admission.prefetch(sequence, adapter, called));
      work.signal();
    } catch (BusyException e) {
      meters.refused();
      throw e;
    } finally {
      lock.unlock();
    }
    return sequence.stream;
  }

  static OpenLedgerException closed() {
    return new OpenLedgerException(
        ErrorCode.NOT_READY, "a closed engine", "an open engine", "open the engine again");
  }

  /** Its caller went away: its place in the line is free at once. */
  private void leave(Sequence sequence) {
    boolean left;
    lock.lock();
    try {
      left = waiting.remove(sequence);
      work.signal();
    } finally {
      lock.unlock();
    }
    if (left) {
      end(sequence, FinishReason.CANCELLED, null);
    }
  }

  /** On its caller's thread: its adapter was read, or why not. */
  private void fetched(Sequence sequence, Optional<RuntimeException> failure) {
    failure.ifPresent(why -> refuse(sequence, told(why)));
    lock.lock();
    try {
      sequence.answered();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** To each caller its own, with the first as its cause. */
  private static OpenLedgerException again(OpenLedgerException first) {
    return new OpenLedgerException(
        first.code(), first.arrived(), first.allowed(), first.remedy(), first);
  }

  /** Whether the loop ended by a fault, such as the loss of the device. */
  boolean lost() {
    return lost != null;
  }

  /** Frees an adapter's slot as soon as nothing runs on it, and keeps nothing of it any more. */
  void drop(AdapterSource adapter) {
    adapter.retire();
    lock.lock();
    try {
      errands.add(
          () -> {
            prefixes.forget(adapter);
            pool.drop(adapter);
          });
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs something on the loop's thread between two steps: what touches the decoder. It must not
   * throw. It may never run, when the loop ends first. While it runs the loop stands, but nobody
   * who asks, leaves or looks waits for it.
   *
   * @throws OpenLedgerException {@link ErrorCode#NOT_READY}
   */
  void between(Runnable errand) {
    lock.lock();
    try {
      if (closing) {
        throw closed();
      }
      errands.add(errand);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the loop has ended, and with it what was to run between two steps. */
  boolean ended() {
    return ended.getCount() == 0;
  }

  private boolean runErrands() {
    List<Runnable> todo;
    lock.lock();
    try {
      todo = List.copyOf(errands);
      errands.clear();
    } finally {
      lock.unlock();
    }
    todo.forEach(Runnable::run);
    return !todo.isEmpty();
  }

  int running() {
    return runningNow;
  }

  int queued() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  Meters meters() {
    return meters;
  }

  /** Memory of the prefix cache. */
  long prefixBytes() {
    return prefixes.bytes();
  }

  /** How many blocks of prompts are kept; the loop's own. */
  int keptPrefixes() {
    return prefixes.blocks();
  }

  /** Takes nothing more, waits for what was accepted up to a time, then closes. */
  void drain(Duration grace) {
    lock.lock();
    try {
      draining = true;
      long left = grace.toNanos();
      while (left > 0 && !closing && (busy || waiting.size() > 0)) {
        left = idle.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    close();
  }

  /** Ends the loop, waits for it, and releases the decoder. Idempotent. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    if (owned.compareAndSet(false, true)) {
      // The loop never began: nobody else will release.
      end();
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    if (!owned.compareAndSet(false, true)) {
      return;
    }
    try {
      while (awaitWork()) {
        if (!step()) {
          nap();
        }
      }
    } catch (RuntimeException | Error e) {
      // Whoever is waiting is told a failure, not the end of an answer that would be paid for.
      @Nullable OpenLedgerException before = lost;
      if ((before == null ? lose(e) : before).code() != ErrorCode.DEVICE_LOST) {
        throw e;
      }
    } finally {
      end();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end() {
    List<Sequence> left;
    lock.lock();
    try {
      closing = true;
      left = waiting.clear();
      idle.signalAll();
    } finally {
      lock.unlock();
    }
    runningNow = 0;
    @Nullable OpenLedgerException failure = lost == null ? null : again(lost);
    left.forEach(sequence -> end(sequence, FinishReason.CANCELLED, failure));
    while (batch.size() > 0) {
      end(batch.drop(), FinishReason.CANCELLED, failure);
    }
    prefixes.close();
    try {
      decoder.close();
    } finally {
      ended.countDown();
    }
  }

  /** Whether there is work; false when the loop is to end. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (!closing
          && lost == null
          && batch.size() == 0
          && waiting.size() == 0
          && errands.isEmpty()) {
        busy = false;
        idle.signalAll();
        work.awaitUninterruptibly();
      }
      busy = true;
      return !closing && lost == null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Nobody can be admitted and nobody runs: every slot is pinned, there is no memory, or adapters
   * are being read. An interrupt is the executor's way to say that it is over; what closes the
   * engine says so, too. It is kept for the thread's owner: a nap would not be one with it.
   */
  private void nap() {
    lock.lock();
    try {
      interrupted |= Thread.interrupted();
      if (!closing && errands.isEmpty()) {
        work.await(NAP_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * One step; for the owner's thread, and for tests that own the thread.
   *
   * @return whether anything was done
   */
  boolean step() {
    boolean done = runErrands();
    long start = nanoTime.getAsLong();
    done |= endLate(start);
    done |= !closing && admission.admit(start, this::begin, this::refused);
    int decoding = batch.decoding();
    int adapters = decoding == 0 ? 0 : batch.distinctAdapters();
    steps.decode();
    done |= batch.size() > 0 || decoding > 0;
    steps.readPrompts();
    runningNow = batch.size();
    if (decoding > 0) {
      meters.stepped(nanoTime.getAsLong() - start, decoding, adapters);
    }
    return done;
  }

  /** Ends what was cancelled, and what is late. */
  private boolean endLate(long now) {
    boolean any = false;
    for (int row = batch.size() - 1; row >= 0; row--) {
      Sequence sequence = batch.get(row);
      if (sequence.stream.cancelled()) {
        finish(sequence, FinishReason.CANCELLED, null);
        any = true;
      } else if (sequence.late(now)) {
        finish(sequence, FinishReason.CANCELLED, late(sequence));
        any = true;
      }
    }
    List<Sequence> expired;
    lock.lock();
    try {
      expired = waiting.expired(now);
    } finally {
      lock.unlock();
    }
    expired.forEach(each -> end(each, FinishReason.CANCELLED, late(each)));
    return any || !expired.isEmpty();
  }

  private static OpenLedgerException late(Sequence sequence) {
    return new OpenLedgerException(
        ErrorCode.DEADLINE_EXCEEDED,
        "the request took longer than " + sequence.scheduling.deadline().orElse(Duration.ZERO),
        "an answer before its deadline",
        "ask again later, ask for fewer tokens, or allow more time");
  }

  /** Takes one from the line that has all it needs. False: it left meanwhile. */
  private boolean begin(Sequence sequence) {
    long now = nanoTime.getAsLong();
    lock.lock();
    try {
      if (!waiting.take(sequence, now)) {
        // Cancelled in between, and told so.
        sequence.release(pool);
        return false;
      }
      shares.charge(
          sequence.scheduling.tenant(), FairShare.PROMPT * (long) sequence.request.prompt().length);
    } finally {
      lock.unlock();
    }
    sequence.unclaim();
    sequence.stream.admitted(now);
    meters.admitted(now - sequence.called);
    steps.admit(sequence);
    batch.add(sequence);
    runningNow = batch.size();
    return true;
  }

  /** On the loop's thread. */
  private void refused(Sequence sequence, RuntimeException failure) {
    sequence.release(pool);
    refuse(sequence, internal(failure));
  }

  private void refuse(Sequence sequence, OpenLedgerException failure) {
    boolean left;
    lock.lock();
    try {
      left = waiting.remove(sequence);
    } finally {
      lock.unlock();
    }
    if (left) {
      end(sequence, FinishReason.CANCELLED, failure);
    }
  }

  private void charge(Sequence sequence, long weighted) {
    lock.lock();
    try {
      shares.charge(sequence.scheduling.tenant(), weighted);
    } finally {
      lock.unlock();
    }
  }

  /** What becomes of those that run. */
  private final class Running implements Steps.Owner {
    @Override
    public void charge(Sequence sequence, long weighted) {
      Scheduler.this.charge(sequence, weighted);
    }

    @Override
    public void finish(Sequence sequence, FinishReason reason) {
      Scheduler.this.finish(sequence, reason, null);
    }

    @Override
    public void fail(Sequence sequence, RuntimeException failure) {
      Scheduler.this.finish(sequence, FinishReason.CANCELLED, internal(failure));
    }

    @Override
    public boolean survives(RuntimeException fault) {
      internal(fault);
      return lost == null;
    }

    @Override
    public OpenLedgerException lose(RuntimeException fault) {
      return Scheduler.this.lose(fault);
    }

    @Override
    public boolean over() {
      return closing || lost != null;
    }
  }

  /** The loop cannot go on: a device is lost, or a fault left what nobody can rely on. */
  private OpenLedgerException lose(Throwable cause) {
    OpenLedgerException why =
        cause instanceof OpenLedgerException refusal && refusal.code() == ErrorCode.DEVICE_LOST
            ? refusal
            : new OpenLedgerException(
                ErrorCode.NOT_READY,
                "an engine that a fault ended: " + cause,
                "an engine that runs",
                "open the engine again, and report the fault",
                cause);
    lost = why;
    return why;
  }

  /** What a failure is told as; a device that is lost ends the loop. */
  private OpenLedgerException internal(RuntimeException e) {
    if (e instanceof OpenLedgerException refusal && refusal.code() == ErrorCode.DEVICE_LOST) {
      lost = refusal;
    }
    return told(e);
  }

  private static OpenLedgerException told(RuntimeException e) {
    return e instanceof OpenLedgerException refusal
        ? refusal
        : new OpenLedgerException(
            ErrorCode.INTERNAL,
            "the scheduler failed: " + e,
            "a step without a fault",
            "report it",
            e);
  }

  /** Ends one that runs. */
  private void finish(Sequence sequence, FinishReason reason, @Nullable RuntimeException failure) {
    if (lost != null) {
      // All that run are told when the loop ends, which is next.
      return;
    }
    try {
      batch.remove(batch.row(sequence));
    } catch (RuntimeException e) {
      // Others could not be moved: rows and cache do not agree any more. This one is in no row.
      OpenLedgerException why = lose(e);
      sequence.release(pool);
      end(sequence, reason, failure == null ? why : failure);
      return;
    }
    int unread = sequence.request.prompt().length - sequence.length();
    if (unread > 0) {
      charge(sequence, -FairShare.PROMPT * (long) unread);
    }
    sequence.release(pool);
    runningNow = batch.size();
    end(sequence, reason, failure);
  }

  private void end(Sequence sequence, FinishReason reason, @Nullable RuntimeException failure) {
    sequence.unclaim();
    boolean complete = failure == null && sequence.stream.isComplete();
    meters.ended(complete ? FinishReason.STOP : reason, failure);
    sequence.stream.push(new TokenStream.End(reason, failure));
  }
}
