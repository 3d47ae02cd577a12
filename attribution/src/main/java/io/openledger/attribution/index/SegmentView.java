package io.openledger.attribution.index;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A segment with its retractions. Immutable but for one thing that is made when it is first needed.
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
  private final int vocabulary;
  private final BitSet dead;
  private final long deadTokens;
  private volatile @Nullable RetractedPart retracted;

  SegmentView(Manifest.Entry entry, SharedSegment shared, int vocabulary) {
    this.entry = entry;
    this.shared = shared;
    this.segment = shared.segment();
    this.vocabulary = vocabulary;
    this.dead = new BitSet();
    entry.dead().stream().mapToInt(segment::find).filter(d -> d >= 0).forEach(dead::set);
    this.deadTokens = dead.stream().mapToLong(segment::length).sum();
  }

  Manifest.Entry entry() {
    return entry;
  }

  SharedSegment shared() {
    return shared;
  }

  /** The same segment with one more document retracted. */
  SegmentView without(long sequence) {
    SegmentView after =
        new SegmentView(entry.withDead(entry.dead().with(sequence)), shared, vocabulary);
    RetractedPart made = dead.isEmpty() ? RetractedPart.NONE : retracted;
    if (made != null) {
      after.retracted = made.with(segment.find(sequence), segment::tokens, vocabulary);
    }
    return after;
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
    return all == 0 || dead.isEmpty() ? all : all - retracted().unigram(token);
  }

  long count(int[] query, int start, int end) {
    long all = segment.count(query, start, end);
    return all == 0 || dead.isEmpty() ? all : all - retracted().count(query, start, end);
  }

  /** The active documents in which the query occurs. */
  BitSet documentsWith(int[] query, int start, int end) {
    BitSet found = (BitSet) dead.clone();
    segment.documentsWith(query, start, end, found, segment.documents());
    found.andNot(dead);
    return found;
  }

  int[] longestMatches(int[] query) {
    int[] all = segment.longestMatches(query);
    if (dead.isEmpty()) {
      return all;
    }
    int[] without = retracted().longestMatches(query);
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

  /** The longest stretch that ends before {@code end} and occurs in an active document. */
  int longestEnding(int[] query, int end) {
    int all = end == 0 ? 0 : segment.longestEnding(query, end);
    if (all == 0 || dead.isEmpty()) {
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

  private RetractedPart retracted() {
    RetractedPart made = retracted;
    if (made == null) {
      synchronized (this) {
        made = retracted;
        if (made == null) {
          made = RetractedPart.of(dead.stream().toArray(), segment::tokens, vocabulary);
          retracted = made;
        }
      }
    }
    return made;
  }
}
