package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.attribution.index.RetractedPart.Sorted;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the heap that sorted retracted documents take small, whatever the size of the index: moves
 * arrays beyond {@link RetractedPart#INLINE} tokens into mapped files in the background, and below
 * {@link #MOST} tokens of all segments at once, before a retraction returns.
 *
 * <p>The files have the layout of a segment of the fast form and the name of one that is on its
 * way, since no manifest ever names them: whoever opens the index removes them. They go with the
 * last reader of their segment, as its own file does.
 */
final class RetractedFiles {

  /** Tokens on the heap, of all segments of an index: 16 MiB. */
  static final long MOST = 1 << 21;

  private final Commits commits;
  private final long most;

  /**
   * For one index.
   *
   * @param most tokens on the heap; {@link #MOST} but for tests
   */
  RetractedFiles(Commits commits, long most) {
    this.commits = commits;
    this.most = most;
  }

  /** What is moved, held until it is. */
  private record Chosen(SegmentView view, List<Sorted> arrays, long id) {}

  /** Whether there is anything to move in the background; the caller holds the monitor. */
  boolean due() {
    return commits.current().segments().stream()
        .anyMatch(view -> !view.retracted().settled().isEmpty());
  }

  /** Moves what is beyond inline in one segment, if anything is; needs no monitor. */
  void moveOne() throws IOException {
    Optional<Chosen> picked;
    synchronized (commits) {
      if (!commits.isOpen()) {
        return;
      }
      picked =
          commits.current().segments().stream()
              .filter(view -> !view.retracted().settled().isEmpty())
              .findFirst()
              .map(view -> new Chosen(view, view.retracted().settled(), commits.takeId()));
      picked.ifPresent(chosen -> chosen.view().hold());
    }
    if (picked.isPresent()) {
      move(picked.get());
    }
  }

  /** Moves until {@link #MOST} is kept; the caller holds the monitor. */
  void bound() throws IOException {
    List<SegmentView> views = commits.current().segments();
    while (views.stream().mapToLong(view -> view.retracted().heapTokens()).sum() > most) {
      SegmentView largest =
          views.stream()
              .max(Comparator.comparingLong(view -> view.retracted().heapTokens()))
              .orElseThrow();
      Chosen chosen = new Chosen(largest, largest.retracted().all(), commits.takeId());
      chosen.view().hold();
      move(chosen);
      views = commits.current().segments();
    }
  }

  private void move(Chosen chosen) throws IOException {
    IndexFiles files = commits.files();
    String name = IndexFiles.temporary(IndexFiles.segmentName(chosen.id()));
    boolean installed = false;
    try {
      FastSegment sorted = write(chosen, name);
      SharedSegment shared = new SharedSegment(sorted, name, files);
      shared.obsolete();
      installed = install(chosen, shared, sorted);
      if (!installed) {
        sorted.close();
      }
    } finally {
      chosen.view().release();
      if (!installed) {
        try {
          files.delete(name);
        } catch (IOException e) {
          // the next opening removes it: no manifest names it
          System.getLogger(RetractedFiles.class.getName())
              .log(System.Logger.Level.DEBUG, "an unused file is left for the next opening", e);
        }
      }
    }
  }

  private FastSegment write(Chosen chosen, String name) throws IOException {
    Segment segment = chosen.view().shared().segment();
    List<Document> documents =
        chosen.arrays().stream()
            .flatMapToInt(array -> Arrays.stream(array.documents()))
            .sorted()
            .mapToObj(d -> new Document(segment.sequence(d), segment.tokens(d)))
            .toList();
    Hash256 tokenizer = commits.tokenizer();
    SegmentWriter writer =
        new SegmentWriter(chosen.id(), tokenizer, commits.vocabulary(), documents, fraction -> {});
    Hash256[] digest = new Hash256[1];
    commits.files().write(name, out -> digest[0] = writer.write(out));
    try {
      // of the fast form, as it was written
      return (FastSegment)
          SegmentFile.open(
              commits.files().path(name), chosen.id(), tokenizer, commits.vocabulary(), digest[0]);
    } catch (CorruptFile e) {
      throw new IOException("sorted retracted text reads back differently: " + e.getMessage(), e);
    }
  }

  /** False when the segment was rewritten meanwhile, or the index closed. */
  private boolean install(Chosen chosen, SharedSegment file, FastSegment sorted) {
    synchronized (commits) {
      if (!commits.isOpen()) {
        return false;
      }
      for (SegmentView now : commits.current().segments()) {
        if (now.entry().id() == chosen.view().entry().id()) {
          Optional<RetractedPart> part = now.retracted().inFile(chosen.arrays(), file, sorted);
          part.ifPresent(with -> commits.exchange(now, now.with(with)));
          return part.isPresent();
        }
      }
      return false;
    }
  }
}
