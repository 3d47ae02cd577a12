package io.openledger.attribution.index;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A set of document sequences as runs, because sequences are given out without gaps: a segment of
 * thousands of documents is a few runs. Immutable.
 */
final class Sequences {

  static final Sequences NONE = new Sequences(new long[0], new long[0]);

  // run i is firsts[i] to lasts[i], both inclusive; runs rise and do not touch
  private final long[] firsts;
  private final long[] lasts;

  private Sequences(long[] firsts, long[] lasts) {
    this.firsts = firsts;
    this.lasts = lasts;
  }

  /** The set of some sequences in any order. */
  static Sequences of(long... sequences) {
    long[] rising = Arrays.stream(sequences).sorted().distinct().toArray();
    long[] firsts = new long[rising.length];
    long[] lasts = new long[rising.length];
    int runs = 0;
    for (long sequence : rising) {
      if (runs > 0 && lasts[runs - 1] == sequence - 1) {
        lasts[runs - 1] = sequence;
      } else {
        firsts[runs] = sequence;
        lasts[runs++] = sequence;
      }
    }
    return new Sequences(Arrays.copyOf(firsts, runs), Arrays.copyOf(lasts, runs));
  }

  int runs() {
    return firsts.length;
  }

  long size() {
    long size = 0;
    for (int i = 0; i < firsts.length; i++) {
      size += lasts[i] - firsts[i] + 1;
    }
    return size;
  }

  boolean contains(long sequence) {
    int i = Arrays.binarySearch(firsts, sequence);
    return i >= 0 || (i < -1 && lasts[-i - 2] >= sequence);
  }

  LongStream stream() {
    return java.util.stream.IntStream.range(0, firsts.length)
        .mapToObj(i -> LongStream.rangeClosed(firsts[i], lasts[i]))
        .flatMapToLong(run -> run);
  }

  /** Linear in the runs of both: a segment may have many, and a retraction adds one sequence. */
  Sequences with(long... more) {
    Sequences other = of(more);
    long[] from = new long[runs() + other.runs()];
    long[] to = new long[from.length];
    int runs = 0;
    for (int i = 0, j = 0; i < runs() || j < other.runs(); ) {
      boolean ours = j == other.runs() || (i < runs() && firsts[i] <= other.firsts[j]);
      long first = ours ? firsts[i] : other.firsts[j];
      long last = ours ? lasts[i++] : other.lasts[j++];
      if (runs > 0 && first <= to[runs - 1] + 1) {
        to[runs - 1] = Math.max(to[runs - 1], last);
      } else {
        from[runs] = first;
        to[runs++] = last;
      }
    }
    return new Sequences(Arrays.copyOf(from, runs), Arrays.copyOf(to, runs));
  }

  /** Number of runs, then first and last of each: 4 + 16 bytes a run. */
  void put(ByteBuffer out) {
    out.putInt(firsts.length);
    for (int i = 0; i < firsts.length; i++) {
      out.putLong(firsts[i]).putLong(lasts[i]);
    }
  }

  static Sequences get(ByteBuffer in) throws CorruptFile {
    CorruptFile.unless(in.remaining() >= 4, "a list of documents is cut off");
    int runs = in.getInt();
    CorruptFile.unless(runs >= 0 && runs <= in.remaining() / 16, runs + " runs of documents");
    long[] firsts = new long[runs];
    long[] lasts = new long[runs];
    for (int i = 0; i < runs; i++) {
      firsts[i] = in.getLong();
      lasts[i] = in.getLong();
      CorruptFile.unless(
          firsts[i] > (i == 0 ? 0 : lasts[i - 1])
              && firsts[i] <= lasts[i]
              && lasts[i] <= Integer.MAX_VALUE,
          "documents " + firsts[i] + " to " + lasts[i] + " out of order");
    }
    return new Sequences(firsts, lasts);
  }
}
