package io.openledger.attribution.span;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.attribution.index.MatchCursor;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link SpanTracer} while the text is being written.
 *
 * <p>Let b(e) be where the longest match that ends at e begins; it never falls. The match is
 * maximal when b(e + 1) is above b(e), and no span that is found later begins before b(e). So
 * tokens before b(e) know the span that they count for, and a span that ends there is certain.
 *
 * <p>Tokens are kept from the first span that is not certain, at the latest from b(e). One {@code
 * longestEnding} for each datanet a push; beside it amortised constant work for each token. Not for
 * several threads at once.
 */
public final class SpanStream implements EvidenceStream {

  /** A maximal span that is reported, once what it is credited is certain. */
  private static final class Pending {
    final Stretch span;
    final long millibits;
    long credited;

    Pending(Stretch span, long millibits) {
      this.span = span;
      this.millibits = millibits;
    }
  }

  private final TreeMap<DatanetId, SpanView> views;
  private final List<MatchCursor> cursors;
  private final SpanThresholds thresholds;
  private final Information information;
  private final SpanSources sources;
  private final Map<Integer, Long> known = new HashMap<>();
  private final List<SpanMatch> certain = new ArrayList<>();
  private final ArrayDeque<Pending> unreported = new ArrayDeque<>();
  private final ArrayDeque<Pending> entering = new ArrayDeque<>();
  // those that can still win a token, longest first, as in MaximalSpans.owners
  private final ArrayDeque<Pending> winning = new ArrayDeque<>();

  // tokens [base, length) of the text and the information of all tokens before each of them
  private int[] tokens = new int[64];
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private long[] before = new long[65];
  private int base;
  private int length;

  private int begin;
  private int owned;
  private boolean finished;
  private boolean closed;

  /**
   * Over views that the stream closes when it is closed.
   *
   * @param datanets what is asked, as it is now
   */
  public SpanStream(Map<DatanetId, SpanView> datanets, SpanThresholds thresholds) {
    this.views = new TreeMap<>(datanets);
    this.cursors = views.values().stream().map(SpanView::cursor).toList();
    this.thresholds = thresholds;
    this.information = new Information(views.values());
    this.sources = new SpanSources(views, thresholds);
  }

  @Override
  public List<SpanMatch> push(int token, int start, int end) {
    requireOpen();
    if (finished) {
      throw new IllegalStateException("this stream of evidence is finished");
    }
    if (start < 0 || end < start || (length > base && start < starts[length - 1 - base])) {
      throw OpenLedgerException.invalid(
          "characters of a token", start + " to " + end, "a stretch that begins no earlier");
    }
    int at = room();
    tokens[at] = token;
    starts[at] = start;
    ends[at] = end;
    before[at + 1] = before[at] + known.computeIfAbsent(token, information::millibits);
    length++;
    int longest = 0;
    for (MatchCursor cursor : cursors) {
      longest = Math.max(longest, cursor.push(token));
    }
    int next = length - longest;
    if (next > begin) {
      found(length - 1);
      begin = next;
    }
    return settle(begin);
  }

  @Override
  public List<SpanMatch> finish() {
    requireOpen();
    if (!finished) {
      finished = true;
      found(length);
      settle(length);
    }
    return List.copyOf(certain);
  }

  private void found(int end) {
    if (end - begin < thresholds.minimumTokens() || ends[end - 1 - base] <= starts[begin - base]) {
      return;
    }
    long millibits = before[end - base] - before[begin - base];
    if (millibits >= thresholds.minimumMillibits()) {
      Pending pending = new Pending(new Stretch(begin, end), millibits);
      unreported.add(pending);
      entering.add(pending);
    }
  }

  /** Gives the tokens before {@code limit} to their spans and reports the spans that end there. */
  private List<SpanMatch> settle(int limit) {
    for (; owned < limit; owned++) {
      while (!entering.isEmpty() && entering.getFirst().span.start() <= owned) {
        Pending enters = entering.removeFirst();
        while (!winning.isEmpty() && winning.getLast().span.length() < enters.span.length()) {
          winning.removeLast();
        }
        winning.addLast(enters);
      }
      while (!winning.isEmpty() && winning.getFirst().span.end() <= owned) {
        winning.removeFirst();
      }
      if (!winning.isEmpty()) {
        winning.getFirst().credited += before[owned + 1 - base] - before[owned - base];
      }
    }
    List<SpanMatch> now = new ArrayList<>();
    while (!unreported.isEmpty() && unreported.getFirst().span.end() <= limit) {
      now.add(match(unreported.removeFirst()));
    }
    certain.addAll(now);
    return List.copyOf(now);
  }

  private SpanMatch match(Pending pending) {
    Stretch here = new Stretch(pending.span.start() - base, pending.span.end() - base);
    Stretch at = new Stretch(starts[here.start()], ends[here.end() - 1]);
    return sources.match(tokens, here, at, pending.millibits, pending.credited);
  }

  /** A place for one token more; what no span needs any longer goes when half of the room is it. */
  private int room() {
    int size = length - base;
    if (size == tokens.length) {
      int needed = unreported.isEmpty() ? begin : unreported.getFirst().span.start();
      int gone = Math.min(needed, begin) - base;
      // growing by halves of what is kept makes the copies constant work for each token
      int capacity = Math.max(64, 2 * (size - gone));
      int end = gone + capacity;
      tokens = Arrays.copyOfRange(tokens, gone, end);
      starts = Arrays.copyOfRange(starts, gone, end);
      ends = Arrays.copyOfRange(ends, gone, end);
      before = Arrays.copyOfRange(before, gone, end + 1);
      base += gone;
    }
    return length - base;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this stream of evidence is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      views.values().forEach(SpanView::close);
    }
  }
}
