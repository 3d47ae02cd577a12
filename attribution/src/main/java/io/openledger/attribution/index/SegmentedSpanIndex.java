package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * A {@link SpanIndex} of immutable segments, as package-info describes it. Readers work on
 * snapshots and never wait; writers take turns. Merges run on an executor after a change is
 * durable, beside readers and writers. A failed merge loses nothing, is told in {@link #state()}
 * and tried again after the next change.
 *
 * <p>No append leaves more than 3·(⌈log₄(largest/1024)⌉ + 1) + 2n/largest + 16 segments, where
 * {@code largest} is the largest segment and n counts the tokens and documents of all segments,
 * retracted ones included: 43 and two for each full segment at the default size. An append that
 * finds so many waits for the running merge or merges itself, and is refused when that fails.
 *
 * <p>Longer than 250 lines because it is the whole of the SPI and its ways to open; what decides
 * anything is in {@link Commits}, {@link Merger} and {@link DocumentRules}.
 */
public final class SegmentedSpanIndex implements SpanIndex {

  private static final int LARGEST_VOCABULARY = 1 << 22;

  private final Commits commits;
  private final DocumentRules rules;
  private final Merger merger;
  private final DirectoryLock lock;
  private final List<String> lost;

  private SegmentedSpanIndex(
      IndexFiles files,
      IndexOpener.Found found,
      MergePolicy policy,
      long retractedHeap,
      Executor executor,
      IndexForm form,
      DirectoryLock lock) {
    this.commits = new Commits(files, found, form);
    this.rules = new DocumentRules(policy.largest(), found.manifest().vocabulary());
    this.merger = new Merger(commits, policy, new RetractedFiles(commits, retractedHeap), executor);
    this.lock = lock;
    this.lost = List.copyOf(found.lost());
  }

  /** {@link #open(Path, Hash256, int, long, Executor)}, merging on the threads that change it. */
  public static SegmentedSpanIndex open(
      Path directory, Hash256 tokenizer, int vocabulary, long largestSegment) {
    return open(directory, tokenizer, vocabulary, largestSegment, Runnable::run);
  }

  /**
   * Opens or creates; see {@link io.openledger.api.spi.AttributionEngine#open}.
   *
   * @param largestSegment no segment gets more symbols, which are its tokens and one more for each
   *     document; 1024 or more. Sorting that many needs 25 bytes of heap each
   * @param merger runs merges, one at a time; each runs until nothing is left to merge. {@code
   *     Runnable::run} merges before a change returns
   */
  public static SegmentedSpanIndex open(
      Path directory, Hash256 tokenizer, int vocabulary, long largestSegment, Executor merger) {
    return open(directory, tokenizer, vocabulary, largestSegment, merger, IndexForm.FAST);
  }

  /**
   * {@link #open(Path, Hash256, int, long, Executor)} of a form. What is there in another form
   * stays so until it is merged, and answers the same meanwhile.
   *
   * @param form of merged segments, and of appended ones of 65536 tokens or more
   */
  public static SegmentedSpanIndex open(
      Path directory,
      Hash256 tokenizer,
      int vocabulary,
      long largestSegment,
      Executor merger,
      IndexForm form) {
    MergePolicy policy = new MergePolicy(largestSegment);
    return open(new IndexFiles(directory), tokenizer, vocabulary, policy, merger, form);
  }

  static SegmentedSpanIndex open(
      IndexFiles files, Hash256 tokenizer, int vocabulary, MergePolicy policy) {
    return open(files, tokenizer, vocabulary, policy, Runnable::run);
  }

  static SegmentedSpanIndex open(
      IndexFiles files, Hash256 tokenizer, int vocabulary, MergePolicy policy, Executor merger) {
    return open(files, tokenizer, vocabulary, policy, merger, IndexForm.FAST);
  }

  static SegmentedSpanIndex open(
      IndexFiles files,
      Hash256 tokenizer,
      int vocabulary,
      MergePolicy policy,
      Executor merger,
      IndexForm form) {
    return open(files, tokenizer, vocabulary, policy, RetractedFiles.MOST, merger, form);
  }

  static SegmentedSpanIndex open(
      IndexFiles files,
      Hash256 tokenizer,
      int vocabulary,
      MergePolicy policy,
      long retractedHeap,
      Executor merger,
      IndexForm form) {
    if (vocabulary < 1 || vocabulary > LARGEST_VOCABULARY) {
      throw OpenLedgerException.invalid(
          "vocabulary size", vocabulary, "1 to " + LARGEST_VOCABULARY);
    }
    DirectoryLock lock = null;
    SegmentedSpanIndex index = null;
    try {
      Files.createDirectories(files.directory());
      lock = DirectoryLock.take(files.directory());
      IndexOpener.Found found = new IndexOpener(files, tokenizer, vocabulary).open();
      index = new SegmentedSpanIndex(files, found, policy, retractedHeap, merger, form, lock);
      synchronized (index.commits) {
        index.merger.boundHeap();
      }
      return index;
    } catch (IOException e) {
      throw IndexErrors.io(files.directory(), "opening the index", e);
    } finally {
      if (index == null && lock != null) {
        closeQuietly(lock);
      }
    }
  }

  /** The index as it is now; the caller closes it. */
  public SpanView view() {
    return commits.view();
  }

  /** {@inheritDoc} Waits for a merge while there are as many segments as there may be. */
  @Override
  public void append(List<Document> documents) {
    if (documents.isEmpty()) {
      commits.current();
      return;
    }
    List<Document> rising =
        documents.stream().sorted(Comparator.comparingLong(Document::sequence)).toList();
    while (!appended(rising)) {
      merger.makeRoom(rules.parts(rising).size(), symbols(rising));
    }
    merger.changed();
  }

  /** False when merges must come first. */
  private boolean appended(List<Document> rising) {
    synchronized (commits) {
      validate(rising);
      List<List<Document>> parts = rules.parts(rising);
      if (!merger.hasRoom(parts.size(), symbols(rising))) {
        return false;
      }
      try (SegmentBatch batch = commits.appended()) {
        List<SegmentView> after = new ArrayList<>(commits.current().segments());
        for (List<Document> part : parts) {
          after.add(batch.write(commits.takeId(), part));
        }
        long[] added = rising.stream().mapToLong(Document::sequence).toArray();
        commits.commit(after, commits.covered(added), batch);
        return true;
      } catch (IOException e) {
        throw IndexErrors.io(commits.files().directory(), "appending", e);
      }
    }
  }

  private void validate(List<Document> documents) {
    try (SpanView view = view()) {
      rules.validate(documents, view);
    }
  }

  private static long symbols(List<Document> documents) {
    return documents.stream().mapToLong(document -> document.tokens().length + 1L).sum();
  }

  @Override
  public boolean retract(long sequence) {
    boolean found;
    synchronized (commits) {
      found = active(sequence);
      List<IndexOpener.Refused> missing = commits.covered(sequence);
      if (!found && missing.equals(commits.refused())) {
        return false;
      }
      // a document of a refused file is retracted too: the file may come back from a backup
      try {
        commits.commit(without(sequence), missing, null);
        merger.boundHeap();
      } catch (IOException e) {
        throw IndexErrors.io(commits.files().directory(), "retracting", e);
      }
    }
    merger.changed();
    return found;
  }

  private boolean active(long sequence) {
    return commits.current().segments().stream().anyMatch(segment -> segment.find(sequence) >= 0);
  }

  private List<SegmentView> without(long sequence) {
    List<SegmentView> after = new ArrayList<>();
    for (SegmentView segment : commits.current().segments()) {
      after.add(segment.find(sequence) >= 0 ? segment.without(sequence) : segment);
    }
    return after;
  }

  /** {@inheritDoc} Waits as {@link #append} does. */
  @Override
  public boolean supersede(long oldSequence, Document replacement) {
    while (true) {
      synchronized (commits) {
        validate(List.of(replacement));
        // a document of a refused file is there too: only its text is missing
        if (commits.covered(oldSequence).equals(commits.refused()) && !active(oldSequence)) {
          return false;
        }
        if (merger.hasRoom(1, replacement.tokens().length + 1L)) {
          replace(oldSequence, replacement);
          break;
        }
      }
      merger.makeRoom(1, replacement.tokens().length + 1L);
    }
    merger.changed();
    return true;
  }

  private void replace(long oldSequence, Document replacement) {
    try (SegmentBatch batch = commits.appended()) {
      List<SegmentView> after = without(oldSequence);
      after.add(batch.write(commits.takeId(), List.of(replacement)));
      commits.commit(after, commits.covered(oldSequence, replacement.sequence()), batch);
      merger.boundHeap();
    } catch (IOException e) {
      throw IndexErrors.io(commits.files().directory(), "superseding", e);
    }
  }

  @Override
  public Purge purge() {
    return merger.purge();
  }

  @Override
  public Erasure erase(long... sequences) {
    return new Eraser(commits, merger).erase(sequences);
  }

  @Override
  public void merge() {
    merger.mergeAll();
  }

  @Override
  public boolean contains(long sequence) {
    return read(view -> view.contains(sequence));
  }

  @Override
  public long[] documents() {
    return read(SpanView::documents);
  }

  @Override
  public Optional<int[]> tokens(long sequence) {
    return read(view -> view.tokens(sequence));
  }

  @Override
  public int[] longestMatches(int[] tokens) {
    return read(view -> view.longestMatches(tokens));
  }

  @Override
  public Occurrences locate(int[] tokens, int start, int end, int cap) {
    return read(view -> view.locate(tokens, start, end, cap));
  }

  @Override
  public long unigram(int token) {
    return read(view -> view.unigram(token));
  }

  @Override
  public long totalTokens() {
    return read(SpanView::totalTokens);
  }

  @Override
  public int longestEnding(int[] tokens, int end) {
    return read(view -> view.longestEnding(tokens, end));
  }

  @Override
  public long count(int[] tokens, int start, int end) {
    return read(view -> view.count(tokens, start, end));
  }

  @Override
  public Positions positions(int[] tokens, int start, int end, int cap, long seed) {
    return read(view -> view.positions(tokens, start, end, cap, seed));
  }

  @Override
  public Continuations continuations(int[] tokens, int start, int end) {
    return read(view -> view.continuations(tokens, start, end));
  }

  @Override
  public Found search(List<List<int[]>> phrases, int cap) {
    return read(view -> view.search(phrases, cap));
  }

  @Override
  public SpanView without(long[] sequences) {
    return read(view -> view.without(sequences));
  }

  private <T> T read(Function<SpanView, T> question) {
    try (SpanView view = view()) {
      return question.apply(view);
    }
  }

  @Override
  public State state() {
    synchronized (commits) {
      Snapshot now = commits.current();
      List<SegmentView> segments = now.segments();
      List<String> reasons = new ArrayList<>(lost);
      for (IndexOpener.Refused one : commits.refused()) {
        long missing = one.entry().documents().size() - one.entry().dead().size();
        reasons.add(
            one.entry().file() + ": " + one.reason() + "; " + missing + " documents to rebuild");
      }
      return new State(
          segments.stream().mapToLong(SegmentView::activeDocuments).sum(),
          segments.stream().mapToLong(SegmentView::deadDocuments).sum(),
          segments.stream().mapToLong(SegmentView::activeTokens).sum(),
          segments.size(),
          now.manifest().encode().length
              + segments.stream().mapToLong(segment -> segment.entry().length()).sum(),
          reasons,
          merger.warnings());
    }
  }

  @Override
  public Map<IndexForm, Integer> forms() {
    Map<IndexForm, Integer> forms = new EnumMap<>(IndexForm.class);
    for (SegmentView segment : commits.current().segments()) {
      forms.merge(segment.shared().segment().form(), 1, Integer::sum);
    }
    return forms;
  }

  /** The sequences that refused files held and that are not rebuilt yet, rising. */
  public long[] missing() {
    return commits.refused().stream()
        .flatMapToLong(
            one -> one.entry().documents().stream().filter(s -> !one.entry().dead().contains(s)))
        .sorted()
        .toArray();
  }

  /** {@inheritDoc} A merge under way is given up, and waited for until its files are removed. */
  @Override
  public void close() {
    merger.close();
    if (commits.close()) {
      closeQuietly(lock);
    }
  }

  private static void closeQuietly(DirectoryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // the lock is gone with its channel either way
      System.getLogger(SegmentedSpanIndex.class.getName())
          .log(System.Logger.Level.DEBUG, "closing the lock file", e);
    }
  }
}
