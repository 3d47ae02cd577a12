package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.SlotPool;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one loop that owns the decoder: at each step it admits one waiting request (its prompt is
 * read at once) and decodes one token for every running sequence together (continuous batching, Yu
 * et al. 2022, "Orca").
 *
 * <p>Sequences hold the cache's rows from 0 on without holes: where one ends, the last one moves. A
 * native fault fails the requests it met and nothing else, but for the loss of the device: it fails
 * all that run and wait, ends the loop and releases the decoder.
 */
final class Scheduler implements Runnable {

  /** Prompts are read in pieces, so that a long one needs no more memory than this many tokens. */
  private static final int PIECE = 512;

  private final Decoder decoder;
  private final SlotPool pool;
  private final int queueLimit;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<AdapterSource> dropped = new ArrayList<>();
  private final List<Sequence> running = new ArrayList<>();
  private final AtomicBoolean owned = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile @Nullable OpenLedgerException lost;
  // both under the lock
  private boolean draining;
  private boolean busy;
  private volatile int runningNow;
  private volatile long generated;

  Scheduler(Decoder decoder, SlotPool pool, int queueLimit, LongSupplier nanoTime) {
    this.decoder = decoder;
    this.pool = pool;
    this.queueLimit = queueLimit;
    this.nanoTime = nanoTime;
  }

  /**
   * Queues a request.
   *
   * @throws OpenLedgerException {@link ErrorCode#BUSY}, {@link ErrorCode#NOT_READY}
   */
  TokenStream submit(TokenRequest request) {
    Sequence sequence = new Sequence(request, new TokenStream());
    lock.lock();
    try {
      if (lost != null) {
        throw lost(lost);
      }
      if (closing || draining) {
        throw closed();
      }
      if (waiting.size() >= queueLimit) {
        throw new OpenLedgerException(
            ErrorCode.BUSY,
            waiting.size() + " requests are waiting",
            "at most " + queueLimit,
            "ask again later");
      }
      waiting.add(sequence);
      work.signal();
    } finally {
      lock.unlock();
    }
    return sequence.stream;
  }

  static OpenLedgerException closed() {
    return new OpenLedgerException(
        ErrorCode.NOT_READY, "a closed engine", "an open engine", "open the engine again");
  }

  /** To each caller its own, with the first as its cause. */
  private static OpenLedgerException lost(OpenLedgerException first) {
    return new OpenLedgerException(
        first.code(), first.arrived(), first.allowed(), first.remedy(), first);
  }

  /** Whether the device that the decoder computes on is gone; nothing is computed any more. */
  boolean lost() {
    return lost != null;
  }

  /** Frees an adapter's slot as soon as nothing runs on it. */
  void drop(AdapterSource adapter) {
    lock.lock();
    try {
      dropped.add(adapter);
      work.signal();
    } finally {
      lock.unlock();
    }
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

  long generated() {
    return generated;
  }

  /** Takes nothing more, waits for what was accepted up to a time, then closes. */
  void drain(Duration grace) {
    lock.lock();
    try {
      draining = true;
      long left = grace.toNanos();
      while (left > 0 && !closing && (busy || !waiting.isEmpty())) {
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
        step();
      }
    } catch (OpenLedgerException e) {
      internal(e);
      if (lost == null) {
        throw e;
      }
    } finally {
      end();
    }
  }

  private void end() {
    lock.lock();
    try {
      closing = true;
      running.addAll(waiting);
      waiting.clear();
      idle.signalAll();
    } finally {
      lock.unlock();
    }
    for (Sequence sequence : running) {
      @Nullable OpenLedgerException failure = lost == null ? null : lost(lost);
      sequence.stream.push(new TokenStream.End(FinishReason.CANCELLED, failure));
    }
    running.clear();
    runningNow = 0;
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
      while (!closing && lost == null && running.isEmpty() && waiting.isEmpty()) {
        dropped.removeIf(pool::drop);
        busy = false;
        idle.signalAll();
        work.awaitUninterruptibly();
      }
      busy = true;
      dropped.removeIf(pool::drop);
      return !closing && lost == null;
    } finally {
      lock.unlock();
    }
  }

  private void step() {
    for (int row = running.size() - 1; row >= 0; row--) {
      if (running.get(row).stream.cancelled()) {
        finish(row, FinishReason.CANCELLED, null);
      }
    }
    cancelWaiting();
    admit();
    if (!running.isEmpty()) {
      decode();
    }
    runningNow = running.size();
  }

