package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Occurrences;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;

/**
 * All segments of an index at one generation. Immutable; held by the index and by its readers.
 *
 * <p>Longer than 250 lines because its view is the whole read side of the SPI; what decides
 * anything is in {@link SegmentView}, {@link ListedPositions} and {@link PhraseSearch}.
 */
final class Snapshot {

  /** How many tokens' counts are kept, by their remainder: every text asks for the same ones. */
  private static final int UNIGRAMS = 4096;

  private static final int COUNT_BITS = 41;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final Manifest manifest;
  private final List<SegmentView> segments;
  // the largest first: it has the longest match most often, so the others are asked less
  private final List<SegmentView> bySize;
  private final AtomicInteger holders = new AtomicInteger(1);
  // token + 1 and its count in one long, so that no reader sees half; tokens are below 2^22
  private final AtomicLongArray unigrams = new AtomicLongArray(UNIGRAMS);

  /** Holds every segment; the caller holds the snapshot. */
  Snapshot(Manifest manifest, List<SegmentView> segments) {
    this.manifest = manifest;
    this.segments = List.copyOf(segments);
    this.bySize =
        segments.stream()
            .sorted(Comparator.comparingLong(SegmentView::activeTokens).reversed())
            .toList();
    segments.forEach(SegmentView::hold);
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
      segments.forEach(SegmentView::release);
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
      if (part.length == 0 || bySize.isEmpty()) {
        return;
      }
      UnionMatches union = new UnionMatches(bySize.get(0).longestMatches(part));
      for (SegmentView segment : bySize.subList(1, bySize.size())) {
        union.better((end, most) -> segment.longestEnding(part, end, most));
      }
      System.arraycopy(union.longest(), 0, longest, at, part.length);
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
      for (SegmentView segment : bySize) {
        longest = Math.max(longest, segment.longestEnding(part, end - from, end - from));
      }
      return longest;
    }

    @Override
    public long earliest(int[] tokens, int start, int end) {
      requireOpen();
      requireStretch(tokens, start, end);
      if (!known(tokens, start, end)) {
        return 0;
      }
      long earliest = Long.MAX_VALUE;
      for (SegmentView segment : segments) {
        earliest = Math.min(earliest, segment.earliest(tokens, start, end, earliest));
      }
      return earliest == Long.MAX_VALUE ? 0 : earliest;
    }

    @Override
    public MatchCursor cursor() {
      requireOpen();
      return new Cursor(this);
    }

    @Override
    public Occurrences locate(int[] tokens, int start, int end, int cap) {
      requireOpen();
      requireStretch(tokens, start, end);
      if (cap < 0) {
        throw OpenLedgerException.invalid("the number of listed documents", cap, "0 or more");
      }
      if (!known(tokens, start, end)) {
        return new Occurrences(0, 0, new long[0]);
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
    public long count(int[] tokens, int start, int end) {
      requireOpen();
      requireStretch(tokens, start, end);
      return known(tokens, start, end)
          ? segments.stream().mapToLong(segment -> segment.count(tokens, start, end)).sum()
          : 0;
    }

    @Override
    public Positions positions(int[] tokens, int start, int end, int cap, long seed) {
      requireOpen();
      requireStretch(tokens, start, end);
      if (cap < 0 || cap > MOST_POSITIONS) {
        throw OpenLedgerException.invalid(
            "the number of listed positions", cap, "0 to " + MOST_POSITIONS);
      }
      return new ListedPositions(
              known(tokens, start, end) ? segments : List.of(), tokens, start, end)
          .list(cap, seed);
    }

    @Override
    public Continuations continuations(int[] tokens, int start, int end) {
      requireOpen();
      if (start < 0 || end < start || end > tokens.length) {
        throw OpenLedgerException.invalid(
            "the stretch", start + " to " + end, "within " + tokens.length + " tokens");
      }
      NextTokens next = new NextTokens();
      if (!known(tokens, start, end)) {
        return next.after(0);
      }
      segments.forEach(segment -> segment.nextTokens(tokens, start, end, next));
      // nothing at all stands before each token and at the end of each document
      return next.after(
          start == end
              ? totalTokens() + segments.stream().mapToLong(SegmentView::activeDocuments).sum()
              : count(tokens, start, end));
    }

    @Override
    public Found search(List<List<int[]>> phrases, int cap) {
      requireOpen();
      if (cap < 0) {
        throw OpenLedgerException.invalid("the number of listed documents", cap, "0 or more");
      }
      return new PhraseSearch(phrases, manifest.vocabulary()).in(segments, cap);
    }

    @Override
    public SpanView without(long[] sequences) {
      requireOpen();
      // holds the segments by itself, so it may outlive this view
      return new Snapshot(
              manifest, segments.stream().map(segment -> segment.excluding(sequences)).toList())
          .view();
    }

    private boolean known(int[] tokens, int start, int end) {
      for (int i = start; i < end; i++) {
        if (tokens[i] < 0 || tokens[i] >= manifest.vocabulary()) {
          return false;
        }
      }
      return true;
    }

    private static void requireStretch(int[] tokens, int start, int end) {
      if (start < 0 || end <= start || end > tokens.length) {
        throw OpenLedgerException.invalid(
            "the stretch", start + " to " + end, "not empty, within " + tokens.length + " tokens");
      }
    }

    @Override
    public long unigram(int token) {
      requireOpen();
      if (token < 0 || token >= manifest.vocabulary()) {
        return 0;
      }
      int slot = token % UNIGRAMS;
      long kept = unigrams.getOpaque(slot);
      if (kept >>> COUNT_BITS == token + 1L) {
        return kept & COUNT_MASK;
      }
      long count = 0;
      for (SegmentView segment : segments) {
        count += segment.unigram(token);
      }
      unigrams.setOpaque(slot, (token + 1L) << COUNT_BITS | count);
      return count;
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
