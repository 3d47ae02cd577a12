package io.openledger.attribution;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanQueries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What questions beside tracing cost, on seeded tokens of a Zipf-like distribution. Anyone can run
 * it from the project's root:
 *
 * <pre>
 * mvn -Dquick -pl attribution test-compile exec:java \
 *     -Dexec.classpathScope=test -Dexec.mainClass=io.openledger.attribution.QueriesBenchmark \
 *     -Dexec.args=4000000
 * </pre>
 *
 * The argument is the number of tokens, 10 000 to 30 000 000. Each line is the median and the
 * longest of a number of questions.
 */
public final class QueriesBenchmark {

  private static final int VOCABULARY = 32_000;
  private static final int DOCUMENT = 6000;
  private static final long SEED = 20261125;

  private QueriesBenchmark() {}

  public static void main(String[] args) throws IOException {
    int tokens = args.length == 0 ? 4_000_000 : Integer.parseInt(args[0]);
    if (tokens < 10_000 || tokens > 30_000_000) {
      throw new IllegalArgumentException(tokens + " tokens; allowed: 10000 to 30000000");
    }
    Random random = new Random(SEED);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < tokens; i += DOCUMENT) {
      int[] text = new int[Math.min(tokens - i, DOCUMENT)];
      Arrays.setAll(text, k -> (int) Math.pow(VOCABULARY, random.nextDouble()) - 1);
      documents.add(new Document(documents.size() + 1L, text));
    }
    Path directory = Files.createTempDirectory("queries-benchmark");
    try (SpanIndex index = new SpanAttributionEngine().open(directory, Hash256.ZERO, VOCABULARY)) {
      index.append(documents);
      System.out.printf(
          Locale.ROOT,
          "%d processors, Java %s, %d tokens in %d documents, %d segments, seed %d%n",
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.version"),
          tokens,
          documents.size(),
          index.state().segments(),
          SEED);
      measure("as it is", index, documents, random);
      for (int d = 1; d <= documents.size() / 10; d++) {
        index.retract(d);
      }
      measure("a tenth retracted", index, documents, random);
      long[] excluded = LongStream.rangeClosed(1, Math.min(documents.size() / 5, 600)).toArray();
      long start = System.nanoTime();
      try (SpanQueries.View view = index.without(excluded)) {
        view.count(new int[] {0}, 0, 1);
        System.out.printf(
            Locale.ROOT,
            "without %d documents: %.1f ms until the first answer%n",
            excluded.length,
            (System.nanoTime() - start) / 1e6);
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void measure(
      String how, SpanQueries index, List<Document> documents, Random random) {
    System.out.println(how);
    int[][] stretches = new int[200][];
    for (int i = 0; i < stretches.length; i++) {
      int[] text = documents.get(random.nextInt(documents.size())).tokens();
      int from = random.nextInt(text.length - 8);
      stretches[i] = Arrays.copyOfRange(text, from, from + 8);
    }
    time("count of 3 tokens", 200, i -> index.count(stretches[i], 0, 3));
    time(
        "next token after 8 tokens",
        200,
        i -> {
          int context = index.longestEnding(stretches[i], 8);
          index.continuations(stretches[i], 8 - context, 8);
        });
    time("next token after 1 token", 200, i -> index.continuations(stretches[i], 0, 1));
    System.out.printf("the most frequent token: %d times%n", index.count(new int[] {0}, 0, 1));
    time("next token after it", 5, i -> index.continuations(new int[] {0}, 0, 1));
    time("1000 of its positions", 5, i -> index.positions(new int[] {0}, 0, 1, 1000, i));
    time(
        "documents with 2 and 1 tokens",
        100,
        i ->
            index.search(
                List.of(
                    List.of(Arrays.copyOf(stretches[i], 2)),
                    List.of(Arrays.copyOf(stretches[i + 1], 1))),
                10));
  }

  private static void time(String what, int rounds, IntConsumer question) {
    long[] nanos = new long[rounds];
    for (int round = -rounds; round < rounds; round++) {
      long start = System.nanoTime();
      question.accept(Math.floorMod(round, rounds));
      if (round >= 0) {
        nanos[round] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "  %-32s median %9.3f ms, longest %9.3f ms%n",
        what,
        nanos[rounds / 2] / 1e6,
        nanos[rounds - 1] / 1e6);
  }
}
