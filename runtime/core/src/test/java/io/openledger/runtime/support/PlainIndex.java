package io.openledger.runtime.support;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** An index that keeps one file a document and looks at every token. */
class PlainIndex implements SpanIndex {

  private final Path directory;
  private final TreeMap<Long, int[]> documents = new TreeMap<>();
  private final List<String> refused = new ArrayList<>();
  private final Function<long[], List<String>> erasing;
  private boolean closed;

  /**
   * Opens.
   *
   * @param erasing is told what is to be erased, and gives the files that cannot go yet
   */
  PlainIndex(Path directory, Function<long[], List<String>> erasing) {
    this.directory = directory;
    this.erasing = erasing;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".doc")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length % 4 != 0) {
          refused.add(file.getFileName() + ": torn");
          continue;
        }
        int[] tokens = new int[bytes.length / 4];
        ByteBuffer.wrap(bytes).asIntBuffer().get(tokens);
        documents.put(Long.parseLong(file.getFileName().toString().replace(".doc", "")), tokens);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PlainIndex(Map<Long, int[]> documents) {
    this.directory = Path.of("none");
    this.erasing = sequences -> List.of();
    this.documents.putAll(documents);
  }

  synchronized Map<Long, int[]> all() {
    return new TreeMap<>(documents);
  }

  @Override
  public synchronized void append(List<Document> more) {
    for (Document d : more) {
      if (documents.containsKey(d.sequence())) {
        throw OpenLedgerException.invalid("sequence", d.sequence(), "one that is not there");
      }
    }
    for (Document d : more) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * d.tokens().length);
      bytes.asIntBuffer().put(d.tokens());
      try {
        Files.write(directory.resolve(d.sequence() + ".doc"), bytes.array());
      } catch (IOException e) {
        throw new OpenLedgerException(ErrorCode.INDEX_IO, "a write failed", "writes", "retry", e);
      }
      documents.put(d.sequence(), d.tokens());
    }
  }

  @Override
  public synchronized boolean supersede(long oldSequence, Document replacement) {
    if (!documents.containsKey(oldSequence)) {
      return false;
    }
    append(List.of(replacement));
    return retract(oldSequence);
  }

  /** Retracting deletes the document's file, so nothing is ever left. */
  @Override
  public Purge purge() {
    return new Purge(List.of(), List.of(), List.of());
  }

  @Override
  public Erasure erase(long... sequences) {
    List<String> held = erasing.apply(sequences);
    List<Long> erased =
        java.util.Arrays.stream(sequences).sorted().filter(this::retract).boxed().toList();
    return new Erasure(erased, new Purge(List.of(), List.of(), held), 0, List.of(), List.of());
  }

  @Override
  public synchronized boolean retract(long sequence) {
    try {
      Files.deleteIfExists(directory.resolve(sequence + ".doc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents.remove(sequence) != null;
  }

  @Override
  public synchronized boolean contains(long sequence) {
    return documents.containsKey(sequence);
  }

  @Override
  public synchronized long[] documents() {
    return documents.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public synchronized int[] longestMatches(int[] tokens) {
    int[] longest = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      while (i + longest[i] < tokens.length
          && locate(tokens, i, i + longest[i] + 1, 1).occurrences() > 0) {
        longest[i]++;
      }
    }
    return longest;
  }

  @Override
  public synchronized Occurrences locate(int[] tokens, int start, int end, int cap) {
    long occurrences = 0;
    List<Long> in = new ArrayList<>();
    for (Map.Entry<Long, int[]> d : documents.entrySet()) {
      int[] doc = d.getValue();
      int here = 0;
      for (int at = 0; at + end - start <= doc.length; at++) {
        here += Arrays.equals(doc, at, at + end - start, tokens, start, end) ? 1 : 0;
      }
      occurrences += here;
      if (here > 0) {
        in.add(d.getKey());
      }
    }
    return new Occurrences(
        occurrences, in.size(), in.stream().limit(cap).mapToLong(Long::longValue).toArray());
  }

  @Override
  public synchronized int longestEnding(int[] tokens, int end) {
    int start = end;
    while (start > 0 && count(tokens, start - 1, end) > 0) {
      start--;
    }
    return end - start;
  }

  @Override
  public synchronized long count(int[] tokens, int start, int end) {
    return locate(tokens, start, end, 0).occurrences();
  }

  @Override
  public synchronized Positions positions(int[] tokens, int start, int end, int cap, long seed) {
    Occurrences found = locate(tokens, start, end, Integer.MAX_VALUE);
    List<long[]> all = new ArrayList<>();
    for (long sequence : found.documents()) {
      int[] doc = documents.getOrDefault(sequence, new int[0]);
      for (int at = 0; at + end - start <= doc.length; at++) {
        if (Arrays.equals(doc, at, at + end - start, tokens, start, end)) {
          all.add(new long[] {sequence, at});
        }
      }
    }
    Collections.shuffle(all, new Random(seed));
    List<long[]> listed =
        all.stream()
            .limit(cap)
            .sorted(Comparator.<long[]>comparingLong(o -> o[0]).thenComparingLong(o -> o[1]))
            .toList();
    return new Positions(
        all.size(),
        found.documentCount(),
        all.size() > cap,
        listed.stream().mapToLong(o -> o[0]).toArray(),
        listed.stream().mapToInt(o -> (int) o[1]).toArray());
  }

  @Override
  public synchronized Continuations continuations(int[] tokens, int start, int end) {
    TreeMap<Integer, Long> next = new TreeMap<>();
    long occurrences = 0;
    for (int[] doc : documents.values()) {
      for (int at = 0; at + end - start <= doc.length; at++) {
        if (Arrays.equals(doc, at, at + end - start, tokens, start, end)) {
          occurrences++;
          if (at + end - start < doc.length) {
            next.merge(doc[at + end - start], 1L, Long::sum);
          }
        }
      }
    }
    return new Continuations(
        occurrences,
        occurrences - next.values().stream().mapToLong(Long::longValue).sum(),
        next.keySet().stream().mapToInt(Integer::intValue).toArray(),
        next.values().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public synchronized Found search(List<List<int[]>> phrases, int cap) {
    long[] found =
        Arrays.stream(documents())
            .filter(d -> phrases.stream().allMatch(rs -> rs.stream().anyMatch(r -> holds(d, r))))
            .toArray();
    return new Found(found.length, Arrays.copyOf(found, Math.min(found.length, cap)));
  }

  private boolean holds(long sequence, int[] phrase) {
    long[] in = locate(phrase, 0, phrase.length, Integer.MAX_VALUE).documents();
    return Arrays.binarySearch(in, sequence) >= 0;
  }

  @Override
  public synchronized View without(long[] sequences) {
    return new Less(documents, sequences);
  }

  /** A copy with fewer documents. */
  private static final class Less extends PlainIndex implements View {
    Less(Map<Long, int[]> documents, long[] sequences) {
      super(documents);
      Arrays.stream(sequences).forEach(super.documents::remove);
    }
  }

  @Override
  public synchronized long unigram(int token) {
    return documents.values().stream().flatMapToInt(Arrays::stream).filter(t -> t == token).count();
  }

  @Override
  public synchronized long totalTokens() {
    return documents.values().stream().mapToLong(d -> d.length).sum();
  }

  @Override
  public synchronized State state() {
    return new State(documents.size(), 0, totalTokens(), 1, 0, List.copyOf(refused));
  }

  @Override
  public void merge() {}

  boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
