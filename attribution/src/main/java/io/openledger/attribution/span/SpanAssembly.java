package io.openledger.attribution.span;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * Makes span evidence of tokens one after the other, given where the longest match that ends with
 * each of them begins. {@link SpanTracer} and {@link SpanStream} differ in how they learn that.
 *
 * <p>Let b(e) be where the longest match that ends at e begins; it never falls. The match is
 * maximal when b(e + 1) is above b(e), and no match that is found later begins before b(e). So
 * tokens before b(e) know the span that they count for and who owns them, and a span that ends
 * there is certain.
 *
 * <p>A boundary is a place where a span may begin or end: every place, or with whole words those
 * that no word crosses. A match is cut down to the boundaries within it; where two then begin or
 * end alike, one lies in the other and is dropped. Whether a place is a boundary is known when the
 * token behind it is, which is also when a match is known to end there.
 *
 * <p>A token is owned by the earliest document that holds around it a stretch of at least the
 * minimum tokens and twice the minimum information; where the match that it counts for has less, by
 * the earliest that holds that match.
 *
 * <p>Where spans overlap, a token counts for the longest one <em>that is reported</em>: what is
 * below the thresholds, or lies inside one character of the text, takes nothing away.
 *
 * <p>Tokens are kept from the first span that is not certain, at the latest from b(e). Amortised
 * constant work for each token, but for the look-ups: at most four in {@link Earliest} for each and
 * mostly far fewer ({@link TokenOwners}), one there and one in {@link SpanSources} for each span.
 * Not for several threads at once. Above the usual length because the queues and the arrays move
 * together.
 */
final class SpanAssembly {

  /**
   * How many times the information of evidence makes words somebody's own. At once the minimum a
   * third of what a unique paragraph carries goes to earlier ones that share a phrase of three
   * words with it; at twice 12 %, at three times hardly less (612 specifications, 2048 tokens).
   */
  private static final int OWN = 2;

  private final SpanThresholds thresholds;
  private final long ownMillibits;
  private final SpanSources sources;
  private final Earliest earliest;
  private final TokenOwners owners;
  private final List<SpanMatch> certain = new ArrayList<>();
  private final ArrayDeque<PendingSpan> unreported = new ArrayDeque<>();
  private final ArrayDeque<PendingSpan> entering = new ArrayDeque<>();
  // those that can still win a token, longest first: a later one that is longer also ends later, so
  // it beats those before it at every token still to come
  private final ArrayDeque<PendingSpan> winning = new ArrayDeque<>();

  // tokens [base, length) of the text, the information of all tokens before each of them, and
  // whether a boundary lies before each
  private int[] tokens = new int[64];
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private long[] before = new long[65];
  private boolean[] boundary = new boolean[65];
  private int base;
  private int length;

  // b(length), and the first boundary that is not before it
  private int begin;
  private int firstBoundary;
  private int lastBoundary;
  // the first start from which no stretch suffices yet, and the last boundary before it
  private int insufficient;
  private int sufficient = -1;
  // where the last match ended, cut down
  private int lastEnd;
  private int owned;

  /**
   * Over some views.
   *
   * @param views in the order in which contributions are listed
   */
  SpanAssembly(SortedMap<DatanetId, SpanView> views, SpanThresholds thresholds) {
    this.thresholds = thresholds;
    // no text carries so much that a product beyond the largest long would matter
    this.ownMillibits = Math.min(thresholds.minimumMillibits(), Long.MAX_VALUE / OWN) * OWN;
    this.sources = new SpanSources(views, thresholds);
    this.earliest = new Earliest(views.values());
    this.owners = new TokenOwners(views.size(), earliest, ownMillibits / 4 * 3);
  }

  /**
   * Takes the next token in; {@link #advance} must follow.
   *
   * @param millibits its information; of a token that lies in no match it does not matter
   */
  void append(int token, int start, int end, boolean continues, long millibits) {
    if (start < 0 || end < start || (length > base && start < starts[length - 1 - base])) {
      throw OpenLedgerException.invalid(
          "characters of a token", start + " to " + end, "a stretch that begins no earlier");
    }
    int at = room();
    tokens[at] = token;
    starts[at] = start;
    ends[at] = end;
    before[at + 1] = before[at] + millibits;
    if (length == 0 || !thresholds.wholeWords() || !continues) {
      boundary();
    }
    length++;
  }

  /**
   * Says what the last token matched.
   *
   * @param longest the length of the longest match that ends with it
   * @return the spans that became certain
   */
  List<SpanMatch> advance(int longest) {
    int next = length - longest;
    if (next > begin) {
      found(length - 1);
      begin = next;
    }
    return settle(begin);
  }

