package io.openledger.attribution.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The retracted documents of a segment, sorted on the heap: immutable arrays, each less than half
 * of the one before, so that one more retraction sorts its own document and arrays of about its
 * size, never those beyond {@link #INLINE} tokens. Hence at most log₂ {@link #INLINE} small arrays
 * and one more for every {@link #INLINE} retracted tokens; each costs a query one binary search. 8
 * bytes of heap a token. Safe for any thread.
 */
final class RetractedPart {

  /** Arrays of more tokens are not sorted again: sorting so many takes a few milliseconds. */
  static final long INLINE = 1 << 16;

  static final RetractedPart NONE = new RetractedPart(List.of());

  private record Sorted(int[] documents, HeapSuffixArray suffixes) {}

  private final List<Sorted> arrays;

  private RetractedPart(List<Sorted> arrays) {
    this.arrays = List.copyOf(arrays);
  }

  /** All in one array: linear in their tokens. */
  static RetractedPart of(int[] documents, IntFunction<int[]> tokens, int vocabulary) {
    return documents.length == 0
        ? NONE
        : new RetractedPart(List.of(sort(documents, tokens, vocabulary)));
  }

  private static Sorted sort(int[] documents, IntFunction<int[]> tokens, int vocabulary) {
    return new Sorted(
        documents,
        HeapSuffixArray.of(Arrays.stream(documents).mapToObj(tokens).toList(), vocabulary));
  }

  /**
   * One document more, sorted together with the arrays of at most twice its size and so on: fewer
   * than twice {@link #INLINE} tokens besides its own, most often only a few.
   *
   * @param tokens of any of the documents by its number
   */
  RetractedPart with(int document, IntFunction<int[]> tokens, int vocabulary) {
    List<Sorted> after = new ArrayList<>(arrays);
    int[] documents = {document};
    long size = tokens.apply(document).length;
    while (!after.isEmpty()) {
      Sorted last = after.get(after.size() - 1);
      // twice: so that sizes halve from array to array and not only fall
      if (last.suffixes().size() > Math.min(2 * size, INLINE)) {
        break;
      }
      int[] there = last.documents();
      int[] both = Arrays.copyOf(there, there.length + documents.length);
      System.arraycopy(documents, 0, both, there.length, documents.length);
      documents = both;
      size += last.suffixes().size();
      after.remove(after.size() - 1);
    }
    after.add(sort(documents, tokens, vocabulary));
    return new RetractedPart(after);
  }

  /** These and others, which are none of these. */
  RetractedPart and(RetractedPart others) {
    List<Sorted> both = new ArrayList<>(arrays);
    both.addAll(others.arrays);
    return new RetractedPart(both);
  }

  /** How many arrays a query searches. */
  int arrays() {
    return arrays.size();
  }

  long unigram(int token) {
    long sum = 0;
    for (Sorted array : arrays) {
      sum += array.suffixes().bucket(token).count();
    }
    return sum;
  }

  long count(int[] query, int start, int end) {
    long sum = 0;
    for (Sorted array : arrays) {
      sum += array.suffixes().ranks(query, start, end).count();
    }
    return sum;
  }

  /** Counts the tokens that follow a stretch, as {@link Segment#nextTokens} does. */
  void nextTokens(int[] query, int start, int end, int vocabulary, NextTokens into) {
    for (Sorted array : arrays) {
      array.suffixes().nextTokens(query, start, end, vocabulary, into);
    }
  }

  /** For each position of the query the longest prefix of the rest that any of them holds. */
  int[] longestMatches(int[] query) {
    int[] longest = new int[query.length];
    for (Sorted array : arrays) {
      int[] here = array.suffixes().longestMatches(query);
      for (int i = 0; i < here.length; i++) {
        longest[i] = Math.max(longest[i], here[i]);
      }
    }
    return longest;
  }
}
