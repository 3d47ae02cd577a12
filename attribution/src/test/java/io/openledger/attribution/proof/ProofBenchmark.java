package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.attribution.index.PrefixSorter;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the size of proofs and what making and checking them costs. Takes a folder of JSON-lines
 * files with a {@code "text"} each line, and how many tokens to make of them, 2 million if not
 * said: once as 100 000 contributions cut out of the texts and joined anew, once as whole texts,
 * repeated. Words and single signs count as tokens.
 */
public final class ProofBenchmark {

  private static final long SEED = 6962;
  private static final int CONTRIBUTIONS = 100_000;
  private static final int PROOFS = 2000;
  private static final Pattern TEXT = Pattern.compile("\"text\": *\"((?:[^\"\\\\]|\\\\.)*+)\"");
  private static final Pattern TOKEN = Pattern.compile("\\p{Alnum}++|\\S");

  private ProofBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    List<int[]> texts = texts(Path.of(args[0]));
    int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 2_000_000;
    System.out.printf(
        "%d processors, Java %s, %d texts, seed %d%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        texts.size(),
        SEED);
    Random random = new Random(SEED);
    List<int[]> pieces = new ArrayList<>();
    for (int total = 0; total < tokens || pieces.size() < CONTRIBUTIONS; ) {
      int[] joined =
          Stream.of(piece(texts, tokens, random), piece(texts, tokens, random))
              .flatMapToInt(Arrays::stream)
              .toArray();
      pieces.add(joined);
      total += joined.length;
    }
    measure("pieces", pieces, random);
    List<int[]> whole = new ArrayList<>();
    for (int total = 0; total < tokens; total += whole.get(whole.size() - 1).length) {
      whole.add(texts.get(whole.size() % texts.size()));
    }
    measure("whole texts", whole, random);
  }

  private static List<int[]> texts(Path folder) throws IOException {
    Map<String, Integer> vocabulary = new HashMap<>();
    List<int[]> texts = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList();
    }
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        Matcher text = TEXT.matcher(line);
        if (text.find()) {
          texts.add(
              TOKEN
                  .matcher(text.group(1).replace("\\n", " ").replace("\\\"", "\""))
                  .results()
                  .mapToInt(m -> vocabulary.computeIfAbsent(m.group(), w -> vocabulary.size()))
                  .toArray());
        }
      }
    }
    return texts;
  }

  private static int[] piece(List<int[]> texts, int tokens, Random random) {
    int[] text = texts.get(random.nextInt(texts.size()));
    int length = Math.min(text.length, 1 + random.nextInt(1 + tokens / CONTRIBUTIONS));
    int from = random.nextInt(text.length - length + 1);
    return Arrays.stream(text, from, from + length).toArray();
  }

  private static void measure(String name, List<int[]> contents, Random random) {
    List<Document> documents = new ArrayList<>();
    for (int[] tokens : contents) {
      documents.add(
          new Document(
              new ContributionId(new DatanetId("bench"), documents.size() + 1L),
              Hash256.sha256("content " + documents.size()),
              tokens));
    }
    long start = System.nanoTime();
    CorpusCommitment sorted = CorpusCommitment.of(Hash256.ZERO, documents);
    double all = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    IntUnaryOperator order = PrefixSorter.sort(contents, fraction -> {});
    double induced = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    PrefixOrder.check(new Corpus(documents), order);
    double checked = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    CorpusCommitment commitment = CorpusCommitment.of(Hash256.ZERO, documents, order);
    double hashing = (System.nanoTime() - start) / 1e9;
    double perToken = 1e9 / commitment.tokens();
    System.out.printf(
        "%s: %d contributions, %d tokens; sorted by doubling and committed in %.1f s; ns a token:"
            + " induced sorting %.0f, checking the order %.0f, checking and committing %.0f%n",
        name,
        documents.size(),
        commitment.tokens(),
        all,
        induced * perToken,
        checked * perToken,
        hashing * perToken);
    if (!sorted.root().equals(commitment.root())) {
      throw new AssertionError("two orders");
    }
    SpanProver prover = new SpanProver(commitment);
    int[] sizes = new int[PROOFS];
    long[] making = new long[PROOFS];
    long[] checking = new long[PROOFS];
    int extendable = 0;
    for (int i = 0; i < PROOFS; ) {
      Document document = documents.get(random.nextInt(documents.size()));
      int length = 8 + random.nextInt(33);
      if (document.tokens().length < length) {
        continue;
      }
      int from = random.nextInt(document.tokens().length - length + 1);
      int[] answer = new int[length + 2];
      System.arraycopy(document.tokens(), from, answer, 1, length);
      answer[0] = any(contents, random);
      answer[length + 1] = any(contents, random);
      start = System.nanoTime();
      SpanClaim claim = prover.claim(answer, 1, length + 1, document.id());
      byte[] proof;
      try {
        proof = prover.prove(claim).encode();
      } catch (OpenLedgerException e) {
        extendable++; // such an answer has a longer span; another is drawn
        continue;
      }
      making[i] = System.nanoTime() - start;
      start = System.nanoTime();
      SpanVerifier.verify(commitment.root(), claim, proof);
      checking[i] = System.nanoTime() - start;
      sizes[i++] = proof.length;
    }
    Arrays.sort(sizes);
    Arrays.sort(making);
    Arrays.sort(checking);
    System.out.printf(
        "  %d proofs of 8 to 40 tokens (%d longer in the corpus): bytes p50 %d, p99 %d, max %d;"
            + " made in p50 %.2f ms, p99 %.2f ms; checked in p50 %.2f ms, p99 %.2f ms%n",
        PROOFS,
        extendable,
        sizes[PROOFS / 2],
        sizes[PROOFS * 99 / 100],
        sizes[PROOFS - 1],
        making[PROOFS / 2] / 1e6,
        making[PROOFS * 99 / 100] / 1e6,
        checking[PROOFS / 2] / 1e6,
        checking[PROOFS * 99 / 100] / 1e6);
  }

  private static int any(List<int[]> contents, Random random) {
    int[] tokens = contents.get(random.nextInt(contents.size()));
    return tokens[random.nextInt(tokens.length)];
  }
}
