package io.openledger.attribution;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonParser;
import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
 * The two forms of an index side by side: bytes a token, their ratio to the UTF-8 text, and what a
 * trace of 448 tokens costs, spans with counts and documents. Traced are two kinds of text: windows
 * of documents that are held out (every twentieth), and answers put together from pieces of indexed
 * documents, 4 to 60 tokens each. Both forms must give the same evidence, or it fails. Times are
 * the thread's processor time, which other processes lengthen less than they do the clock's.
 *
 * <p>Arguments: a Hugging Face {@code tokenizer.json}; the most millions of tokens; then folders of
 * text and {@code .jsonl} files with {@code text}. From the project's root:
 *
 * <pre>
 * mvn -Dquick -pl attribution -am test-compile dependency:build-classpath \
 *     -Dmdep.outputFile=target/classpath
 * cd attribution/target
 * java -Xmx7g -cp test-classes:classes:$(cat classpath) \
 *     io.openledger.attribution.FormsBenchmark tokenizer.json 40 texts/
 * </pre>
 *
 * <p>Random tokens are no measure: what follows what is what the compact form compresses.
 */
public final class FormsBenchmark {

  private static final int ANSWER = 448;
  private static final int TRACES = 400;
  private static final int LARGEST_FILE = 4 << 20;
  private static final long SEED = 1;

