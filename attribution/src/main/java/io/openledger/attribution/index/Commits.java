package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an open index consists of now, and the one way to change that. Its monitor is the writers'
 * turn: whoever computes a new state from {@link #current} holds it until the state is committed.
 * Readers need no monitor; they see a change when {@code current} is swapped.
 */
final class Commits {

  /** Added segments of fewer tokens have the fast form. */
  static final long FAST_BELOW = 1 << 16;

  private final IndexFiles files;
  private final Hash256 tokenizer;
  private final int vocabulary;
  private final IndexForm form;
  private List<IndexOpener.Refused> refused;
  private long nextId;
  private volatile @Nullable Snapshot current;

  Commits(IndexFiles files, IndexOpener.Found found, IndexForm form) {
    this.files = files;
    this.tokenizer = found.manifest().tokenizer();
    this.vocabulary = found.manifest().vocabulary();
    this.form = form;
    this.refused = List.copyOf(found.refused());
    this.nextId = found.nextId();
    this.current = new Snapshot(found.manifest(), found.segments());
  }

  IndexFiles files() {
    return files;
  }

  Hash256 tokenizer() {
    return tokenizer;
  }

  int vocabulary() {
    return vocabulary;
  }

  /** The form that segments get. */
  IndexForm form() {
    return form;
  }

  /** Rewritten segments on their way, of the form that is wanted; needs no monitor. */
  SegmentBatch batch() {
    return new SegmentBatch(files, tokenizer, vocabulary, form, 0);
  }

  /**
   * Added segments on their way. Small ones get the fast form, whatever is wanted: the next merges
   * rewrite them, so an append shall not wait for what saves little and is soon done again.
   */
  SegmentBatch appended() {
    return new SegmentBatch(files, tokenizer, vocabulary, form, FAST_BELOW);
  }

  /** An id that no segment had or will have. */
  synchronized long takeId() {
    return nextId++;
  }

  /** The committed state; refuses when closed. It stays only while the monitor is held. */
  Snapshot current() {
    Snapshot now = current;
    if (now == null) {
      throw IndexErrors.closed(files.directory());
    }
    return now;
  }

  boolean isOpen() {
    return current != null;
  }

  /** The committed state, held for one reader, who closes it. */
  SpanView view() {
    while (true) {
      Snapshot now = current();
      if (now.tryHold()) {
        return now.view();
      }
    }
  }

  synchronized List<IndexOpener.Refused> refused() {
    return refused;
  }

  /** The refused segments, less documents that are rebuilt or retracted now. */
  synchronized List<IndexOpener.Refused> covered(long... sequences) {
    List<IndexOpener.Refused> left = new ArrayList<>();
    for (IndexOpener.Refused one : refused) {
      Manifest.Entry entry = one.entry();
      long[] here =
          Arrays.stream(sequences)
              .filter(s -> entry.documents().contains(s) && !entry.dead().contains(s))
              .toArray();
      Manifest.Entry covered = here.length == 0 ? entry : entry.withDead(entry.dead().with(here));
      if (covered.dead().size() < covered.documents().size()) {
        left.add(new IndexOpener.Refused(covered, one.reason()));
      }
    }
    return left;
  }

  /**
   * Makes a state durable, then visible. A batch is kept as soon as a manifest may name it. The
   * caller has held the monitor since it read the state before.
   */
  synchronized void commit(
      List<SegmentView> segments, List<IndexOpener.Refused> missing, @Nullable SegmentBatch batch)
      throws IOException {
    Snapshot before = current();
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

  /**
   * The committed state with one segment held differently in memory; the disk knows nothing of it.
   */
  synchronized void exchange(SegmentView there, SegmentView with) {
    Snapshot before = current();
    current =
        new Snapshot(
            before.manifest(),
            before.segments().stream().map(view -> view == there ? with : view).toList());
    before.release();
  }

  /** Nothing can be asked or changed any more; false when that was so already. */
  synchronized boolean close() {
    Snapshot last = current;
    if (last == null) {
      return false;
    }
    current = null;
    last.release();
    return true;
  }
}
