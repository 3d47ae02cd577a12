package io.openledger.attribution.index;

import java.util.BitSet;

/**
 * Which documents wide intervals of ranks belong to, so that not each of their occurrences must be
 * walked to a sample. After the precomputed document lists of T. Gagie, K. Karhu, G. Navarro, S.
 * Puglisi, J. Sirén, "Document listing on repetitive collections" (CPM 2013), but each rank is
 * listed at most once: going up the tree of intervals of common prefixes, one whose ranks are not
 * listed further down in at least so many places lists the documents of these. Therefore what a
 * query finds is the union of the lists of all intervals within its own, and of fewer than that
 * many ranks that no such list has, whatever the query. How many is chosen when a segment is
 * written, by the room that there is: {@link CompactWriter}.
 *
 * <p>Intervals stand in the order of their first rank, outer before inner. A list is how many
 * documents there are, by Elias's γ, and their numbers rising, the gaps by Rice's code with as many
 * low bits as their mean has. Immutable; safe for any thread.
 */
final class DocumentLists {

  private final MappedBytes bytes;
  private final int count;
  private final int documents;
  private final PackedInts lefts;
  private final PackedInts rights;
  private final PackedInts offsets;
  private final long listsAt;

  DocumentLists(MappedBytes bytes, CompactHeader header) {
    this.bytes = bytes;
    this.count = header.lists();
    this.documents = header.documents();
    long at = header.listsAt();
    lefts = new PackedInts(bytes, at, rankBits(header));
    at += PackedInts.bytes(count, rankBits(header));
    rights = new PackedInts(bytes, at, rankBits(header));
    at += PackedInts.bytes(count, rankBits(header));
    offsets = new PackedInts(bytes, at, PackedInts.width(header.listBits()));
    listsAt = at + PackedInts.bytes(count, PackedInts.width(header.listBits()));
  }

  private static int rankBits(CompactHeader header) {
    return PackedInts.width(header.tokens());
  }

  /** How many bytes they take. */
  static long bytes(CompactHeader header) {
    return 2 * PackedInts.bytes(header.lists(), rankBits(header))
        + PackedInts.bytes(header.lists(), PackedInts.width(header.listBits()))
        + BitWriter.bytes(header.listBits());
  }

  /** Takes the ranks that no list has. */
  @FunctionalInterface
  interface Rest {
    /** Ranks {@code [from, to)}, not empty. */
    void accept(long from, long to);
  }

  /**
   * Adds the documents of what is listed within an interval.
   *
   * @param ranks all ranks of one query
   */
  void collect(Ranks ranks, BitSet found, Rest rest) {
    long done = ranks.from();
    for (int i = firstFrom(ranks.from()); i < count; i++) {
      long left = lefts.get(i);
      if (left >= ranks.to()) {
        break;
      }
      long right = rights.get(i);
      if (right > ranks.to()) {
        // wider than the query: begins where it begins, and more of its ranks are elsewhere
        continue;
      }
      read(offsets.get(i), found);
      if (left > done) {
        rest.accept(done, left);
      }
      done = Math.max(done, right);
    }
    if (done < ranks.to()) {
      rest.accept(done, ranks.to());
    }
  }

  private int firstFrom(long rank) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lefts.get(middle) < rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void read(long offset, BitSet found) {
    long at = offset;
    long word = bits(at);
    int zeros = Long.numberOfTrailingZeros(word);
    at += zeros + 1;
    int size = 1 << zeros | (int) (bits(at) & (1L << zeros) - 1);
    at += zeros;
    int low = lowBits(documents, size);
    int document = -1;
    for (int i = 0; i < size; i++) {
      int high = 0;
      word = bits(at);
      while ((word & 1) == 0) {
        int step = Math.min(Long.numberOfTrailingZeros(word | 1L << 56), 56);
        high += step;
        at += step;
        word = bits(at);
      }
      at++;
      document += 1 + (high << low | (int) (bits(at) & (1L << low) - 1));
      at += low;
      found.set(document);
    }
  }

  private long bits(long at) {
    return bytes.getLong(listsAt + (at >>> 3)) >>> (at & 7);
  }

  private static int lowBits(int documents, int size) {
    return Math.max(0, PackedInts.width(documents / size) - 1);
  }

  /** Appends a list of {@code size} documents, rising. */
  static void write(BitWriter out, int[] list, int size, int documents) {
    int log = PackedInts.width(size) - 1;
    out.put(1L << log, log + 1);
    out.put(size & (1L << log) - 1, log);
    int low = lowBits(documents, size);
    int last = -1;
    for (int i = 0; i < size; i++) {
      int gap = list[i] - last - 1;
      for (int high = gap >>> low; high > 0; ) {
        int step = Math.min(high, 48);
        out.put(0, step);
        high -= step;
      }
      out.put(1, 1);
      out.put(gap & (1L << low) - 1, low);
      last = list[i];
    }
  }
}