  private FormsBenchmark() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 3) {
      throw new IllegalArgumentException("arguments: tokenizer.json MILLIONS SOURCE...");
    }
    Corpus corpus = new Corpus(Integer.parseInt(args[1]) * 1_000_000L);
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(Path.of(args[0]))
            .optAddSpecialTokens(false)
            .optTruncation(false)
            .optPadding(false)
            .build()) {
      for (String source : Arrays.asList(args).subList(2, args.length)) {
        corpus.read(Path.of(source), tokenizer);
      }
    }
    run(corpus);
  }

  /** Tokenized texts. */
  static final class Corpus {
    private final long most;
    final List<int[]> indexed = new ArrayList<>();
    final List<int[]> heldOut = new ArrayList<>();
    int vocabulary;
    long tokens;
    long bytes;
    private int seen;

    Corpus(long most) {
      this.most = most;
    }

    private void read(Path source, HuggingFaceTokenizer tokenizer) throws IOException {
      List<Path> files;
      try (Stream<Path> found = Files.walk(source)) {
        files = found.filter(Files::isRegularFile).sorted().toList();
      }
      for (Path file : files) {
        if (file.toString().endsWith(".jsonl")) {
          for (String line : Files.readAllLines(file)) {
            add(
                JsonParser.parseString(line).getAsJsonObject().get("text").getAsString(),
                tokenizer);
          }
        } else if (Files.size(file) <= LARGEST_FILE) {
          try {
            add(Files.readString(file), tokenizer);
          } catch (CharacterCodingException e) {
            System.out.println("not text: " + file);
          }
        }
      }
    }

    private void add(String text, HuggingFaceTokenizer tokenizer) {
      if (tokens < most) {
        int[] ids = Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(i -> (int) i).toArray();
        add(ids, text.getBytes(StandardCharsets.UTF_8).length);
      }
    }

    void add(int[] ids, long textBytes) {
      if (ids.length == 0 || tokens >= most) {
        return;
      }
      vocabulary = Math.max(vocabulary, Arrays.stream(ids).max().orElse(0) + 1);
      if (++seen % 20 == 0) {
        heldOut.add(ids);
      } else {
        indexed.add(ids);
        tokens += ids.length;
        bytes += textBytes;
      }
    }
  }

  static void run(Corpus corpus) throws IOException {
    System.out.printf(
        "%d processors, Java %s; %d documents, %d tokens below %d, %.2f bytes of text each%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        corpus.indexed.size(),
        corpus.tokens,
        corpus.vocabulary,
        (double) corpus.bytes / corpus.tokens);
    List<TokenizedText> windows = new ArrayList<>();
    List<TokenizedText> answers = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < TRACES; i++) {
      windows.add(window(corpus.heldOut, random));
      answers.add(answer(corpus.indexed, random));
    }
    List<List<SpanMatch>> expected = new ArrayList<>();
    for (IndexForm form : IndexForm.values()) {
      List<List<SpanMatch>> found = measure(corpus, form, windows, answers);
      if (form != IndexForm.FAST && !found.equals(expected)) {
        throw new IllegalStateException("the forms give different evidence");
      }
      expected = found;
    }
    long spans = expected.stream().mapToLong(List::size).sum();
    long occurrences =
        expected.stream().flatMap(List::stream).mapToLong(SpanMatch::occurrences).sum();
    System.out.printf(
        "same evidence: %.1f spans and %.1f occurrences a trace%n",
        (double) spans / expected.size(), (double) occurrences / expected.size());
  }

  private static List<List<SpanMatch>> measure(
      Corpus corpus, IndexForm form, List<TokenizedText> windows, List<TokenizedText> answers)
      throws IOException {
    Path directory = Files.createTempDirectory("forms-benchmark");
    SpanAttributionEngine engine = new SpanAttributionEngine(1L << 26, Runnable::run);
    try (SpanIndex index =
        engine.open(directory, Hash256.ZERO, corpus.vocabulary, Runnable::run, form)) {
      List<Document> documents = new ArrayList<>();
      for (int[] tokens : corpus.indexed) {
        documents.add(new Document(documents.size() + 1L, tokens));
      }
      long start = cpuTime();
      index.append(documents);
      double seconds = (cpuTime() - start) / 1e9;
      long bytes = index.state().bytes();
      System.out.printf(
          "%s: %.4f bytes a token, %.4f of the text; %.2f Mtoken/s to sort, write and verify; %s%n",
          form,
          (double) bytes / corpus.tokens,
          (double) bytes / corpus.bytes,
          corpus.tokens / seconds / 1e6,
          index.forms());
      Map<DatanetId, SpanIndex> datanets = Map.of(new DatanetId("bench"), index);
      List<List<SpanMatch>> found = new ArrayList<>();
      trace(engine, datanets, windows, "held out", found);
      trace(engine, datanets, answers, "of pieces", found);
      stream(engine, datanets, answers);
      return found;
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void trace(
      SpanAttributionEngine engine,
      Map<DatanetId, SpanIndex> datanets,
      List<TokenizedText> texts,
      String what,
      List<List<SpanMatch>> found) {
    long[] nanos = new long[texts.size()];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < nanos.length; i++) {
        long start = cpuTime();
        List<SpanMatch> spans = engine.trace(texts.get(i), datanets, SpanThresholds.standard());
        nanos[i] = cpuTime() - start;
        if (round == 0) {
          found.add(spans);
        }
      }
    }
    print("  trace of " + ANSWER + " tokens " + what, nanos, 1e6, "ms");
  }

  private static void stream(
      SpanAttributionEngine engine, Map<DatanetId, SpanIndex> datanets, List<TokenizedText> texts) {
    long[] nanos = new long[texts.size()];
    for (int i = 0; i < nanos.length; i++) {
      TokenizedText text = texts.get(i);
      long start = cpuTime();
      try (EvidenceStream stream = engine.stream(datanets, SpanThresholds.standard())) {
        for (int t = 0; t < text.length(); t++) {
          stream.push(text.tokens()[t], text.starts()[t], text.ends()[t]);
        }
        stream.finish();
      }
      nanos[i] = (cpuTime() - start) / text.length();
    }
    print("  streamed, a token", nanos, 1e3, "µs");
  }

  private static void print(String what, long[] nanos, double unit, String name) {
    Arrays.sort(nanos);
    System.out.printf(
        "%s: p50 %.3f %s, p99 %.3f, most %.3f%n",
        what,
        nanos[nanos.length / 2] / unit,
        name,
        nanos[nanos.length * 99 / 100] / unit,
        nanos[nanos.length - 1] / unit);
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static TokenizedText window(List<int[]> documents, Random random) {
    int[] tokens = documents.get(random.nextInt(documents.size()));
    int from = random.nextInt(Math.max(1, tokens.length - ANSWER));
    return text(Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + ANSWER)));
  }

  private static TokenizedText answer(List<int[]> documents, Random random) {
    int[] answer = new int[ANSWER];
    for (int at = 0; at < ANSWER; ) {
      int[] tokens = documents.get(random.nextInt(documents.size()));
      int length = Math.min(4 + random.nextInt(57), Math.min(tokens.length, ANSWER - at));
      System.arraycopy(tokens, random.nextInt(tokens.length - length + 1), answer, at, length);
      at += length;
    }
    return text(answer);
  }

  private static TokenizedText text(int[] tokens) {
    return new TokenizedText(
        tokens,
        IntStream.range(0, tokens.length).toArray(),
        IntStream.rangeClosed(1, tokens.length).toArray());
  }
}