  /** The text is complete: all spans. Once. */
  List<SpanMatch> finish() {
    boundary();
    found(length);
    settle(length);
    return List.copyOf(certain);
  }

  /** Where the longest match that ends with the last token begins. */
  int begin() {
    return begin;
  }

  /** There is a boundary before the token that comes next. */
  private void boundary() {
    boundary[length - base] = true;
    lastBoundary = length;
    // from each start the shortest stretch that suffices and ends here; when there is none, the
    // shortest that suffices up to here
    boolean shortest = false;
    insufficient = Math.max(insufficient, begin);
    for (; sufficesFrom(insufficient); insufficient++) {
      if (boundary[insufficient - base]) {
        sufficient = insufficient;
        hold(sufficient);
        shortest = true;
      }
    }
    if (!shortest && sufficient >= begin) {
      hold(sufficient);
    }
  }

  private boolean sufficesFrom(int start) {
    return length - start >= thresholds.minimumTokens()
        && before[length - base] - before[start - base] >= ownMillibits;
  }

  private void hold(int start) {
    owners.hold(
        start,
        Arrays.copyOfRange(tokens, start - base, length - base),
        before[start - base],
        before[length - base]);
  }

  /** A maximal match, which begins at {@link #begin}. */
  private void found(int end) {
    firstBoundary = Math.max(firstBoundary, begin);
    while (firstBoundary < end && !boundary[firstBoundary - base]) {
      firstBoundary++;
    }
    Stretch span = new Stretch(firstBoundary, Math.min(end, lastBoundary));
    if (span.length() <= 0 || span.end() == lastEnd) {
      return;
    }
    if (!unreported.isEmpty() && unreported.getLast().span().start() == span.start()) {
      // nothing of it is settled: it begins no earlier than this match
      unreported.removeLast();
      entering.removeLast();
    }
    lastEnd = span.end();
    long millibits = before[span.end() - base] - before[span.start() - base];
    if (span.length() >= thresholds.minimumTokens()
        && millibits >= thresholds.minimumMillibits()
        && ends[span.end() - 1 - base] > starts[span.start() - base]) {
      PendingSpan pending = new PendingSpan(span, millibits);
      unreported.add(pending);
      entering.add(pending);
    }
  }

  /** Gives the tokens before {@code limit} to their spans and reports the spans that end there. */
  private List<SpanMatch> settle(int limit) {
    for (; owned < limit; owned++) {
      while (!entering.isEmpty() && entering.getFirst().span().start() <= owned) {
        PendingSpan enters = entering.removeFirst();
        while (!winning.isEmpty() && winning.getLast().span().length() < enters.span().length()) {
          winning.removeLast();
        }
        winning.addLast(enters);
      }
      while (!winning.isEmpty() && winning.getFirst().span().end() <= owned) {
        winning.removeFirst();
      }
      if (!winning.isEmpty()) {
        PendingSpan winner = winning.getFirst();
        winner.credit(
            owners.of(owned, winner.span(), () -> winner.first(this::first)),
            before[owned + 1 - base] - before[owned - base]);
      }
    }
    List<SpanMatch> now = new ArrayList<>();
    while (!unreported.isEmpty() && unreported.getFirst().span().end() <= limit) {
      now.add(match(unreported.removeFirst()));
    }
    certain.addAll(now);
    return List.copyOf(now);
  }

  /** Of each datanet the earliest document that holds a span that is not reported yet. */
  private long[] first(Stretch span) {
    return earliest.unkept(tokens, span.start() - base, span.end() - base);
  }

  private SpanMatch match(PendingSpan pending) {
    Stretch here = new Stretch(pending.span().start() - base, pending.span().end() - base);
    Stretch at = new Stretch(starts[here.start()], ends[here.end() - 1]);
    return sources.match(tokens, here, at, pending);
  }

  /** A place for one token more; what no span needs any longer goes when half of the room is it. */
  private int room() {
    int size = length - base;
    if (size == tokens.length) {
      int needed = unreported.isEmpty() ? begin : unreported.getFirst().span().start();
      int gone = Math.min(needed, begin) - base;
      // growing by halves of what is kept makes the copies constant work for each token
      int capacity = Math.max(64, 2 * (size - gone));
      int end = gone + capacity;
      tokens = Arrays.copyOfRange(tokens, gone, end);
      starts = Arrays.copyOfRange(starts, gone, end);
      ends = Arrays.copyOfRange(ends, gone, end);
      before = Arrays.copyOfRange(before, gone, end + 1);
      boundary = Arrays.copyOfRange(boundary, gone, end + 1);
      base += gone;
    }
    return length - base;
  }
}
