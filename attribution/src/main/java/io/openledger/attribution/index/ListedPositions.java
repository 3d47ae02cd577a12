package io.openledger.attribution.index;

import io.openledger.api.spi.SpanQueries.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/**
 * The occurrences of one stretch over all segments, numbered one rank after the other, the
 * retracted ones included; listed whole or as a sample of the active ones. One thread, one use.
 *
 * <p>A sample is drawn in one of two ways, both uniform and without replacement. Where most
 * occurrences are active and few of them are wanted, numbers are drawn one after the other, as a
 * shuffle of all of them would begin (R. A. Fisher, F. Yates; R. Durstenfeld, Algorithm 235, CACM
 * 7(7), 1964), and retracted ones are passed over. Else all are looked at once and each is taken
 * with the chance that is left to it (D. Knuth, TAOCP 2, 3.4.2, Algorithm S).
 */
final class ListedPositions {

  /** At least one in so many occurrences must be active, and not be wanted, to draw. */
  private static final int SPARSE = 8;

  private final List<SegmentView> segments = new ArrayList<>();
  private final List<Ranks> ranks = new ArrayList<>();
  private final int length;
  private long all;
  private long active;
  private long documents;

  ListedPositions(List<SegmentView> views, int[] tokens, int start, int end) {
    this.length = end - start;
    for (SegmentView view : views) {
      long here = view.count(tokens, start, end);
      if (here > 0) {
        segments.add(view);
        ranks.add(view.shared().segment().ranks(tokens, start, end));
        all += ranks.get(ranks.size() - 1).count();
        active += here;
        documents += view.documentsWith(tokens, start, end).cardinality();
      }
    }
  }

  Positions list(int cap, long seed) {
    long[] places = new long[(int) Math.min(cap, active)];
    if (active <= cap) {
      scan(places, chosen -> true);
    } else if (active / SPARSE >= cap && active >= all / SPARSE) {
      draw(places, new SplittableRandom(seed));
    } else {
      RandomGenerator random = new SplittableRandom(seed);
      long[] seen = {0};
      scan(places, chosen -> random.nextLong(active - seen[0]++) < places.length - chosen);
    }
    Arrays.sort(places);
    long[] sequences = Arrays.stream(places).map(place -> place >>> Integer.SIZE).toArray();
    int[] starts = Arrays.stream(places).mapToInt(place -> (int) place).toArray();
    return new Positions(active, documents, active > cap, sequences, starts);
  }

  /** Takes of all active occurrences, in order, those that are chosen, given how many were. */
  private void scan(long[] places, LongPredicate chosen) {
    int found = 0;
    for (int i = 0; i < segments.size(); i++) {
      for (long r = ranks.get(i).from(); r < ranks.get(i).to() && found < places.length; r++) {
        long place = place(i, r);
        if (place >= 0 && chosen.test(found)) {
          places[found++] = place;
        }
      }
    }
  }

  private void draw(long[] places, RandomGenerator random) {
    // where the shuffle differs from the order: only the numbers that were drawn or moved
    Map<Long, Long> moved = new HashMap<>();
    int found = 0;
    for (long i = 0; found < places.length; i++) {
      long j = i + random.nextLong(all - i);
      long number = moved.getOrDefault(j, j);
      moved.put(j, moved.getOrDefault(i, i));
      long place = place(number);
      if (place >= 0) {
        places[found++] = place;
      }
    }
  }

  private long place(long number) {
    long rest = number;
    int i = 0;
    while (rest >= ranks.get(i).count()) {
      rest -= ranks.get(i++).count();
    }
    return place(i, ranks.get(i).from() + rest);
  }

  /** Sequence and start in one number that sorts by them, or −1 of a retracted document. */
  private long place(int i, long rank) {
    Segment segment = segments.get(i).shared().segment();
    Occurrence one = segment.occurrence(rank);
    return segments.get(i).active(one.document())
        ? segment.sequence(one.document()) << Integer.SIZE | (one.end() - length)
        : -1;
  }
}
