package io.openledger.attribution.index;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * A segment with its retractions. Immutable.
 *
 * <p>Exact answers over active documents, whatever the segment's form: the retracted documents are
 * sorted once more by themselves ({@link RetractedPart}), and what occurs in them is subtracted. A
 * prefix occurs in an active document when it occurs more often in the segment than in the
 * retracted part; that is monotone in its length, so the longest is found by halving.
 */
final class SegmentView {

  private final Manifest.Entry entry;
  private final SharedSegment shared;
  private final Segment segment;
  private final BitSet dead;
  private final long deadTokens;
  private final int vocabulary;
  private final RetractedPart retracted;

  /** As the entry says. */
  SegmentView(Manifest.Entry entry, SharedSegment shared, int vocabulary) {
    this.entry = entry;
    this.shared = shared;
    this.segment = shared.segment();
    this.dead = new BitSet();
    entry.dead().stream().mapToInt(segment::find).filter(d -> d >= 0).forEach(dead::set);
    this.deadTokens = dead.stream().mapToLong(segment::length).sum();
    this.vocabulary = vocabulary;
    this.retracted =
        RetractedPart.of(new RetractedPart.Texts(segment, vocabulary), dead.stream().toArray());
  }

  private SegmentView(
      Manifest.Entry entry,
      SharedSegment shared,
      int vocabulary,
      BitSet dead,
      long deadTokens,
      RetractedPart retracted) {
    this.entry = entry;
    this.shared = shared;
    this.segment = shared.segment();
    this.dead = dead;
    this.deadTokens = deadTokens;
    this.vocabulary = vocabulary;
    this.retracted = retracted;
  }

  Manifest.Entry entry() {
    return entry;
  }

  SharedSegment shared() {
    return shared;
  }

  RetractedPart retracted() {
    return retracted;
  }

  /** Keeps all that it reads; called only while another holder does, or before anyone does. */
  void hold() {
    shared.hold();
    retracted.files().forEach(SharedSegment::hold);
  }

  void release() {
    shared.release();
    retracted.files().forEach(SharedSegment::release);
  }

  /** The same segment with one more document retracted, which is active in this one. */
  SegmentView without(long sequence) {
    int document = segment.find(sequence);
    BitSet more = (BitSet) dead.clone();
    more.set(document);
    return new SegmentView(
        entry.withDead(entry.dead().with(sequence)),
        shared,
        vocabulary,
        more,
        deadTokens + segment.length(document),
        retracted.with(document));
  }

  /** The same with its retracted documents sorted elsewhere. */
  SegmentView with(RetractedPart elsewhere) {
    return new SegmentView(entry, shared, vocabulary, dead, deadTokens, elsewhere);
  }

  /**
   * The same segment as if more documents were retracted, for one reader. What is asked of it about
   * tokens sorts them, so that their number has a limit; what is asked about documents does not.
   */
  SegmentView excluding(long[] sequences) {
    long[] here =
        Arrays.stream(sequences).filter(sequence -> find(sequence) >= 0).distinct().toArray();
    if (here.length == 0) {
      return this;
    }
    int[] documents = Arrays.stream(here).mapToInt(segment::find).toArray();
    BitSet more = (BitSet) dead.clone();
    Arrays.stream(documents).forEach(more::set);
    return new SegmentView(
        entry.withDead(entry.dead().with(here)),
        shared,
        vocabulary,
        more,
        deadTokens + Arrays.stream(documents).mapToLong(segment::length).sum(),
        retracted.excluding(documents));
  }

  boolean active(int document) {
    return !dead.get(document);
  }

  int deadDocuments() {
    return dead.cardinality();
  }

  int activeDocuments() {
    return segment.documents() - deadDocuments();
  }

  long deadTokens() {
    return deadTokens;
  }

  long activeTokens() {
    return segment.totalTokens() - deadTokens;
  }

  /** Tokens and ends of the active documents: what they take in the text of a segment. */
  long activeSymbols() {
    return activeTokens() + activeDocuments();
  }

  long symbols() {
    return segment.totalTokens() + segment.documents();
  }

  /** The number of an active document, or −1. */
  int find(long sequence) {
    int document = segment.find(sequence);
    return document >= 0 && !dead.get(document) ? document : -1;
  }

  /** The numbers of the active documents, rising. */
  int[] documents() {
    BitSet active = new BitSet();
    active.set(0, segment.documents());
    active.andNot(dead);
    return active.stream().toArray();
  }

  long unigram(int token) {
    long all = segment.unigram(token);
    return all == 0 || dead.isEmpty() ? all : all - retracted.unigram(token);
  }

  long count(int[] query, int start, int end) {
    long all = segment.count(query, start, end);
    return all == 0 || dead.isEmpty() ? all : all - retracted.count(query, start, end);
  }

  /** Counts the tokens that follow a stretch in active documents; of an empty one, all tokens. */
  void nextTokens(int[] query, int start, int end, NextTokens into) {
    segment.nextTokens(query, start, end, vocabulary, into);
    if (!dead.isEmpty()) {
      NextTokens gone = new NextTokens();
      retracted.nextTokens(query, start, end, vocabulary, gone);
      into.subtract(gone);
    }
  }

  /** The active documents in which the query occurs. */
  BitSet documentsWith(int[] query, int start, int end) {
    BitSet found = (BitSet) dead.clone();
    segment.documentsWith(query, start, end, found, segment.documents());
    found.andNot(dead);
    return found;
  }

  /**
   * The sequence of the earliest active document in which the query occurs, if it is below {@code
   * bound}; else {@code bound}.
   */
  long earliest(int[] query, int start, int end, long bound) {
    // segments hold mostly what was accepted at one time: many need not be asked
    if (segment.documents() == 0 || segment.sequence(0) >= bound) {
      return bound;
    }
    int document = segment.earliest(segment.ranks(query, start, end), dead);
    return document < 0 ? bound : Math.min(bound, segment.sequence(document));
  }

  int[] longestMatches(int[] query) {
    int[] all = segment.longestMatches(query);
    if (dead.isEmpty()) {
      return all;
    }
    int[] without = retracted.longestMatches(query);
    for (int i = 0; i < all.length; i++) {
      // a longer match than any in the retracted documents can only be in an active one
      if (all[i] > 0 && without[i] == all[i]) {
        all[i] = longestActive(query, i, all[i]);
      }
    }
    return all;
  }

  private int longestActive(int[] query, int start, int most) {
    return longest(most, length -> count(query, start, start + length) > 0);
  }

  /**
   * The longest stretch that ends before {@code end} and occurs in an active document, if longer
   * than {@code most} then {@code most}.
   */
  int longestEnding(int[] query, int end, int most) {
    int all = most == 0 ? 0 : segment.longestEnding(query, end, most);
    // a longer match than any in the retracted documents can only be in an active one
    if (all == 0 || dead.isEmpty() || retracted.longestEnding(query, end, all) < all) {
      return all;
    }
    return longest(all, length -> count(query, end - length, end) > 0);
  }

  /** Follows a text; see {@link MatchCursor}. */
  MatchCursor cursor() {
    return dead.isEmpty() ? segment.cursor() : new ActiveCursor(segment, retracted());
  }

  // what occurs does so without its first or last token too
  static int longest(int most, IntPredicate occurs) {
    if (occurs.test(most)) {
      return most;
    }
    int low = 0;
    int high = most - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (occurs.test(middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
