package io.openledger.attribution.cli;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.attribution.span.MaximalSpans;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** What an index costs and how fast it answers. Every figure is checked for being an answer. */
final class IndexBench {

  static final int ANSWER = 448;

  private static final int RETRACTED = 50;
  private static final DatanetId CORPUS = new DatanetId("corpus");
  private static final int[] STARTS = IntStream.range(0, ANSWER).toArray();
  private static final int[] ENDS = IntStream.rangeClosed(1, ANSWER).toArray();

  /**
   * Medians over the runs.
   *
   * @param p50 of the answers of a run, in nanoseconds
   * @param p99 likewise
   * @param spans that an answer had on average
   * @param evidence a hash of all that was found: equal for every form and any segments
   */
  record Latency(double p50, double p99, double spans, int evidence) {}

  private final SpanAttributionEngine engine;
  private final SpanIndex index;
  private final BenchCorpus corpus;
  private final int runs;
  private final int answers;
  private final long seed;

  IndexBench(
      SpanAttributionEngine engine,
      SpanIndex index,
      BenchCorpus corpus,
      int runs,
      int answers,
      long seed) {
    this.engine = engine;
    this.index = index;
    this.corpus = corpus;
    this.runs = runs;
    this.answers = answers;
    this.seed = seed;
  }

  private RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /**
   * Spans, counts and documents of whole answers.
   *
   * @param writer makes one
   */
  Latency trace(Function<RandomGenerator, int[]> writer) {
    return each(
        writer,
        answer ->
            engine.trace(
                new TokenizedText(answer, STARTS, ENDS),
                Map.of(CORPUS, index),
                SpanThresholds.standard()));
  }

  /** The same without asking who owns the words: maximal matches, counts and documents alone. */
  Latency locate(Function<RandomGenerator, int[]> writer) {
    SpanThresholds thresholds = SpanThresholds.standard();
    double all = index.totalTokens();
    return each(
        writer,
        answer -> {
          List<Occurrences> found = new ArrayList<>();
          for (Stretch span : MaximalSpans.of(index.longestMatches(answer))) {
            double millibits = 0;
            for (int t = span.start(); t < span.end(); t++) {
              millibits -= 1000 * Math.log(index.unigram(answer[t]) / all) / Math.log(2);
            }
            if (span.length() >= thresholds.minimumTokens()
                && millibits >= thresholds.minimumMillibits()) {
              found.add(
                  index.locate(answer, span.start(), span.end(), thresholds.listedContributions()));
            }
          }
          return found;
        });
  }

  private Latency each(
      Function<RandomGenerator, int[]> writer, Function<int[], ? extends List<?>> question) {
    RandomGenerator random = random();
    double[] p50 = new double[runs];
    double[] p99 = new double[runs];
    long spans = 0;
    int evidence = 0;
    for (int run = -1; run < runs; run++) {
      double[] nanos = new double[answers];
      for (int i = 0; i < answers; i++) {
        int[] answer = writer.apply(random);
        long start = System.nanoTime();
        List<?> found = question.apply(answer);
        nanos[i] = System.nanoTime() - start;
        spans += run < 0 ? 0 : found.size();
        evidence = 31 * evidence + found.hashCode();
      }
      if (run >= 0) {
        Arrays.sort(nanos);
        p50[run] = nanos[answers / 2];
        p99[run] = nanos[answers * 99 / 100];
      }
    }
    return new Latency(median(p50), median(p99), (double) spans / runs / answers, evidence);
  }

  /** Nanoseconds a token, pushed one at a time, the end included; checked against one trace. */
  double stream() {
    RandomGenerator random = random();
    double[] perToken = new double[runs];
    for (int run = -1; run < runs; run++) {
      long nanos = 0;
      for (int i = 0; i < answers; i++) {
        int[] answer = corpus.answer(random);
        long start = System.nanoTime();
        List<SpanMatch> found;
        try (EvidenceStream stream =
            engine.stream(Map.of(CORPUS, index), SpanThresholds.standard())) {
          for (int t = 0; t < ANSWER; t++) {
            stream.push(answer[t], t, t + 1);
          }
          found = stream.finish();
        }
        nanos += System.nanoTime() - start;
        if (i == 0) {
          check(
              found.equals(
                  engine.trace(
                      new TokenizedText(answer, STARTS, ENDS),
                      Map.of(CORPUS, index),
                      SpanThresholds.standard())),
              "the stream and the trace differ");
        }
      }
      if (run >= 0) {
        perToken[run] = (double) nanos / answers / ANSWER;
      }
    }
    return median(perToken);
  }

  /** Nanoseconds until a text of 1 MB is searchable; the documents are added for good. */
  double append(long firstSequence) {
    RandomGenerator random = random();
    double[] nanos = new double[runs];
    int tokens = (int) (1e6 / corpus.bytesPerToken());
    for (int run = 0; run < runs; run++) {
      int[] document = corpus.piecedTogether(tokens, random);
      long start = System.nanoTime();
      index.append(List.of(new Document(firstSequence + run, document)));
      boolean found = index.locate(document, 0, Math.min(200, tokens), 1).occurrences() > 0;
      nanos[run] = System.nanoTime() - start;
      check(found, "what was appended is not found");
    }
    return median(nanos);
  }

  /**
   * Nanoseconds until a document is retracted and its beginning counts less, of documents spread
   * over the index; rising.
   *
   * @param documents how many there are, numbered from 1
   */
  double[] retract(int documents) {
    int chosen = Math.min(RETRACTED, documents);
    double[] nanos = new double[chosen];
    for (int i = 0; i < chosen; i++) {
      int at = (int) ((long) i * documents / chosen);
      int[] document = corpus.documents().get(at);
      int end = Math.min(12, document.length);
      long before = index.count(document, 0, end);
      long start = System.nanoTime();
      index.retract(at + 1L);
      long after = index.count(document, 0, end);
      nanos[i] = System.nanoTime() - start;
      check(after < before && !index.contains(at + 1L), "a retracted document is counted");
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void check(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalStateException(otherwise);
    }
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
