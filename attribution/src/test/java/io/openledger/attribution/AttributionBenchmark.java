package io.openledger.attribution;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.BruteForceIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What building and tracing cost, on text of a seeded word-like distribution with repeats. Anyone
 * can run it from the project's root:
 *
 * <pre>
 * mvn -Dquick -pl attribution test-compile exec:java \
 *     -Dexec.classpathScope=test -Dexec.mainClass=io.openledger.attribution.AttributionBenchmark \
 *     -Dexec.args=1000000
 * </pre>
 *
 * The argument is the number of tokens, 10 000 to 30 000 000.
 */
public final class AttributionBenchmark {

  private static final int VOCABULARY = 2048;
  private static final int DOCUMENT = 6000;
  private static final long SEED = 20261121;

  private AttributionBenchmark() {}

  public static void main(String[] args) throws IOException {
    int tokens = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
    if (tokens < 10_000 || tokens > 30_000_000) {
      throw new IllegalArgumentException(tokens + " tokens; allowed: 10000 to 30000000");
    }
    Random random = new Random(SEED);
    List<Document> documents = corpus(tokens, random);
    Path directory = Files.createTempDirectory("attribution-benchmark");
    SpanAttributionEngine engine = new SpanAttributionEngine();
    try {
      try (SpanIndex index = engine.open(directory, Hash256.ZERO, VOCABULARY)) {
        System.out.printf(
            "%d processors, Java %s, %d tokens in %d documents, seed %d%n",
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"),
            tokens,
            documents.size(),
            SEED);
        long start = System.nanoTime();
        index.append(documents);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "sort, write, verify: %.2f s, %.2f Mtoken/s; %.2f bytes a token on disk%n",
            seconds, tokens / seconds / 1e6, (double) index.state().bytes() / tokens);
        trace(engine, index, documents, random);
        appendAndRetract(index, documents, random);
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Zipf-like tokens; one stretch in twenty repeats an earlier one, as quotations do. */
  private static List<Document> corpus(int tokens, Random random) {
    int[] all = new int[tokens];
    for (int i = 0; i < tokens; ) {
      int length = Math.min(tokens - i, 10 + random.nextInt(60));
      int from = i > 100_000 && random.nextInt(20) == 0 ? random.nextInt(i - 100) : -1;
      for (int k = 0; k < length; k++, i++) {
        all[i] = from >= 0 ? all[from + k] : token(random);
      }
    }
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < tokens; i += DOCUMENT) {
      documents.add(
          new Document(
              documents.size() + 1L, Arrays.copyOfRange(all, i, Math.min(tokens, i + DOCUMENT))));
    }
    return documents;
  }

  private static int token(Random random) {
    return (int) Math.pow(VOCABULARY, random.nextDouble()) - 1;
  }

  /** An answer of 100 tokens: half of it pieces of contributions, half of it not. */
  private static int[] answer(List<Document> documents, Random random) {
    int[] answer = new int[100];
    for (int i = 0; i < answer.length; i += 20) {
      int[] source = documents.get(random.nextInt(documents.size())).tokens();
      int from = random.nextInt(Math.max(1, source.length - 20));
      for (int k = 0; k < 20; k++) {
        answer[i + k] =
            i / 20 % 2 == 0 && from + k < source.length ? source[from + k] : token(random);
      }
    }
    return answer;
  }

  private static void trace(
      SpanAttributionEngine engine, SpanIndex index, List<Document> documents, Random random) {
    int[] starts = IntStream.range(0, 100).toArray();
    int[] ends = IntStream.rangeClosed(1, 100).toArray();
    Map<DatanetId, SpanIndex> datanets = Map.of(new DatanetId("bench"), index);
    long[] nanos = new long[2000];
    for (int round = -2000; round < nanos.length; round++) {
      TokenizedText text = new TokenizedText(answer(documents, random), starts, ends);
      long start = System.nanoTime();
      engine.trace(text, datanets, SpanThresholds.standard());
      if (round >= 0) {
        nanos[round] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "trace of 100 tokens: p50 %.3f ms, p95 %.3f ms, p99 %.3f ms%n",
        nanos[1000] / 1e6, nanos[1900] / 1e6, nanos[1980] / 1e6);
    BruteForceIndex plain = new BruteForceIndex();
    plain.append(documents);
    long[] slow = new long[5];
    for (int round = 0; round < slow.length; round++) {
      int[] answer = answer(documents, random);
      long start = System.nanoTime();
      int[] there = plain.longestMatches(answer);
      slow[round] = System.nanoTime() - start;
      if (!Arrays.equals(there, index.longestMatches(answer))) {
        throw new AssertionError("the index and the plain twin differ");
      }
    }
    Arrays.sort(slow);
    System.out.printf("plain twin, longest matches alone: p50 %.1f ms%n", slow[2] / 1e6);
  }

  private static void appendAndRetract(SpanIndex index, List<Document> documents, Random random) {
    long next = documents.size() + 1L;
    long[] append = new long[21];
    long[] retract = new long[21];
    for (int i = 0; i < append.length; i++) {
      int[] tokens = random.ints(DOCUMENT, 0, VOCABULARY).toArray();
      long start = System.nanoTime();
      index.append(List.of(new Document(next + i, tokens)));
      append[i] = System.nanoTime() - start;
      start = System.nanoTime();
      index.retract(1 + i);
      retract[i] = System.nanoTime() - start;
    }
    Arrays.sort(append);
    Arrays.sort(retract);
    System.out.printf(
        "append of a document of %d tokens: median %.1f ms, most %.1f ms (with merges)%n",
        DOCUMENT, append[10] / 1e6, append[20] / 1e6);
    System.out.printf(
        "retract: median %.1f ms, most %.1f ms%n", retract[10] / 1e6, retract[20] / 1e6);
  }
}
