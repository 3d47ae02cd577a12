package io.openledger.attribution.index;

import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.api.spi.SpanQueries.Continuations;
import io.openledger.api.spi.SpanQueries.Found;
import io.openledger.api.spi.SpanQueries.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  public int longestEnding(int[] query, int end) {
    int start = end;
    while (start > 0 && count(query, start - 1, end) > 0) {
      start--;
    }
    return end - start;
  }

  public long count(int[] query, int start, int end) {
    return locate(query, start, end, 0).occurrences();
  }

  /** Every occurrence, by document and offset. */
  public Positions positions(int[] query, int start, int end) {
    List<Long> sequences = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    active.forEach(
        (sequence, tokens) -> {
          for (int j = 0; j + end - start <= tokens.length; j++) {
            if (Arrays.equals(tokens, j, j + end - start, query, start, end)) {
              sequences.add(sequence);
              starts.add(j);
            }
          }
        });
    return new Positions(
        sequences.size(),
        sequences.stream().distinct().count(),
        false,
        sequences.stream().mapToLong(s -> s).toArray(),
        starts.stream().mapToInt(s -> s).toArray());
  }

  public Continuations continuations(int[] query, int start, int end) {
    TreeMap<Integer, Long> next = new TreeMap<>();
    long occurrences = 0;
    for (int[] tokens : active.values()) {
      for (int j = 0; j + end - start <= tokens.length; j++) {
        if (Arrays.equals(tokens, j, j + end - start, query, start, end)) {
          occurrences++;
          if (j + end - start < tokens.length) {
            next.merge(tokens[j + end - start], 1L, Long::sum);
          }
        }
      }
    }
    return new Continuations(
        occurrences,
        occurrences - next.values().stream().mapToLong(n -> n).sum(),
        next.keySet().stream().mapToInt(t -> t).toArray(),
        next.values().stream().mapToLong(n -> n).toArray());
  }

  public Found search(List<List<int[]>> phrases, int cap) {
    long[] found =
        active.entrySet().stream()
            .filter(
                document -> {
                  BruteForceIndex one = new BruteForceIndex();
                  one.active.put(1L, document.getValue());
                  return phrases.stream()
                      .allMatch(rs -> rs.stream().anyMatch(r -> one.count(r, 0, r.length) > 0));
                })
            .mapToLong(document -> document.getKey())
            .toArray();
    return new Found(found.length, Arrays.copyOf(found, Math.min(found.length, cap)));
  }

  /** As if some documents were not there. */
  public BruteForceIndex without(long[] sequences) {
    BruteForceIndex less = new BruteForceIndex();
    less.active.putAll(active);
    Arrays.stream(sequences).forEach(less::retract);
    return less;
  }

  public long unigram(int token) {
    return active.values().stream().flatMapToInt(Arrays::stream).filter(t -> t == token).count();
  }

  public long totalTokens() {
    return active.values().stream().mapToLong(d -> d.length).sum();
  }
}
