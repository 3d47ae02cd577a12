package io.openledger.attribution.index;

import java.util.Arrays;
import java.util.List;

/**
 * Sorted suffixes of some reversed documents on the heap: 8 bytes a token. Segments are made from
 * it, and the retracted documents of a segment are counted with it.
 */
final class HeapSuffixArray extends SuffixArray {

  private final int[] text;
  private final int[] order;
  private final int[] tokens;
  private final int[] firstRanks;

  /** As {@link #of(List, int, SortProgress)}, unheard. */
  static HeapSuffixArray of(List<int[]> documents, int vocabulary) {
    return of(documents, vocabulary, fraction -> {});
  }

  /**
   * Sorts.
   *
   * @param documents tokens of each, 0 to vocabulary − 1
   * @param vocabulary one more than the largest token
   * @param progress what it throws ends the sort and is thrown
   */
  static HeapSuffixArray of(List<int[]> documents, int vocabulary, SortProgress progress) {
    int[] counts = new int[vocabulary];
    int length = 0;
    for (int[] document : documents) {
      length = Math.addExact(length, document.length + 1);
      for (int token : document) {
        counts[token]++;
      }
    }
    // the sorter's alphabet: 0 ends a document, then the tokens that occur, densely
    int[] tokens = new int[vocabulary];
    int[] dense = new int[vocabulary];
    int distinct = 0;
    for (int t = 0; t < vocabulary; t++) {
      if (counts[t] > 0) {
        tokens[distinct++] = t;
        dense[t] = distinct;
      }
    }
    int[] firstRanks = new int[distinct + 1];
    for (int i = 0; i < distinct; i++) {
      firstRanks[i + 1] = firstRanks[i] + counts[tokens[i]];
    }
    int[] text = new int[length];
    int at = 0;
    for (int[] document : documents) {
      for (int i = document.length - 1; i >= 0; i--) {
        text[at++] = dense[document[i]];
      }
      at++;
    }
    int[] order = SuffixSorter.sort(text, distinct + 1, progress);
    return new HeapSuffixArray(
        text, order, documents.size(), Arrays.copyOf(tokens, distinct), firstRanks);
  }

  // the ends of documents sort first: as many as there are documents; they are nobody's match
  private final int ends;

  private HeapSuffixArray(int[] text, int[] order, int ends, int[] tokens, int[] firstRanks) {
    this.text = text;
    this.order = order;
    this.ends = ends;
    this.tokens = tokens;
    this.firstRanks = firstRanks;
  }

  /** Where each suffix starts, the ends of documents first. Not to be written to. */
  int[] order() {
    return order;
  }

  /** The symbols, densely numbered in their order; 0 ends a document. Not to be written to. */
  int[] text() {
    return text;
  }

  /** How many suffixes: one a token. */
  int size() {
    return order.length - ends;
  }

  /** Tokens and ends of documents. */
  int textLength() {
    return text.length;
  }

  /** The tokens that occur, rising. */
  int[] distinctTokens() {
    return tokens;
  }

  /** The first rank of each distinct token, and {@link #size()} behind the last. */
  int[] firstRanks() {
    return firstRanks;
  }

  @Override
  int distinct() {
    return tokens.length;
  }

  @Override
  int distinctToken(int i) {
    return tokens[i];
  }

  @Override
  long position(long rank) {
    return order[(int) rank + ends];
  }

  @Override
  int symbol(long position) {
    int dense = text[(int) position];
    return dense == 0 ? 0 : tokens[dense - 1] + 1;
  }

  @Override
  Ranks bucket(int token) {
    int i = Arrays.binarySearch(tokens, token);
    return i < 0 ? Ranks.NONE : new Ranks(firstRanks[i], firstRanks[i + 1]);
  }
}
