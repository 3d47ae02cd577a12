package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The index of one datanet, following what has committed. {@link #follow} brings it up to date
 * under the write lock; questions are put to it under the read lock, so that {@link #snapshot} says
 * exactly what was asked. When it could not follow, it tries again by itself, after a second at
 * first and half a minute at last: a server that is not ready is sent no question that would.
 */
final class DatanetIndex {

  private static final System.Logger LOG = System.getLogger(DatanetIndex.class.getName());
  private static final int FLUSH_TOKENS = 1 << 20;
  private static final int FLUSH_DOCUMENTS = 256;
  private static final long LONGEST_PAUSE_SECONDS = 30;

  private final DatanetId id;
  private final Path directory;
  private final Path originFile;
  private final AttributionEngine engine;
  private final IndexFeed feed;
  private final int nearDuplicateBasisPoints;
  private final Function<String, IndexForm> forms;
  private final IndexWork maintenance;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final IndexErasures erasures;
  // changed under the write lock, and closed in the turn of the erasures
  private volatile @Nullable SpanIndex index;
  private volatile @Nullable DatanetSnapshot snapshot;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closed;
  // both under the write lock
  private boolean retrying;
  private long pauseSeconds = 1;

  DatanetIndex(
      DatanetId id,
      Path data,
      AttributionEngine engine,
      IndexFeed feed,
      int nearDuplicates,
      Function<String, IndexForm> forms,
      IndexWork maintenance) {
    this.id = id;
    this.directory = data.resolve("index").resolve(id.value());
    this.originFile = data.resolve("index-origins").resolve(id.value());
    this.engine = engine;
    this.feed = feed;
    this.nearDuplicateBasisPoints = nearDuplicates;
    this.forms = forms;
    this.maintenance = maintenance;
    this.erasures = new IndexErasures(id, directory, feed, maintenance, () -> index);
  }

  Lock readLock() {
    return lock.readLock();
  }

  /** The state that the index has; empty before the first {@link #follow}. */
  Optional<DatanetSnapshot> snapshot() {
    return Optional.ofNullable(snapshot);
  }

  /** What is wrong with it, if anything is. */
  Optional<String> trouble() {
    Optional<String> first = trouble;
    return first.isPresent() ? first : erasures.trouble();
  }

  /** What its files wait for until they hold no erased text any more, if they do. */
  Optional<String> waiting() {
    return erasures.waiting();
  }

  /** Takes what was erased out of the files. Long: not for a thread that answers. */
  void erase(TextTokenizer tokenizer) {
    if (!closed) {
      erasures.run(() -> follow(tokenizer, Long.MAX_VALUE));
    }
  }

  /** The open index. Under the read lock, after {@link #follow}. */
  SpanIndex open() {
    SpanIndex open = index;
    if (open == null) {
      throw new OpenLedgerException(
          ErrorCode.NOT_READY,
          "the index of datanet " + id + " is closed",
          "calls while the server runs",
          "call again");
    }
    return open;
  }

  /**
   * Brings the index to a version, or to a later one that has committed. Cheap when it is there.
   *
   * @return false when no such datanet has committed
   */
  boolean follow(TextTokenizer tokenizer, long version) {
    DatanetSnapshot now = snapshot;
    if (now != null && now.version() >= version) {
      return true;
    }
    lock.writeLock().lock();
    try {
      boolean there = followLocked(tokenizer);
      trouble = Optional.empty();
      pauseSeconds = 1;
      return there;
    } catch (OpenLedgerException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
      retryLater(tokenizer);
      throw e;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void retryLater(TextTokenizer tokenizer) {
    if (retrying) {
      return;
    }
    try {
      maintenance.schedule(() -> retry(tokenizer), pauseSeconds);
      retrying = true;
      pauseSeconds = Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS);
    } catch (RejectedExecutionException e) {
      // the server is stopping: the next start compares index and store
    }
  }

  private void retry(TextTokenizer tokenizer) {
    lock.writeLock().lock();
    try {
      retrying = false;
    } finally {
      lock.writeLock().unlock();
    }
    if (trouble.isEmpty() || closed) {
      return;
    }
    try {
      // past any version, so that the store is asked although the index may stand where it did
      follow(tokenizer, Long.MAX_VALUE);
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the index of datanet {0} still cannot follow: {1}",
          id,
          e.getMessage());
    }
  }

  private boolean followLocked(TextTokenizer tokenizer) {
    if (closed) {
      return false;
    }
    Optional<DatanetRow> row = feed.row(id);
    while (row.isPresent()) {
      DatanetRow target = row.get();
      DatanetSnapshot before = snapshot;
      if (index != null && before != null && before.version() == target.datanet().version()) {
        return true;
      }
      SpanIndex open = index == null ? openFor(target, tokenizer) : index;
      List<IndexFeed.Entry> entries = feed.changed(id, before == null ? 0 : before.version());
      if (before == null) {
        forgetUnknown(open, entries);
      }
      apply(open, entries, tokenizer);
      if (entries.stream().anyMatch(e -> e.erased() && erasures.isDue(e.sequence()))) {
        // not here: rewriting a file takes seconds, and questions wait for this
        erasures.later(() -> erase(tokenizer), 0);
      }
      // entries may hold what committed after the row was read: only a row that stands still tells
      // the state that the index has
      row = feed.row(id);
      if (row.isPresent() && row.get().datanet().version() == target.datanet().version()) {
        new IndexOrigin(target.uid(), target.datanet().version(), target.root().hex())
            .write(originFile);
        snapshot = target.snapshot();
        return true;
      }
    }
    return false;
  }

  private SpanIndex openWith(TextTokenizer tokenizer) {
    return engine.open(
        directory,
        tokenizer.digest(),
        tokenizer.vocabularySize(),
        maintenance,
        forms.apply(id.value()));
  }

  private SpanIndex openFor(DatanetRow row, TextTokenizer tokenizer) {
    boolean known =
        IndexOrigin.read(originFile)
            .filter(o -> o.uid().equals(row.uid()))
            .filter(o -> o.version() == 0 || feed.had(id, o.version(), o.root()))
            .isPresent();
    if (!known) {
      discard("it was not made from this database");
    }
    SpanIndex open;
    try {
      open = openWith(tokenizer);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.INDEX_MISMATCH && e.code() != ErrorCode.INDEX_CORRUPT) {
        throw e;
      }
      discard(String.valueOf(e.getMessage()));
      open = openWith(tokenizer);
    }
    if (!open.state().refused().isEmpty()) {
      String refused = String.join("; ", open.state().refused());
      open.close();
      discard(refused);
      open = openWith(tokenizer);
    }
    // before the first document goes in: should the process die before the first state is reached,
    // the next start must not take these documents for another database's
    if (!known) {
      new IndexOrigin(row.uid(), 0, row.root().hex()).write(originFile);
    }
    index = open;
    return open;
  }

  private void discard(String because) {
    if (!Files.exists(directory)) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "the index of datanet {0} is rebuilt from the store: {1}",
        id,
        because);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.INDEX_IO,
          "the index of datanet " + id + " cannot be removed",
          "a data directory that the server may write",
          "correct the rights of openledger.data.directory, or remove index/" + id + " by hand",
          e);
    }
  }

  private static void forgetUnknown(SpanIndex open, List<IndexFeed.Entry> entries) {
    Set<Long> found = new HashSet<>();
    entries.stream().filter(IndexFeed.Entry::found).forEach(e -> found.add(e.sequence()));
    for (long sequence : open.documents()) {
      if (!found.contains(sequence)) {
        open.retract(sequence);
      }
    }
  }

  private void apply(SpanIndex open, List<IndexFeed.Entry> entries, TextTokenizer tokenizer) {
    List<SpanIndex.Document> pending = new ArrayList<>();
    long tokensPending = 0;
    for (IndexFeed.Entry entry : entries) {
      long sequence = entry.sequence();
      boolean there = open.contains(sequence);
      if (there && !entry.found()) {
        open.retract(sequence);
      }
      boolean append = entry.found() && !there;
      Optional<String> text =
          append || !entry.compared()
              ? feed.text(new ContributionId(id, sequence))
              : Optional.empty();
      if (text.isEmpty()) {
        continue;
      }
      int[] tokens = tokenizer.encode(text.get()).tokens();
      if (!entry.compared()) {
        // compared with everything before it, so that must be in the index; and written down before
        // the document goes in, so that a crash between the two repeats the comparison, not skips
        // it
        flush(open, pending);
        tokensPending = 0;
        feed.compared(new ContributionId(id, sequence), repeats(open, sequence, tokens));
      }
      if (append && tokens.length > 0) {
        pending.add(new SpanIndex.Document(sequence, tokens));
        tokensPending += tokens.length;
        if (tokensPending >= FLUSH_TOKENS || pending.size() >= FLUSH_DOCUMENTS) {
          flush(open, pending);
          tokensPending = 0;
        }
      }
    }
    flush(open, pending);
  }

  private static void flush(SpanIndex open, List<SpanIndex.Document> pending) {
    if (!pending.isEmpty()) {
      open.append(List.copyOf(pending));
      pending.clear();
    }
  }

  /** The earlier contribution that a text repeats nearly whole. Under a lock. */
  OptionalLong repeats(SpanIndex open, long sequence, int[] tokens) {
    if (tokens.length == 0) {
      return OptionalLong.empty();
    }
    OptionalLong found = engine.nearDuplicateOf(tokens, open, nearDuplicateBasisPoints);
    return found.isPresent() && found.getAsLong() < sequence ? found : OptionalLong.empty();
  }

  /** Forgets what is open, so that the next question opens, checks and if need be rebuilds it. */
  void reopenLater() {
    lock.writeLock().lock();
    try {
      release();
    } finally {
      lock.writeLock().unlock();
    }
  }

  void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      release();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void release() {
    snapshot = null;
    erasures.between(
        () -> {
          SpanIndex open = index;
          index = null;
          if (open != null) {
            open.close();
          }
        });
  }
}
