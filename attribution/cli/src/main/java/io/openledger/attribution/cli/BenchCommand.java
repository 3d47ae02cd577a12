package io.openledger.attribution.cli;

import io.openledger.api.spi.IndexForm;
import io.openledger.attribution.index.SuffixSorter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: what the engine costs on a corpus of one's own. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the engine on texts of one's own: sorting, size on disk, tracing answers of 448"
          + " tokens, streaming, adding, retracting.",
      "Needs about 40 bytes of heap and 20 bytes of disk a token; removes what it wrote."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "SOURCE",
      description = "Folders and files: each file a document, each line of a .jsonl one.")
  private List<Path> sources = new ArrayList<>();

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "30000000",
      description =
          "How many tokens, 100000 to 60000000; default ${DEFAULT-VALUE}. Texts that have fewer"
              + " are filled up with documents put together from random pieces of them.")
  private int tokens;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Figures are medians of so many runs, 1 to 100; default ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      split = ",",
      defaultValue = "fast,compact",
      description = "Which forms of the index: ${COMPLETION-CANDIDATES}; default both.")
  private List<IndexForm> forms = new ArrayList<>();

  @Option(
      names = "--answers",
      paramLabel = "N",
      defaultValue = "400",
      description = "How many answers a run traces, 10 to 100000; default ${DEFAULT-VALUE}.")
  private int answers;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all chance.")
  private long seed;

  @Option(
      names = "--tokenizer",
      paramLabel = "PATH",
      description = "A Hugging Face tokenizer.json or a folder with one; default: a small own one.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--directory",
      paramLabel = "PATH",
      description = "Where the indexes are written; default: a temporary folder.")
  private @Nullable Path directory;

  private PrintWriter out;

  @Override
  public Integer call() throws Exception {
    require("--tokens", tokens, 100_000, 60_000_000);
    require("--runs", runs, 1, 100);
    require("--answers", answers, 10, 100_000);
    out = spec.commandLine().getOut();
    Path home =
        directory == null
            ? Files.createTempDirectory("openledger-bench")
            : Files.createTempDirectory(Files.createDirectories(directory), "bench");
    try (Workspace workspace =
        Workspace.create(home.resolve("workspace"), tokenizer, IndexForm.FAST)) {
      measure(home, workspace);
    } finally {
      remove(home);
    }
    return 0;
  }

  private void require(String option, int given, int least, int most) {
    if (given < least || given > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + given + "; allowed: " + least + " to " + most);
    }
  }

  private void measure(Path home, Workspace workspace) throws Exception {
    Sources found = Sources.of(sources);
    BenchCorpus corpus;
    try (Bar bar = Bar.of("tokenizing", "kB", 1000, found.bytes())) {
      corpus =
          BenchCorpus.of(
              found,
              workspace.tokenizer(),
              tokens,
              RandomGeneratorFactory.of("L64X128MixRandom").create(seed),
              bar);
    }
    out.printf(
        Locale.ROOT,
        "%d processors, Java %s, heap up to %d MiB; seed %d, medians of %d runs%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        Runtime.getRuntime().maxMemory() >> 20,
        seed,
        runs);
    out.printf(
        Locale.ROOT,
        "%d documents, %d tokens (%d of them made from pieces), vocabulary %d, %.2f bytes of UTF-8"
            + " a token%n",
        corpus.documents().size(),
        corpus.tokens(),
        corpus.made(),
        workspace.tokenizer().vocabularySize(),
        corpus.bytesPerToken());
    sorting(corpus, workspace.tokenizer().vocabularySize());
    Set<Integer> evidence = new HashSet<>();
    FormBench bench =
        new FormBench(home, workspace.tokenizer(), corpus, runs, answers, seed, this::row);
    for (IndexForm form : forms) {
      out.printf("%nform %s%n", form.name().toLowerCase(Locale.ROOT));
      evidence.addAll(bench.measure(form));
    }
    if (evidence.size() > 1) {
      throw new IllegalStateException("the forms, or the segments, give different evidence");
    }
  }

  private void sorting(BenchCorpus corpus, int vocabulary) {
    if (vocabulary > Character.MAX_VALUE) {
      row("sorting", "not measured: this tokenizer has more than 65535 tokens", "");
      return;
    }
    char[] text = new char[Math.toIntExact(corpus.tokens() + corpus.documents().size())];
    int at = 0;
    for (int[] document : corpus.documents()) {
      for (int i = document.length - 1; i >= 0; i--) {
        text[at++] = (char) (document[i] + 1);
      }
      at++;
    }
    double[] seconds = new double[runs];
    for (int run = 0; run < runs; run++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      int[] order = SuffixSorter.sort(text, vocabulary + 1, fraction -> {});
      long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      seconds[run] = (end - start) / 1e9;
      if (order.length != text.length) {
        throw new IllegalStateException("the sorter lost suffixes");
      }
    }
    row(
        "sorting, tokens a second of one core",
        "%.2f million".formatted(text.length / IndexBench.median(seconds) / 1e6),
        ">= 10 million");
  }

  private void row(String what, String measured, String wanted) {
    out.printf(Locale.ROOT, "%-40s %-46s %s%n", what, measured, wanted);
    out.flush();
  }

  private static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
