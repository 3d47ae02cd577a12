package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.SpanQueries.Found;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The documents that hold all of several phrases: those with the rarest, and of these those with
 * the next. At most linear in the occurrences of all phrases.
 */
final class PhraseSearch {

  private final List<List<int[]>> phrases;

  /** Readings with a token that no document can have are dropped: they occur nowhere. */
  PhraseSearch(List<List<int[]>> phrases, int vocabulary) {
    requireSome("the number of phrases", phrases.size());
    for (List<int[]> readings : phrases) {
      requireSome("the number of readings of a phrase", readings.size());
      if (readings.stream().anyMatch(reading -> reading.length == 0)) {
        throw OpenLedgerException.invalid("a phrase", "0 tokens long", "1 token or more");
      }
    }
    this.phrases =
        phrases.stream()
            .map(
                readings ->
                    readings.stream()
                        .filter(r -> Arrays.stream(r).allMatch(t -> t >= 0 && t < vocabulary))
                        .toList())
            .toList();
  }

  private static void requireSome(String what, int number) {
    if (number < 1 || number > SpanQueries.MOST_PHRASES) {
      throw OpenLedgerException.invalid(what, number, "1 to " + SpanQueries.MOST_PHRASES);
    }
  }

  Found in(List<SegmentView> segments, int cap) {
    long count = 0;
    LongStream sequences = LongStream.empty();
    for (SegmentView segment : segments) {
      BitSet found = documents(segment);
      count += found.cardinality();
      // rising within the segment, so its first are enough
      sequences =
          LongStream.concat(
              sequences, found.stream().limit(cap).mapToLong(segment.shared().segment()::sequence));
    }
    return new Found(count, sequences.sorted().limit(cap).toArray());
  }

  private BitSet documents(SegmentView segment) {
    // with the retracted ones, which is enough to tell the rare from the common
    Segment all = segment.shared().segment();
    long[] counts =
        phrases.stream()
            .mapToLong(rs -> rs.stream().mapToLong(r -> all.count(r, 0, r.length)).sum())
            .toArray();
    BitSet found = new BitSet();
    if (Arrays.stream(counts).anyMatch(count -> count == 0)) {
      return found;
    }
    // the rarest first: where it leaves nothing, the common ones are not looked up
    List<Integer> rarestFirst =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> counts[i]))
            .toList();
    found.or(withAny(segment, phrases.get(rarestFirst.get(0))));
    for (int i = 1; i < counts.length && !found.isEmpty(); i++) {
      int phrase = rarestFirst.get(i);
      retainWith(found, segment, phrases.get(phrase), counts[phrase]);
    }
    return found;
  }

  /** Looks up the phrase, or reads the documents that are left when they are the less work. */
  private static void retainWith(
      BitSet found, SegmentView view, List<int[]> readings, long occurrences) {
    Segment segment = view.shared().segment();
    if (found.stream().mapToLong(segment::length).sum() < occurrences) {
      found.stream().filter(d -> !holdsAny(segment.tokens(d), readings)).forEach(found::clear);
    } else {
      found.and(withAny(view, readings));
    }
  }

  private static boolean holdsAny(int[] text, List<int[]> readings) {
    return readings.stream()
        .anyMatch(
            r ->
                IntStream.rangeClosed(0, text.length - r.length)
                    .anyMatch(i -> Arrays.equals(text, i, i + r.length, r, 0, r.length)));
  }

  private static BitSet withAny(SegmentView segment, List<int[]> readings) {
    BitSet any = new BitSet();
    readings.forEach(reading -> any.or(segment.documentsWith(reading, 0, reading.length)));
    return any;
  }
}
