package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SpanIndex} of immutable segments, as package-info describes it. Readers work on
 * snapshots and never wait; writers take turns. Merges run on the writer's thread after its change
 * is durable.
 */
public final class SegmentedSpanIndex implements SpanIndex {

  private static final int LARGEST_VOCABULARY = 1 << 22;

  private final IndexFiles files;
  private final Hash256 tokenizer;
  private final int vocabulary;
  private final MergePolicy policy;
  private final DirectoryLock lock;
  private final List<String> lost;
  // writers hold the monitor of `this`; readers see a change when `current` is swapped
  private List<IndexOpener.Refused> refused;
  private long nextId;
  private volatile @Nullable Snapshot current;

  private SegmentedSpanIndex(
      IndexFiles files, IndexOpener.Found found, MergePolicy policy, DirectoryLock lock) {
    this.files = files;
    this.tokenizer = found.manifest().tokenizer();
    this.vocabulary = found.manifest().vocabulary();
    this.policy = policy;
    this.lock = lock;
    this.lost = List.copyOf(found.lost());
    this.refused = List.copyOf(found.refused());
    this.nextId = found.nextId();
    this.current = new Snapshot(found.manifest(), found.segments());
  }

  /**
   * Opens or creates; see {@link io.openledger.api.spi.AttributionEngine#open}.
   *
   * @param largestSegment no segment gets more tokens; 1024 or more. Sorting that many needs 25
   *     bytes of heap each
   */
  public static SegmentedSpanIndex open(
      Path directory, Hash256 tokenizer, int vocabulary, long largestSegment) {
    return open(new IndexFiles(directory), tokenizer, vocabulary, new MergePolicy(largestSegment));
  }

  static SegmentedSpanIndex open(
      IndexFiles files, Hash256 tokenizer, int vocabulary, MergePolicy policy) {
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
      index = new SegmentedSpanIndex(files, found, policy, lock);
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
    while (true) {
      Snapshot now = current;
      if (now == null) {
        throw IndexErrors.closed(files.directory());
      }
      if (now.tryHold()) {
        return now.view();
      }
    }
  }

  @Override
  public synchronized void append(List<Document> documents) {
    Snapshot before = requireOpen();
    List<Document> rising = validated(documents);
    if (rising.isEmpty()) {
      return;
    }
    try (SegmentBatch batch = new SegmentBatch(files, tokenizer, vocabulary)) {
      List<SegmentView> after = new ArrayList<>(before.segments());
      for (List<Document> part : parts(rising)) {
        after.add(batch.write(nextId++, part));
      }
      long[] added = rising.stream().mapToLong(Document::sequence).toArray();
      commit(after, covered(added), batch);
    } catch (IOException e) {
      throw IndexErrors.io(files.directory(), "appending", e);
    }
    maintain();
  }

  @Override
  public synchronized boolean retract(long sequence) {
    Snapshot before = requireOpen();
    boolean found = before.segments().stream().anyMatch(segment -> segment.find(sequence) >= 0);
    List<SegmentView> after = without(before, sequence);
    List<IndexOpener.Refused> missing = covered(sequence);
    if (found || !missing.equals(refused)) {
      // a document of a refused file is retracted too: the file may come back from a backup
      try {
        commit(after, missing, null);
      } catch (IOException e) {
        throw IndexErrors.io(files.directory(), "retracting", e);
      }
      maintain();
    }
    return found;
  }

  private static List<SegmentView> without(Snapshot before, long sequence) {
    List<SegmentView> after = new ArrayList<>();
    for (SegmentView segment : before.segments()) {
      after.add(segment.find(sequence) >= 0 ? segment.without(sequence) : segment);
    }
    return after;
  }

