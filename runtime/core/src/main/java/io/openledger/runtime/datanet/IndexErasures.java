package io.openledger.runtime.datanet;

import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Erasure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the text of erased contributions out of the files of one index, beside its questions and
 * changes, and tries again until that has succeeded.
 *
 * <p>What has been done is remembered only as long as the index is open: an index that is opened is
 * asked to erase all that the store says was ever erased, which costs it a look where there is
 * nothing to do. So a crash between the commit and here, another server's data directory, and an
 * index put back from a backup are all healed by the next opening.
 */
final class IndexErasures {

  private static final System.Logger LOG = System.getLogger(IndexErasures.class.getName());
  private static final long LONGEST_PAUSE_SECONDS = 30;

  private final DatanetId id;
  private final Path directory;
  private final IndexFeed feed;
  private final IndexWork work;
  private final Supplier<@Nullable SpanIndex> index;
  // Taken while the index is used here or closed. Whoever has it takes no lock of the index: who
  // closes that has its write lock.
  private final ReentrantLock turn = new ReentrantLock();
  // one try is waiting, however many failed
  private final AtomicBoolean retrying = new AtomicBoolean();
  private final Set<Long> done = ConcurrentHashMap.newKeySet();
  // files in which erased text was found; in the turn
  private final Set<String> stained = new TreeSet<>();
  private volatile long pauseSeconds = 1;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Optional<String> waiting = Optional.empty();

  /**
   * Erases from an index.
   *
   * @param directory of its files
   * @param index the open one; null while none is
   */
  IndexErasures(
      DatanetId id,
      Path directory,
      IndexFeed feed,
      IndexWork work,
      Supplier<@Nullable SpanIndex> index) {
    this.id = id;
    this.directory = directory;
    this.feed = feed;
    this.work = work;
    this.index = index;
  }

  /** Why erasing failed, until it succeeds. */
  Optional<String> trouble() {
    return trouble;
  }

  /** What erasing waits for without anything being wrong, such as a reader of an older state. */
  Optional<String> waiting() {
    return waiting;
  }

  /** Whether an erased contribution has not been taken out of the open index yet. */
  boolean isDue(long sequence) {
    return !done.contains(sequence);
  }

  /** Closes the index while nothing is being erased from it. */
  void between(Runnable closing) {
    turn.lock();
    try {
      done.clear();
      closing.run();
    } finally {
      turn.unlock();
    }
  }

  void later(Runnable task, long seconds) {
    try {
      work.schedule(task, seconds);
    } catch (RejectedExecutionException e) {
      // the server is stopping: the next start erases
    }
  }

  /**
   * Erases what is due, and tries again later if that cannot be done now.
   *
   * @param follow brings the index to what has committed, so that it is given no erased text later;
   *     false when there is nothing to erase from any more
   */
  void run(BooleanSupplier follow) {
    boolean finished;
    try {
      if (!follow.getAsBoolean()) {
        return;
      }
      // whoever has the turn erases, and may have looked before this was due, or closes the index
      finished = turn.tryLock() && eraseInTurn();
    } catch (RuntimeException e) {
      // whatever it is: what was promised is not done
      trouble = Optional.of("erased text may be left in files: " + e.getMessage());
      LOG.log(
          System.Logger.Level.WARNING,
          "erasing from the index of datanet " + id + " failed and is tried again",
          e);
      finished = false;
    }
    if (finished) {
      pauseSeconds = 1;
    } else {
      tryLater(follow);
    }
  }

  private boolean eraseInTurn() {
    try {
      SpanIndex open = index.get();
      if (open == null) {
        return false;
      }
      List<Long> due = feed.erased(id).stream().filter(this::isDue).toList();
      boolean finished = due.isEmpty() || erase(open, due);
      trouble = Optional.empty();
      return finished;
    } finally {
      turn.unlock();
    }
  }

  private boolean erase(SpanIndex open, List<Long> due) {
    Erasure erasure = open.erase(due.stream().mapToLong(Long::longValue).toArray());
    if (!erasure.erased().isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "erased from the index of datanet {0}: contributions {1}; {2} files rewritten",
          id,
          erasure.erased(),
          erasure.purge().removed().size());
    }
    boolean finished = complete(erasure);
    if (finished) {
      done.addAll(due);
    }
    return finished;
  }

  private void tryLater(BooleanSupplier follow) {
    if (retrying.compareAndSet(false, true)) {
      long pause = pauseSeconds;
      pauseSeconds = Math.min(2 * pause, LONGEST_PAUSE_SECONDS);
      later(
          () -> {
            retrying.set(false);
            run(follow);
          },
          pause);
    }
  }

  private boolean complete(Erasure erasure) {
    // a file that a reader held is gone when the reader is; one that stays in use is not erased,
    // although the index, asked again, no longer knows what to look for in it
    stained.addAll(erasure.found());
    stained.removeIf(name -> !Files.exists(directory.resolve(name)));
    Set<String> left = new TreeSet<>(stained);
    left.addAll(erasure.purge().held());
    waiting =
        left.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "erased text may be left in "
                    + String.join(", ", left)
                    + " until its readers are done; if this stays, stop the server and remove the"
                    + " folder index/"
                    + id);
    return left.isEmpty();
  }
}