  private void cancelWaiting() {
    lock.lock();
    try {
      for (Iterator<Sequence> queue = waiting.iterator(); queue.hasNext(); ) {
        Sequence sequence = queue.next();
        if (sequence.stream.cancelled()) {
          queue.remove();
          sequence.stream.push(new TokenStream.End(FinishReason.CANCELLED, null));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void admit() {
    if (running.size() >= decoder.rows()) {
      return;
    }
    @Nullable Sequence sequence;
    lock.lock();
    try {
      sequence = waiting.poll();
    } finally {
      lock.unlock();
    }
    if (sequence == null) {
      return;
    }
    int row = running.size();
    try {
      if (!pinned(sequence)) {
        requeue(sequence);
        return;
      }
      sequence.stream.admitted(nanoTime.getAsLong());
      running.add(sequence);
      runningNow = running.size();
      read(sequence, row);
    } catch (RuntimeException e) {
      fail(sequence, row, e);
    }
  }

  /** Every slot is under a running sequence: the request keeps its place. */
  private void requeue(Sequence sequence) {
    lock.lock();
    try {
      waiting.addFirst(sequence);
    } finally {
      lock.unlock();
    }
  }

  private boolean pinned(Sequence sequence) {
    TokenRequest request = sequence.request;
    if (request.adapter().isEmpty()) {
      return true;
    }
    AdapterSource adapter = request.adapter().get();
    Optional<SlotPool.Slot> slot =
        pool.acquire(adapter, () -> request.weights().orElseGet(adapter::load));
    slot.ifPresent(sequence::pin);
    return slot.isPresent();
  }

  private void read(Sequence sequence, int row) {
    int[] prompt = sequence.request.prompt();
    for (int from = 0; from < prompt.length; from += PIECE) {
      if (closing || sequence.stream.cancelled()) {
        finish(row, FinishReason.CANCELLED, null);
        return;
      }
      int[] piece = Arrays.copyOfRange(prompt, from, Math.min(prompt.length, from + PIECE));
      FloatBuffer logits =
          decoder.prefill(row, from, piece, new long[] {piece.length - 1}, sequence.ranks());
      sequence.read(piece.length);
      if (sequence.length() == prompt.length) {
        take(row, logits, 0);
      }
    }
  }

  private void decode() {
    int count = running.size();
    int[] tokens = new int[count];
    int[] lengths = new int[count];
    int[][] ranks = new int[count][];
    for (int row = 0; row < count; row++) {
      Sequence sequence = running.get(row);
      tokens[row] = sequence.last();
      lengths[row] = sequence.length();
      ranks[row] = sequence.ranks();
    }
    FloatBuffer logits;
    try {
      logits = decoder.decode(tokens, lengths, ranks);
    } catch (RuntimeException e) {
      for (int row = count - 1; row >= 0; row--) {
        finish(row, FinishReason.CANCELLED, internal(e));
      }
      return;
    }
    // From the last row down: a sequence that ends is replaced by one that was looked at already.
    for (int row = count - 1; row >= 0; row--) {
      running.get(row).read(1);
      take(row, logits, row * decoder.vocabulary());
    }
  }

  private void take(int row, FloatBuffer logits, int offset) {
    Sequence sequence = running.get(row);
    try {
      @Nullable FinishReason reason =
          sequence.take(logits, offset, decoder.vocabulary(), decoder.context());
      if (reason != FinishReason.STOP) {
        generated++;
      }
      if (reason != null) {
        finish(row, reason, null);
      }
    } catch (RuntimeException e) {
      finish(row, FinishReason.CANCELLED, internal(e));
    }
  }

  private void fail(Sequence sequence, int row, RuntimeException e) {
    if (row < running.size() && running.get(row) == sequence) {
      finish(row, FinishReason.CANCELLED, internal(e));
    } else {
      sequence.release(pool);
      sequence.stream.push(new TokenStream.End(FinishReason.CANCELLED, internal(e)));
    }
  }

  /** What a failure is told as; a device that is lost ends the loop. */
  private OpenLedgerException internal(RuntimeException e) {
    if (e instanceof OpenLedgerException refusal && refusal.code() == ErrorCode.DEVICE_LOST) {
      lost = refusal;
    }
    return e instanceof OpenLedgerException refusal
        ? refusal
        : new OpenLedgerException(
            ErrorCode.INTERNAL,
            "the scheduler failed: " + e,
            "a step without a fault",
            "report it",
            e);
  }

  private void finish(int row, FinishReason reason, @Nullable RuntimeException failure) {
    Sequence sequence = running.get(row);
    int lastRow = running.size() - 1;
    // Moved first: should it fail, both are still among those that are told.
    if (row != lastRow) {
      Sequence moved = running.get(lastRow);
      decoder.move(lastRow, row, moved.length());
      running.set(row, moved);
    }
    running.remove(lastRow);
    sequence.release(pool);
    runningNow = running.size();
    sequence.stream.push(new TokenStream.End(reason, failure));
  }
}
