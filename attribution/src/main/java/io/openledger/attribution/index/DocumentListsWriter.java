package io.openledger.attribution.index;

import java.util.Arrays;

/**
 * Makes {@link DocumentLists} from sorted suffixes, bottom-up over the intervals of common prefixes
 * (T. Kasai, G. Lee, H. Arimura, S. Arikawa, K. Park, "Linear-time longest-common-prefix
 * computation in suffix arrays and its applications", CPM 2001). One thread.
 */
final class DocumentListsWriter {

  // short phrases are evidence of nothing and stand everywhere: theirs are listed less finely
  private static final int DEEP = 4;
  private static final int SHALLOW = 4096;

  private final int[] order;
  private final int ends;
  private final int size;
  private final int documents;
  private final int[] lcp;
  private final int[] document;

  private int wide;
  private BitWriter codes = new BitWriter();
  private int[] lefts = new int[16];
  private int[] rights = new int[16];
  private long[] offsets = new long[16];
  private int count;

  // ranks that no list has yet, rising, and the intervals that are open
  private int[] unlisted = new int[64];
  private int unlistedSize;
  private int[] depths = new int[64];
  private int[] openLefts = new int[64];
  private int[] bases = new int[64];
  private int open;
  private int[] list = new int[64];

  /**
   * Takes over an array: {@code rank} is filled with other things.
   *
   * @param rank of each position, its rank among all suffixes
   */
  DocumentListsWriter(HeapSuffixArray sorted, int[] rank, int documents) {
    this.order = sorted.order();
    this.size = sorted.size();
    this.ends = order.length - size;
    this.documents = documents;
    this.lcp = commonPrefixes(sorted.text(), rank);
    this.document = rank;
    int d = 0;
    for (int p = 0; p < order.length; p++) {
      document[p] = d;
      d += sorted.text()[p] == 0 ? 1 : 0;
    }
  }

  /** Of each rank what its suffix and the one before it have in common, within one document. */
  private int[] commonPrefixes(int[] text, int[] rank) {
    int[] common = new int[order.length];
    int length = 0;
    for (int p = 0; p < text.length; p++) {
      int q = rank[p] == 0 ? -1 : order[rank[p] - 1];
      if (q < 0) {
        length = 0;
        continue;
      }
      while (text[p + length] != 0 && text[p + length] == text[q + length]) {
        length++;
      }
      common[rank[p]] = length;
      length = Math.max(0, length - 1);
    }
    return common;
  }

  /**
   * Lists the documents of so many ranks or more, of phrases of less than {@link #DEEP} tokens of
   * {@link #SHALLOW} or more; forgets what it listed before.
   *
   * @return the bits of all lists and intervals
   */
  long write(int narrowest) {
    wide = narrowest;
    codes = new BitWriter();
    count = 0;
    unlistedSize = 0;
    open = 0;
    push(0, 0, 0);
    for (int rank = 0; rank <= size; rank++) {
      int here = rank == size ? 0 : lcp[rank + ends];
      // the interval that the rank before opens, should it go on, begins with that rank
      int left = rank - 1;
      int base = unlistedSize - 1;
      while (open > 1 && depths[open - 1] > here) {
        open--;
        left = openLefts[open];
        base = bases[open];
        close(depths[open], left, rank, base);
      }
      if (here > depths[open - 1]) {
        push(here, left, Math.min(base, unlistedSize));
      }
      if (rank < size) {
        if (unlistedSize == unlisted.length) {
          unlisted = Arrays.copyOf(unlisted, 2 * unlistedSize);
        }
        unlisted[unlistedSize++] = rank;
      }
    }
    int rankBits = PackedInts.width(size);
    return codes.size() + count * (2L * rankBits + PackedInts.width(codes.size()));
  }

  private void push(int depth, int left, int base) {
    if (open == depths.length) {
      depths = Arrays.copyOf(depths, 2 * open);
      openLefts = Arrays.copyOf(openLefts, 2 * open);
      bases = Arrays.copyOf(bases, 2 * open);
    }
    depths[open] = depth;
    openLefts[open] = left;
    bases[open++] = base;
  }

  private void close(int depth, int left, int right, int base) {
    int here = unlistedSize - base;
    if (here < (depth < DEEP ? Math.max(wide, SHALLOW) : wide)) {
      return;
    }
    if (here > list.length) {
      list = new int[2 * here];
    }
    for (int i = 0; i < here; i++) {
      list[i] = document[order[unlisted[base + i] + ends]];
    }
    Arrays.sort(list, 0, here);
    int distinct = 0;
    for (int i = 0; i < here; i++) {
      if (i == 0 || list[i] != list[i - 1]) {
        list[distinct++] = list[i];
      }
    }
    if (count == lefts.length) {
      lefts = Arrays.copyOf(lefts, 2 * count);
      rights = Arrays.copyOf(rights, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    lefts[count] = left;
    rights[count] = right;
    offsets[count++] = codes.size();
    DocumentLists.write(codes, list, distinct, documents);
    unlistedSize = base;
  }

  int count() {
    return count;
  }

  BitWriter codes() {
    return codes;
  }

  /** The other parts: first ranks, ends and offsets. */
  BitWriter[] intervals() {
    long[] keys = new long[count];
    // closed from the inside out: of two that begin together the later one is the outer
    for (int i = 0; i < count; i++) {
      keys[i] = (long) lefts[i] << Integer.SIZE | Integer.MAX_VALUE - i;
    }
    Arrays.sort(keys);
    BitWriter[] parts = {new BitWriter(), new BitWriter(), new BitWriter()};
    int rankBits = PackedInts.width(size);
    for (long key : keys) {
      int i = Integer.MAX_VALUE - (int) key;
      parts[0].put(lefts[i], rankBits);
      parts[1].put(rights[i], rankBits);
      parts[2].put(offsets[i], PackedInts.width(codes.size()));
    }
    return parts;
  }
}
