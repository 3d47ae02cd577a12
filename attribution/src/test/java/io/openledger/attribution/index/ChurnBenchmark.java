package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What changes cost in a large index that merges in the background: adding a text of a megabyte
 * until it is found, retracting until no count has it, a large document among them, erasing, and
 * the heap that serving takes. Times are the clock's.
 *
 * <p>Arguments: a folder of text, millions of tokens (30), documents to retract (2000), a folder to
 * write to (the system's temporary one). Heap about 12 bytes a token and 250 MB. From the project's
 * root:
 *
 * <pre>
 * mvn -Dquick -pl attribution -am test-compile
 * java -Xmx4g -cp attribution/target/classes:attribution/target/test-classes:api/target/classes \
 *     io.openledger.attribution.index.ChurnBenchmark FOLDER 30
 * </pre>
 */
public final class ChurnBenchmark {

  private static final int LARGEST = 1 << 23;
  private static final int DOCUMENT = 3000;
  private static final int MEGABYTE = 350_000;
  private static final int PHRASE = 6;

  private final Path directory;
  private final SegmentedSpanIndex index;
  private final GeneratedText text;
  private final Random random = new Random(3);
  private long next = 1;

  private ChurnBenchmark(Path directory, SegmentedSpanIndex index, GeneratedText text) {
    this.directory = directory;
    this.index = index;
    this.text = text;
  }

  public static void main(String[] args) throws IOException {
    int tokens = (args.length > 1 ? Integer.parseInt(args[1]) : 30) * 1_000_000;
    int retractions = args.length > 2 ? Integer.parseInt(args[2]) : 2000;
    Path parent = Path.of(args.length > 3 ? args[3] : System.getProperty("java.io.tmpdir"));
    Path directory = Files.createTempDirectory(parent, "churn-benchmark");
    try (OwnThread merger = new OwnThread()) {
      churn(directory, merger, args[0], tokens, retractions);
      long before = heap();
      long start = System.nanoTime();
      try (SegmentedSpanIndex index = open(directory, merger)) {
        int[] query = new Random(4).ints(448, 0, 1000).toArray();
        index.longestMatches(query);
        System.out.printf(
            "opened and asked after %.1f s, heap of it %.1f MiB%n",
            (System.nanoTime() - start) / 1e9, (heap() - before) / 1048576.0);
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void churn(
      Path directory, OwnThread merger, String folder, int tokens, int retractions)
      throws IOException {
    try (SegmentedSpanIndex index = open(directory, merger)) {
      ChurnBenchmark benchmark =
          new ChurnBenchmark(directory, index, new GeneratedText(Path.of(folder), 1));
      benchmark.build(tokens);
      benchmark.append();
      benchmark.retract(retractions);
      benchmark.retractMegabyte();
      benchmark.erase();
      // so that the next opening has retracted text
      benchmark.retract(retractions / 2);
      print(index, "at the end");
    }
  }

  private static SegmentedSpanIndex open(Path directory, OwnThread merger) {
    return SegmentedSpanIndex.open(
        directory, Hash256.sha256("churn"), GeneratedText.VOCABULARY, LARGEST, merger);
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void print(SegmentedSpanIndex index, String when) {
    var state = index.state();
    System.out.printf(
        "%s: %d tokens in %d documents, %d retracted, %d segments, %.3f bytes a token %s%n",
        when,
        state.tokens(),
        state.documents(),
        state.retracted(),
        state.segments(),
        (double) state.bytes() / state.tokens(),
        state.warnings());
  }

  private void build(int tokens) {
    long start = System.nanoTime();
    for (int done = 0; done < tokens; ) {
      List<Document> batch = new ArrayList<>();
      for (int there = 0; there < LARGEST / 2 && done < tokens; there += DOCUMENT) {
        batch.add(text.document(next++, DOCUMENT));
        done += DOCUMENT;
      }
      index.append(batch);
    }
    index.merge();
    System.out.printf("built in %.1f s%n", (System.nanoTime() - start) / 1e9);
    print(index, "built");
  }

  private void append() {
    long[] nanos = new long[10];
    for (int i = 0; i < nanos.length; i++) {
      List<Document> documents = new ArrayList<>();
      for (int there = 0; there < MEGABYTE; there += DOCUMENT) {
        documents.add(text.document(next++, DOCUMENT));
      }
      int[] tokens = documents.get(documents.size() / 2).tokens();
      long start = System.nanoTime();
      index.append(documents);
      require(index.locate(tokens, 100, 140, 1).occurrences() > 0, "appended and not found");
      nanos[i] = System.nanoTime() - start;
    }
    print("append of a megabyte until found", nanos);
  }

  private void retract(int retractions) {
    long[] retract = new long[retractions];
    long[] count = new long[retractions];
    long[] processor = new long[retractions];
    int tokens = 0;
    for (int i = 0; i < retractions; i++) {
      long sequence = 1 + random.nextInt((int) next - 1);
      int[] document = tokens(sequence);
      if (document.length == 0) {
        i--;
        continue;
      }
      tokens += document.length;
      int start = random.nextInt(document.length - PHRASE);
      long before = index.locate(document, start, start + PHRASE, 0).occurrences();
      long cpu = cpuTime();
      long nanos = System.nanoTime();
      index.retract(sequence);
      retract[i] = System.nanoTime() - nanos;
      processor[i] = cpuTime() - cpu;
      nanos = System.nanoTime();
      long after = index.locate(document, start, start + PHRASE, 0).occurrences();
      count[i] = System.nanoTime() - nanos;
      require(after == before - occurrences(document, start), "a count is not exact");
    }
    System.out.printf("%d tokens retracted%n", tokens);
    print("retract", retract);
    print("processor time of it", processor);
    print("of it, as much forced to disk by itself", forced(retractions / 10));
    print("first count after a retraction", count);
    print(index, "retracted");
  }

  /** What a commit does to the disk: a file, its name, and the directory. */
  private long[] forced(int times) {
    byte[] manifest = new byte[1000];
    long[] nanos = new long[times];
    try {
      IndexFiles files = new IndexFiles(Files.createTempDirectory(directory, "forced"));
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        files.put(Manifest.FILE, out -> out.write(manifest));
        nanos[i] = System.nanoTime() - start;
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return nanos;
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private int[] tokens(long sequence) {
    try (SpanView view = index.view()) {
      return view.tokens(sequence).orElse(new int[0]);
    }
  }

  private static int occurrences(int[] document, int start) {
    int occurrences = 0;
    for (int i = 0; i + PHRASE <= document.length; i++) {
      occurrences +=
          Arrays.equals(document, i, i + PHRASE, document, start, start + PHRASE) ? 1 : 0;
    }
    return occurrences;
  }

  private void retractMegabyte() {
    long[] retract = new long[10];
    long[] count = new long[10];
    for (int i = 0; i < retract.length; i++) {
      int[] tokens = text.text(MEGABYTE);
      index.append(List.of(new Document(next, tokens)));
      long nanos = System.nanoTime();
      require(index.retract(next++), "not there");
      retract[i] = System.nanoTime() - nanos;
      nanos = System.nanoTime();
      require(index.locate(tokens, 500, 560, 1).occurrences() == 0, "retracted and found");
      count[i] = System.nanoTime() - nanos;
    }
    print("retract of a document of a megabyte", retract);
    print("first count after it", count);
  }

  private void erase() {
    long[] nanos = new long[3];
    for (int i = 0; i < nanos.length; i++) {
      List<Document> documents = new ArrayList<>();
      for (int there = 0; there < MEGABYTE; there += DOCUMENT) {
        documents.add(text.document(next++, DOCUMENT));
      }
      index.append(documents);
      long start = System.nanoTime();
      var erasure = index.erase(next - 2);
      nanos[i] = System.nanoTime() - start;
      require(erasure.erased().size() == 1, "not there");
      System.out.printf(
          "erased: %d stretches looked for in %d files, found in %s; held %s%n",
          erasure.stretches(), erasure.searched().size(), erasure.found(), erasure.purge().held());
    }
    print("erase", nanos);
  }

  private static void require(boolean good, String what) {
    if (!good) {
      throw new IllegalStateException(what);
    }
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%s: p50 %.2f ms, p99 %.2f ms, most %.2f ms of %d%n",
        what,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted[sorted.length - 1] / 1e6,
        sorted.length);
  }
}