  @Override
  public synchronized boolean supersede(long oldSequence, Document replacement) {
    Snapshot before = requireOpen();
    List<Document> added = validated(List.of(replacement));
    // a document of a refused file is there too: only its text is missing
    boolean found =
        !covered(oldSequence).equals(refused)
            || before.segments().stream().anyMatch(segment -> segment.find(oldSequence) >= 0);
    if (found) {
      try (SegmentBatch batch = new SegmentBatch(files, tokenizer, vocabulary)) {
        List<SegmentView> after = without(before, oldSequence);
        after.add(batch.write(nextId++, added));
        commit(after, covered(oldSequence, replacement.sequence()), batch);
      } catch (IOException e) {
        throw IndexErrors.io(files.directory(), "superseding", e);
      }
      maintain();
    }
    return found;
  }

  @Override
  public synchronized Purge purge() {
    List<StoredFile> removed = new ArrayList<>();
    List<StoredFile> written = new ArrayList<>();
    try {
      for (SegmentView victim : requireOpen().segments()) {
        if (victim.deadDocuments() > 0) {
          Set<Long> there = new HashSet<>();
          requireOpen().segments().forEach(segment -> there.add(segment.entry().id()));
          merge(List.of(victim));
          removed.add(stored(victim.entry()));
          requireOpen().segments().stream()
              .filter(segment -> !there.contains(segment.entry().id()))
              .forEach(segment -> written.add(stored(segment.entry())));
        }
      }
      return new Purge(removed, written, held());
    } catch (IOException e) {
      throw IndexErrors.io(files.directory(), "purging", e);
    }
  }

  private static StoredFile stored(Manifest.Entry entry) {
    return new StoredFile(entry.file(), entry.digest());
  }

  /** Files that lie in the directory and are not segments in use; after a purge: all suspects. */
  private List<String> held() throws IOException {
    Set<String> clean = new HashSet<>();
    requireOpen().segments().forEach(segment -> clean.add(segment.entry().file()));
    // a refused file of which nothing is retracted holds no retracted text
    refused.stream()
        .filter(one -> one.entry().dead().size() == 0)
        .forEach(one -> clean.add(one.entry().file()));
    return files.ours().stream().filter(name -> !clean.contains(name)).toList();
  }

  private Snapshot requireOpen() {
    Snapshot now = current;
    if (now == null) {
      throw IndexErrors.closed(files.directory());
    }
    return now;
  }

  private List<Document> validated(List<Document> documents) {
    Set<Long> sequences = new HashSet<>();
    try (SpanView view = view()) {
      for (Document document : documents) {
        long sequence = document.sequence();
        if (sequence < 1 || sequence > Integer.MAX_VALUE) {
          throw OpenLedgerException.invalid("document sequence", sequence, "1 to 2^31 - 1");
        }
        if (!sequences.add(sequence) || view.contains(sequence)) {
          throw OpenLedgerException.invalid(
              "document sequence", sequence + ", which is there already", "each sequence once");
        }
        int length = document.tokens().length;
        if (length == 0 || length > policy.largest()) {
          throw OpenLedgerException.invalid(
              "document " + sequence, length + " tokens long", "1 to " + policy.largest());
        }
        for (int token : document.tokens()) {
          if (token < 0 || token >= vocabulary) {
            throw OpenLedgerException.invalid(
                "a token of document " + sequence, token, "0 to " + (vocabulary - 1));
          }
        }
      }
    }
    return documents.stream().sorted(Comparator.comparingLong(Document::sequence)).toList();
  }

  /** Parts of at most the largest segment's tokens, in order. */
  private List<List<Document>> parts(List<Document> rising) {
    List<List<Document>> parts = new ArrayList<>();
    List<Document> part = new ArrayList<>();
    long tokens = 0;
    for (Document document : rising) {
      if (!part.isEmpty() && tokens + document.tokens().length > policy.largest()) {
        parts.add(part);
        part = new ArrayList<>();
        tokens = 0;
      }
      part.add(document);
      tokens += document.tokens().length;
    }
    parts.add(part);
    return parts;
  }

