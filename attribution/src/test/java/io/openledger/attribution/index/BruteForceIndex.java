package io.openledger.attribution.index;

import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Occurrences;
import java.util.Arrays;
import java.util.TreeMap;

/** The plain twin: active documents in a map, every question answered by looking everywhere. */
public final class BruteForceIndex {

  public final TreeMap<Long, int[]> active = new TreeMap<>();

  public void append(Iterable<Document> documents) {
    documents.forEach(d -> active.put(d.sequence(), d.tokens()));
  }

  public boolean retract(long sequence) {
    return active.remove(sequence) != null;
  }

  public int[] longestMatches(int[] query) {
    int[] longest = new int[query.length];
    for (int i = 0; i < query.length; i++) {
      for (int[] document : active.values()) {
        for (int j = 0; j < document.length; j++) {
          int k = 0;
          while (i + k < query.length
              && j + k < document.length
              && query[i + k] == document[j + k]) {
            k++;
          }
          longest[i] = Math.max(longest[i], k);
        }
      }
    }
    return longest;
  }

  public Occurrences locate(int[] query, int start, int end, int cap) {
    int[] phrase = Arrays.copyOfRange(query, start, end);
    long occurrences = 0;
    long[] documents = new long[active.size()];
    int found = 0;
    for (var document : active.entrySet()) {
      int[] tokens = document.getValue();
      long here = 0;
      for (int j = 0; j + phrase.length <= tokens.length; j++) {
        here += Arrays.equals(tokens, j, j + phrase.length, phrase, 0, phrase.length) ? 1 : 0;
      }
      occurrences += here;
      if (here > 0) {
        documents[found++] = document.getKey();
      }
    }
    return new Occurrences(occurrences, found, Arrays.copyOf(documents, Math.min(found, cap)));
  }

  public long unigram(int token) {
    return active.values().stream().flatMapToInt(Arrays::stream).filter(t -> t == token).count();
  }

  public long totalTokens() {
    return active.values().stream().mapToLong(d -> d.length).sum();
  }
}
