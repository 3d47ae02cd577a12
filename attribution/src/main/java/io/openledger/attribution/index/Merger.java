package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Purge;
import io.openledger.api.spi.SpanIndex.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites segments of one index while it is read and changed. One merge or purge at a time: each
 * holds {@link #turn}, which is taken before the monitor of the {@link Commits} and never while
 * holding that. Writers wait only while victims are picked and while the result is committed.
 *
 * <p>Only who has the turn removes segments, so the victims are still there when the result is
 * committed; what was retracted from them meanwhile is retracted from the result.
 *
 * <p>Longer than 250 lines because whoever merges, in the background, for room, on demand or to
 * purge, shares the one turn and the one way to give up, which are best seen together.
 */
final class Merger {

  static final long LONGEST_WAIT = 64;

  private static final System.Logger LOG = System.getLogger(Merger.class.getName());

  /** The index is being closed: what the merge did so far is thrown away. */
  private static final class Cancelled extends Exception {
    private static final long serialVersionUID = 1;

    Cancelled() {
      super("the index is being closed", null, false, false);
    }
  }

  /** A finished merge; nothing is written when nothing active was left. */
  private record Merged(List<SegmentView> victims, @Nullable SegmentView written) {}

  private final Commits commits;
  private final MergePolicy policy;
  private final RetractedFiles retracted;
  private final Executor executor;
  // fair: an appender that waits for room is next, however much there is to merge
  private final ReentrantLock turn = new ReentrantLock(true);
  private volatile boolean cancelled;
  // both guarded by the monitor of commits
  private boolean scheduled;
  private @Nullable String failure;
  private int failures;
  private long changesToWait;

  Merger(Commits commits, MergePolicy policy, RetractedFiles retracted, Executor executor) {
    this.commits = commits;
    this.policy = policy;
    this.retracted = retracted;
    this.executor = executor;
  }

  /**
   * Has merged what the policy finds now, and retracted text that takes much heap moved to disk.
   * Called after each change, without the monitor. After failures in a row it waits for 1, 2, 4 and
   * so on changes, at most {@link #LONGEST_WAIT}, because each try sorts all before it writes.
   */
  void changed() {
    synchronized (commits) {
      if (scheduled || !due() || --changesToWait > 0) {
        return;
      }
      scheduled = true;
    }
    try {
      executor.execute(this::run);
    } catch (RuntimeException e) {
      failed(e);
      ended();
    }
  }

  private boolean due() {
    return !cancelled
        && commits.isOpen()
        && (!next(commits.current().segments()).isEmpty() || retracted.due());
  }

  private List<SegmentView> next(List<SegmentView> segments) {
    return policy.next(segments, commits.form());
  }

  private void ended() {
    synchronized (commits) {
      scheduled = false;
    }
  }

  private void run() {
    boolean good = false;
    try {
      do {
        // a merge comes first: what it rewrites has no retracted text left to move
        if (mergeOne(this::next).isEmpty()) {
          moveOne();
        }
      } while (!nothingDue());
      good = true;
    } catch (Cancelled e) {
      LOG.log(System.Logger.Level.DEBUG, "a merge is given up: {0}", e.getMessage());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failed(e);
    } finally {
      if (!good) {
        ended();
      }
    }
  }

  /**
   * Keeps the heap that retracted text takes bounded, before a change returns; the caller holds the
   * monitor. Where the disk is full it stays on the heap until the next change, which is told.
   */
  void boundHeap() {
    try {
      retracted.bound();
    } catch (IOException | OutOfMemoryError e) {
      failed(e);
    }
  }

  private void moveOne() throws IOException {
    turn.lock();
    try {
      if (cancelled) {
        // closing: nothing may be written once the directory is another's
        return;
      }
      retracted.moveOne();
      succeeded();
    } finally {
      turn.unlock();
    }
  }

  // in one hold of the monitor, so that no change falls between the last look and the end
  private boolean nothingDue() {
    synchronized (commits) {
      scheduled = due();
      return !scheduled;
    }
  }

  private void failed(Throwable e) {
    synchronized (commits) {
      failures++;
      changesToWait = Math.min(LONGEST_WAIT, 1L << Math.min(62, failures - 1));
      failure =
          "merging segments failed: "
              + e
              + "; nothing is lost, tried again after "
              + changesToWait
              + (changesToWait == 1 ? " change" : " changes");
      LOG.log(System.Logger.Level.WARNING, failure);
    }
  }

  private void succeeded() {
    synchronized (commits) {
      failure = null;
      failures = 0;
      changesToWait = 0;
    }
  }

  /** What went wrong since the last merge that succeeded. */
  List<String> warnings() {
    synchronized (commits) {
      return failure == null ? List.of() : List.of(failure);
    }
  }

  /** Whether an append may add its segments now; the caller holds the monitor. */
  boolean hasRoom(int segments, long symbols) {
    List<SegmentView> now = commits.current().segments();
    long there = now.stream().mapToLong(SegmentView::symbols).sum();
    return now.size() + segments <= policy.bound(there + symbols);
  }

  /**
   * Waits for the running merge, then merges once on this thread where that is still due. Called
   * without the monitor by who found no room.
   *
   * @throws OpenLedgerException when merging fails: the index would grow without bound
   */
  void makeRoom(int segments, long symbols) {
    turn.lock();
    try {
      synchronized (commits) {
        if (hasRoom(segments, symbols)) {
          return;
        }
      }
      if (mergeOne(this::next).isEmpty()) {
        throw new IllegalStateException(
            "nothing to merge in " + commits.current().segments().size() + " segments, no room");
      }
    } catch (Cancelled e) {
      throw IndexErrors.closed(commits.files().directory());
    } catch (IOException | OutOfMemoryError e) {
      failed(e);
      throw IndexErrors.full(commits.files().directory(), commits.current().segments().size(), e);
    } finally {
      turn.unlock();
    }
  }

  /** Few segments, none with retracted documents, of all that there are now. */
  void mergeAll() {
    turn.lock();
    try {
      List<List<SegmentView>> groups;
      synchronized (commits) {
        groups = policy.all(commits.current().segments(), commits.form());
      }
      for (List<SegmentView> group : groups) {
        Set<Long> ids = new HashSet<>();
        group.forEach(segment -> ids.add(segment.entry().id()));
        mergeOne(now -> now.stream().filter(s -> ids.contains(s.entry().id())).toList());
      }
    } catch (Cancelled e) {
      throw IndexErrors.closed(commits.files().directory());
    } catch (IOException e) {
      throw IndexErrors.io(commits.files().directory(), "merging", e);
    } finally {
      turn.unlock();
    }
  }

  /** See {@link io.openledger.api.spi.SpanIndex#purge}. */
  Purge purge() {
    return purge(entry -> entry.dead().size() > 0);
  }

  /** Rewrites, without what is retracted, the segments that hold some retracted text. */
  Purge purge(Predicate<Manifest.Entry> stained) {
    List<StoredFile> removed = new ArrayList<>();
    List<StoredFile> written = new ArrayList<>();
    turn.lock();
    try {
      purge(stained, removed, written);
      synchronized (commits) {
        // what was retracted meanwhile: little, and nobody retracts more until it is done
        purge(stained, removed, written);
        written.removeAll(removed);
        return new Purge(removed, written, held(stained.negate()));
      }
    } catch (Cancelled e) {
      throw IndexErrors.closed(commits.files().directory());
    } catch (IOException e) {
      throw IndexErrors.io(commits.files().directory(), "purging", e);
    } finally {
      turn.unlock();
    }
  }

  private void purge(
      Predicate<Manifest.Entry> stained, List<StoredFile> removed, List<StoredFile> written)
      throws IOException, Cancelled {
    for (SegmentView there : commits.current().segments()) {
      long id = there.entry().id();
      Optional<Merged> merged =
          mergeOne(
              now ->
                  now.stream()
                      .filter(s -> s.entry().id() == id && stained.test(s.entry()))
                      .toList());
      if (merged.isPresent()) {
        removed.add(stored(there));
        SegmentView replacement = merged.get().written();
        if (replacement != null) {
          written.add(stored(replacement));
        }
      }
    }
  }

  /** What is done while no merge and no purge is under way. */
  @FunctionalInterface
  interface Work<T> {
    T get() throws IOException;
  }

  <T> T alone(Work<T> work) throws IOException {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  private static StoredFile stored(SegmentView segment) {
    return new StoredFile(segment.entry().file(), segment.entry().digest());
  }

  /** Files that lie in the directory, but for those in use of which all is well. */
  private List<String> held(Predicate<Manifest.Entry> well) throws IOException {
    Set<String> clean = new HashSet<>();
    for (SegmentView segment : commits.current().segments()) {
      if (well.test(segment.entry())) {
        clean.add(segment.entry().file());
        segment.retracted().files().forEach(file -> clean.add(file.file()));
      }
    }
    commits.refused().stream()
        .filter(one -> well.test(one.entry()))
        .forEach(one -> clean.add(one.entry().file()));
    return commits.files().ours().stream().filter(name -> !clean.contains(name)).toList();
  }

  /** One merge of what is chosen from the current segments; empty when nothing is. */
  private Optional<Merged> mergeOne(Function<List<SegmentView>, List<SegmentView>> choice)
      throws IOException, Cancelled {
    turn.lock();
    try {
      List<SegmentView> victims;
      long id;
      synchronized (commits) {
        goOn();
        victims = choice.apply(commits.current().segments());
        if (victims.isEmpty()) {
          return Optional.empty();
        }
        victims.forEach(victim -> victim.shared().hold());
        id = commits.takeId();
      }
      try {
        return Optional.of(rewrite(victims, id));
      } finally {
        victims.forEach(victim -> victim.shared().release());
      }
    } finally {
      turn.unlock();
    }
  }

  private Merged rewrite(List<SegmentView> victims, long id) throws IOException, Cancelled {
    List<Document> active = new ArrayList<>();
    for (SegmentView victim : victims) {
      Segment segment = victim.shared().segment();
      for (int document : victim.documents()) {
        goOn();
        active.add(new Document(segment.sequence(document), segment.tokens(document)));
      }
    }
    active.sort(Comparator.comparingLong(Document::sequence));
    goOn();
    try (SegmentBatch batch = commits.batch()) {
      SegmentView written = active.isEmpty() ? null : write(batch, id, active);
      synchronized (commits) {
        goOn();
        return commit(victims, written, batch);
      }
    }
  }

  /** Gives up while it sorts, too, which takes most of the time. */
  private SegmentView write(SegmentBatch batch, long id, List<Document> active)
      throws IOException, Cancelled {
    SortProgress unlessCancelled =
        fraction -> {
          if (cancelled) {
            throw new CancellationException();
          }
        };
    try {
      return batch.write(id, active, unlessCancelled);
    } catch (CancellationException e) {
      throw new Cancelled();
    }
  }

  private Merged commit(
      List<SegmentView> victims, @Nullable SegmentView written, SegmentBatch batch)
      throws IOException {
    List<SegmentView> after = new ArrayList<>();
    List<Long> dead = new ArrayList<>();
    for (SegmentView now : commits.current().segments()) {
      Optional<SegmentView> picked =
          victims.stream().filter(v -> v.entry().id() == now.entry().id()).findFirst();
      if (picked.isEmpty()) {
        after.add(now);
      } else {
        Sequences before = picked.get().entry().dead();
        now.entry().dead().stream().filter(s -> !before.contains(s)).forEach(dead::add);
      }
    }
    SegmentView result = written;
    if (written != null) {
      long[] sequences = dead.stream().mapToLong(Long::longValue).toArray();
      result =
          new SegmentView(
              written.entry().withDead(Sequences.of(sequences)),
              written.shared(),
              commits.vocabulary());
      after.add(result);
    }
    commits.commit(after, commits.refused(), batch);
    victims.forEach(victim -> victim.shared().obsolete());
    succeeded();
    return new Merged(victims, result);
  }

  private void goOn() throws Cancelled {
    if (cancelled) {
      throw new Cancelled();
    }
  }

  /** No merge commits any more; returns when the one under way has removed its files. */
  void close() {
    cancelled = true;
    turn.lock();
    turn.unlock();
  }
}
