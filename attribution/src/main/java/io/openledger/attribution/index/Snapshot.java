package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Occurrences;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** All segments of an index at one generation. Immutable; held by the index and by its readers. */
final class Snapshot {

  private final Manifest manifest;
  private final List<SegmentView> segments;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Holds every segment; the caller holds the snapshot. */
  Snapshot(Manifest manifest, List<SegmentView> segments) {
    this.manifest = manifest;
    this.segments = List.copyOf(segments);
    segments.forEach(segment -> segment.shared().hold());
  }

  Manifest manifest() {
    return manifest;
  }

  List<SegmentView> segments() {
    return segments;
  }

  /** False when its last holder let it go already: a newer one has taken its place. */
  boolean tryHold() {
    int now = holders.get();
    while (now > 0) {
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holders.get();
    }
    return false;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      segments.forEach(segment -> segment.shared().release());
    }
  }

  /** A view for one reader; the snapshot is held already. */
  SpanView view() {
    return new View();
  }

  private final class Cursor implements MatchCursor {

    private final View view;
    private List<MatchCursor> cursors = List.of();

    Cursor(View view) {
      this.view = view;
    }

    @Override
    public int push(int token) {
      view.requireOpen();
      if (token < 0 || token >= manifest.vocabulary()) {
        // no segment knows it: it ends every match, and what follows begins anew
        cursors = List.of();
        return 0;
      }
      if (cursors.isEmpty()) {
        cursors = segments.stream().map(SegmentView::cursor).toList();
      }
      int longest = 0;
      for (MatchCursor cursor : cursors) {
        longest = Math.max(longest, cursor.push(token));
      }
      return longest;
    }
  }

  private final class View implements SpanView {

    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public int[] longestMatches(int[] tokens) {
      requireOpen();
      int[] longest = new int[tokens.length];
      int from = 0;
      // no segment knows a token outside the vocabulary: it ends every match
      for (int i = 0; i <= tokens.length; i++) {
        if (i == tokens.length || tokens[i] < 0 || tokens[i] >= manifest.vocabulary()) {
          longestMatches(
              from == 0 && i == tokens.length ? tokens : Arrays.copyOfRange(tokens, from, i),
              from,
              longest);
          from = i + 1;
        }
      }
      return longest;
    }

    private void longestMatches(int[] part, int at, int[] longest) {
      if (part.length == 0) {
        return;
      }
      for (SegmentView segment : segments) {
        int[] lengths = segment.longestMatches(part);
        for (int i = 0; i < part.length; i++) {
          longest[at + i] = Math.max(longest[at + i], lengths[i]);
        }
      }
    }

    @Override
    public int longestEnding(int[] tokens, int end) {
      requireOpen();
      if (end < 0 || end > tokens.length) {
        throw OpenLedgerException.invalid(
            "the end of a stretch", end, "0 to " + tokens.length + " tokens");
      }
      // no segment knows a token outside the vocabulary: it ends every match
      int from = end;
      while (from > 0 && tokens[from - 1] >= 0 && tokens[from - 1] < manifest.vocabulary()) {
        from--;
      }
      int[] part = from == 0 ? tokens : Arrays.copyOfRange(tokens, from, end);
      int longest = 0;
      for (SegmentView segment : segments) {
        longest = Math.max(longest, segment.longestEnding(part, end - from));
      }
      return longest;
    }

    @Override
    public MatchCursor cursor() {
      requireOpen();
      return new Cursor(this);
    }

    @Override
    public Occurrences locate(int[] tokens, int start, int end, int cap) {
      requireOpen();
      if (start < 0 || end <= start || end > tokens.length) {
        throw OpenLedgerException.invalid(
            "the stretch", start + " to " + end, "not empty, within " + tokens.length + " tokens");
      }
      if (cap < 0) {
        throw OpenLedgerException.invalid("the number of listed documents", cap, "0 or more");
      }
      for (int i = start; i < end; i++) {
        if (tokens[i] < 0 || tokens[i] >= manifest.vocabulary()) {
          return new Occurrences(0, 0, new long[0]);
        }
      }
      long occurrences = 0;
      long documents = 0;
      LongStream sequences = LongStream.empty();
      for (SegmentView segment : segments) {
        long here = segment.count(tokens, start, end);
        if (here > 0) {
          occurrences += here;
          BitSet found = segment.documentsWith(tokens, start, end);
          documents += found.cardinality();
          // rising within the segment, so its first are enough
          sequences =
              LongStream.concat(
                  sequences,
                  found.stream().limit(cap).mapToLong(segment.shared().segment()::sequence));
        }
      }
      return new Occurrences(occurrences, documents, sequences.sorted().limit(cap).toArray());
    }

    @Override
    public long unigram(int token) {
      requireOpen();
      if (token < 0 || token >= manifest.vocabulary()) {
        return 0;
      }
      return segments.stream().mapToLong(segment -> segment.unigram(token)).sum();
    }

    @Override
    public long totalTokens() {
      requireOpen();
      return segments.stream().mapToLong(SegmentView::activeTokens).sum();
    }

    @Override
    public long[] documents() {
      requireOpen();
      return segments.stream()
          .flatMapToLong(
              view -> Arrays.stream(view.documents()).mapToLong(view.shared().segment()::sequence))
          .sorted()
          .toArray();
    }

    @Override
    public boolean contains(long sequence) {
      requireOpen();
      return segments.stream().anyMatch(segment -> segment.find(sequence) >= 0);
    }

    @Override
    public Optional<int[]> tokens(long sequence) {
      requireOpen();
      for (SegmentView view : segments) {
        int document = view.find(sequence);
        if (document >= 0) {
          return Optional.of(view.shared().segment().tokens(document));
        }
      }
      return Optional.empty();
    }

    private void requireOpen() {
      if (closed.get()) {
        throw new IllegalStateException("this view of the index is closed");
      }
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release();
      }
    }
  }
}
