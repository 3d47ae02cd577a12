package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.span.SpanTracer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What many segments cost instead of one: traces of 448 tokens over the same corpus in one segment,
 * in 8 as merges leave them, in 8 and in 64 equal ones, in turns, in processor time of the thread;
 * half of each text is pieces of documents.
 *
 * <p>Arguments: a folder of text, millions of tokens (10), largest heap about 60 bytes a token.
 * From the project's root:
 *
 * <pre>
 * mvn -Dquick -pl attribution -am test-compile
 * java -Xmx4g -cp attribution/target/classes:attribution/target/test-classes:api/target/classes \
 *     io.openledger.attribution.index.SegmentsBenchmark FOLDER 10
 * </pre>
 */
public final class SegmentsBenchmark {

  /** Sizes of segments, in proportion. */
  private enum Shape {
    ONE(1),
    EIGHT_MERGED(150, 12, 12, 12, 3, 3, 3, 1),
    EIGHT_EQUAL(1, 1, 1, 1, 1, 1, 1, 1),
    SIXTY_FOUR_EQUAL(IntStream.generate(() -> 1).limit(64).toArray());

    private final int[] sizes;

    Shape(int... sizes) {
      this.sizes = sizes;
    }

    /** How many of some documents lie in the first segments. */
    int end(int segments, int documents) {
      long part = IntStream.of(sizes).limit(segments).sum();
      return (int) (documents * part / IntStream.of(sizes).sum());
    }
  }

  private static final int DOCUMENT = 3000;
  private static final int LENGTH = 448;
  private static final int TEXTS = 200;
  private static final int ROUNDS = 5;

  private SegmentsBenchmark() {}

  public static void main(String[] args) throws IOException {
    int tokens = (args.length > 1 ? Integer.parseInt(args[1]) : 10) * 1_000_000;
    GeneratedText text = new GeneratedText(Path.of(args[0]), 1);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < tokens; i += DOCUMENT) {
      documents.add(text.document(documents.size() + 1L, DOCUMENT));
    }
    List<TokenizedText> texts = texts(text, documents);
    Path directory = Files.createTempDirectory("segments-benchmark");
    List<SegmentedSpanIndex> indexes = new ArrayList<>();
    try {
      for (Shape shape : Shape.values()) {
        indexes.add(build(directory.resolve(shape.name()), documents, shape));
      }
      System.out.printf(
          "%d tokens in %d documents, given %d%n", tokens, documents.size(), text.givenTokens());
      double[][] millis = new double[Shape.values().length][TEXTS * ROUNDS];
      for (int round = -3; round < ROUNDS; round++) {
        for (int t = 0; t < TEXTS; t++) {
          for (int i = 0; i < millis.length; i++) {
            try (SpanView view = indexes.get(i).view()) {
              long start = cpuTime();
              SpanTracer.trace(
                  texts.get(t), Map.of(new DatanetId("bench"), view), SpanThresholds.standard());
              if (round >= 0) {
                millis[i][round * TEXTS + t] = (cpuTime() - start) / 1e6;
              }
            }
          }
        }
      }
      for (int i = 0; i < millis.length; i++) {
        Arrays.sort(millis[i]);
        System.out.printf(
            "%s: p50 %.2f ms, p99 %.2f ms, %.2f times one%n",
            Shape.values()[i],
            at(millis[i], 0.5),
            at(millis[i], 0.99),
            at(millis[i], 0.5) / at(millis[0], 0.5));
      }
    } finally {
      indexes.forEach(SegmentedSpanIndex::close);
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static double at(double[] sorted, double part) {
    return sorted[(int) (sorted.length * part)];
  }

  private static SegmentedSpanIndex build(Path directory, List<Document> documents, Shape shape) {
    int segments = shape.sizes.length;
    SegmentedSpanIndex index =
        SegmentedSpanIndex.open(
            directory,
            Hash256.sha256("segments"),
            GeneratedText.VOCABULARY,
            // as many as these are allowed only where they are full
            segments == 64 ? (long) documents.size() * DOCUMENT / 64 + DOCUMENT : 1 << 26,
            task -> {});
    for (int i = 0; i < segments; i++) {
      index.append(
          documents.subList(shape.end(i, documents.size()), shape.end(i + 1, documents.size())));
    }
    if (index.state().segments() != segments) {
      throw new IllegalStateException(index.state().segments() + " segments");
    }
    return index;
  }

  private static List<TokenizedText> texts(GeneratedText text, List<Document> documents) {
    java.util.Random random = new java.util.Random(2);
    List<TokenizedText> texts = new ArrayList<>();
    for (int t = 0; t < TEXTS; t++) {
      int[] tokens = text.text(LENGTH);
      for (int i = 0; i + 40 <= LENGTH; i += 80) {
        int[] document = documents.get(random.nextInt(documents.size())).tokens();
        System.arraycopy(document, random.nextInt(DOCUMENT - 40), tokens, i, 40);
      }
      texts.add(
          new TokenizedText(
              tokens,
              IntStream.range(0, LENGTH).toArray(),
              IntStream.rangeClosed(1, LENGTH).toArray()));
    }
    return texts;
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