  /** The refused segments, less documents that are rebuilt or retracted now. */
  private List<IndexOpener.Refused> covered(long... sequences) {
    List<IndexOpener.Refused> left = new ArrayList<>();
    for (IndexOpener.Refused one : refused) {
      Manifest.Entry entry = one.entry();
      long[] here =
          java.util.Arrays.stream(sequences)
              .filter(s -> entry.documents().contains(s) && !entry.dead().contains(s))
              .toArray();
      Manifest.Entry covered = here.length == 0 ? entry : entry.withDead(entry.dead().with(here));
      if (covered.dead().size() < covered.documents().size()) {
        left.add(new IndexOpener.Refused(covered, one.reason()));
      }
    }
    return left;
  }

  /** Makes a state durable, then visible. A batch is kept as soon as a manifest may name it. */
  private void commit(
      List<SegmentView> segments, List<IndexOpener.Refused> missing, @Nullable SegmentBatch batch)
      throws IOException {
    Snapshot before = requireOpen();
    List<Manifest.Entry> entries = new ArrayList<>();
    segments.forEach(segment -> entries.add(segment.entry()));
    missing.forEach(one -> entries.add(one.entry()));
    Manifest manifest =
        new Manifest(
            before.manifest().generation() + 1, tokenizer, vocabulary, List.copyOf(entries));
    byte[] bytes = manifest.encode();
    files.stage(Manifest.FILE, out -> out.write(bytes));
    if (batch != null) {
      batch.keepFiles();
    }
    files.publish(Manifest.FILE);
    if (batch != null) {
      batch.keepOpen();
    }
    refused = List.copyOf(missing);
    current = new Snapshot(manifest, segments);
    before.release();
  }

  /** Merges while the policy finds something. What fails is tried again after the next change. */
  private void maintain() {
    List<SegmentView> victims = policy.next(requireOpen().segments());
    while (!victims.isEmpty()) {
      try {
        merge(victims);
      } catch (IOException e) {
        System.getLogger(SegmentedSpanIndex.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "merging segments failed, nothing is lost, the next change tries again: {0}",
                e.toString());
        return;
      }
      victims = policy.next(requireOpen().segments());
    }
  }

  private void merge(List<SegmentView> victims) throws IOException {
    List<Document> active = new ArrayList<>();
    for (SegmentView victim : victims) {
      Segment segment = victim.shared().segment();
      for (int document : victim.documents()) {
        active.add(new Document(segment.sequence(document), segment.tokens(document)));
      }
    }
    active.sort(Comparator.comparingLong(Document::sequence));
    List<SegmentView> after = new ArrayList<>(requireOpen().segments());
    after.removeAll(victims);
    try (SegmentBatch batch = new SegmentBatch(files, tokenizer, vocabulary)) {
      if (!active.isEmpty()) {
        after.add(batch.write(nextId++, active));
      }
      victims.forEach(victim -> victim.shared().hold());
      try {
        commit(after, refused, batch);
        victims.forEach(victim -> victim.shared().obsolete());
      } finally {
        victims.forEach(victim -> victim.shared().release());
      }
    }
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

  private <T> T read(Function<SpanView, T> question) {
    try (SpanView view = view()) {
      return question.apply(view);
    }
  }

  @Override
  public synchronized State state() {
    Snapshot now = requireOpen();
    List<SegmentView> segments = now.segments();
    List<String> reasons = new ArrayList<>(lost);
    for (IndexOpener.Refused one : refused) {
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
        List.copyOf(reasons));
  }

  /** The sequences that refused files held and that are not rebuilt yet, rising. */
  public synchronized long[] missing() {
    return refused.stream()
        .flatMapToLong(
            one -> one.entry().documents().stream().filter(s -> !one.entry().dead().contains(s)))
        .sorted()
        .toArray();
  }

  @Override
  public synchronized void close() {
    Snapshot last = current;
    if (last != null) {
      current = null;
      last.release();
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
