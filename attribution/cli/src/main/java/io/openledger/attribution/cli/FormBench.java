package io.openledger.attribution.cli;

import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.attribution.SpanAttributionEngine;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/** What {@code bench} says of one form of the index: one segment, then the same in eight. */
final class FormBench {

  private static final int PARTS = 8;
  private static final Executor NO_MERGES = task -> {};

  /** Where the figures go. */
  @FunctionalInterface
  interface Rows {
    /** What was measured, the figure, and what it is to be. */
    void row(String what, String measured, String wanted);
  }

  private final Path home;
  private final TextTokenizer tokenizer;
  private final BenchCorpus corpus;
  private final int runs;
  private final int answers;
  private final long seed;
  private final Rows rows;

  /**
   * Over a corpus.
   *
   * @param home where the indexes are written
   */
  FormBench(
      Path home,
      TextTokenizer tokenizer,
      BenchCorpus corpus,
      int runs,
      int answers,
      long seed,
      Rows rows) {
    this.home = home;
    this.tokenizer = tokenizer;
    this.corpus = corpus;
    this.runs = runs;
    this.answers = answers;
    this.seed = seed;
    this.rows = rows;
  }

  /**
   * Measures one form.
   *
   * @return hashes of the evidence that one segment and several gave, of the same answers
   */
  List<Integer> measure(IndexForm form) {
    SpanAttributionEngine engine = new SpanAttributionEngine();
    boolean fast = form == IndexForm.FAST;
    Path one = home.resolve(form + "-one");
    List<Document> documents = numbered();
    try (SpanIndex index = open(engine, one, form)) {
      long start = System.nanoTime();
      index.append(documents);
      index.merge();
      double seconds = (System.nanoTime() - start) / 1e9;
      SpanIndex.State state = index.state();
      double bytes = (double) state.bytes() / corpus.tokens();
      rows.row(
          "building: sort, write, verify",
          "%.1f s, %d segments".formatted(seconds, state.segments()),
          "");
      rows.row(
          "on disk, everything included",
          "%.3f bytes a token, %.3f of the text".formatted(bytes, bytes / corpus.bytesPerToken()),
          fast ? "<= 5.3 bytes a token" : "<= 1.1 bytes a token, <= 0.36 of the text");
    }
    long before = heap();
    IndexBench.Latency single;
    try (SpanIndex index = open(engine, one, form)) {
      IndexBench bench = new IndexBench(engine, index, corpus, runs, answers, seed);
      single = bench.trace(corpus::answer);
      String wanted = fast ? "p50 <= 1.5 ms, p99 <= 4 ms" : "<= 10 ms";
      rows.row("trace of 448 tokens, pieces quoted", latency(single), wanted);
      rows.row("of it spans, counts and documents", latency(bench.locate(corpus::answer)), wanted);
      rows.row("trace of 448 tokens, text held out", latency(bench.trace(corpus::unseen)), wanted);
      rows.row("streaming, a token", "%.1f µs".formatted(bench.stream() / 1e3), "<= 20 µs");
      rows.row(
          "heap while serving",
          "%.1f MiB".formatted(Math.max(0, heap() - before) / 1048576.0),
          "<= 64 MiB");
      rows.row(
          "adding 1 MB until searchable",
          "%.0f ms".formatted(bench.append(documents.size() + 1L) / 1e6),
          "<= 1000 ms");
      double[] retracting = bench.retract(documents.size());
      rows.row(
          "retracting until counts are exact",
          "p50 %.1f ms, most %.1f ms"
              .formatted(
                  IndexBench.median(retracting) / 1e6, retracting[retracting.length - 1] / 1e6),
          "<= 10 ms");
    }
    return List.of(single.evidence(), inParts(form, single));
  }

  private int inParts(IndexForm form, IndexBench.Latency single) {
    List<Document> documents = numbered();
    SpanAttributionEngine parts = new SpanAttributionEngine();
    try (SpanIndex index = open(parts, home.resolve(form + "-parts"), form)) {
      for (int part = 0; part < PARTS; part++) {
        index.append(
            documents.subList(
                part * documents.size() / PARTS, (part + 1) * documents.size() / PARTS));
      }
      IndexBench.Latency eight =
          new IndexBench(parts, index, corpus, runs, answers, seed).trace(corpus::answer);
      rows.row(
          "the same, quoted, over %d segments".formatted(index.state().segments()),
          latency(eight) + ", %.2f × p50".formatted(eight.p50() / single.p50()),
          "<= 2 ×");
      return eight.evidence();
    }
  }

  private SpanIndex open(SpanAttributionEngine engine, Path directory, IndexForm form) {
    return engine.open(directory, tokenizer.digest(), tokenizer.vocabularySize(), NO_MERGES, form);
  }

  private List<Document> numbered() {
    return IntStream.range(0, corpus.documents().size())
        .mapToObj(i -> new Document(i + 1L, corpus.documents().get(i)))
        .toList();
  }

  private static String latency(IndexBench.Latency latency) {
    return "p50 %.2f ms, p99 %.2f ms (%.1f spans)"
        .formatted(latency.p50() / 1e6, latency.p99() / 1e6, latency.spans());
  }

  /** Bytes in use after a collection. */
  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
