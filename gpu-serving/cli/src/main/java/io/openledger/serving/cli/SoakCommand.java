package io.openledger.serving.cli;

import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.serving.cli.Soak.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code soak}: everything at once for a while, every answer checked. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Asks random adapters from many threads, cancels, sets deadlines, replaces, unloads, pins and"
          + " uploads poisoned adapters all the while. Every answer is compared with that of an"
          + " engine that serves nobody else.",
      "Exit code 1 when a token is wrong, a sequence is stuck, poison is taken or memory grows."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class SoakCommand implements Callable<Integer> {

  private static final int[] RANKS = {4, 8, 16, 3};
  private static final double MIB = 1048576.0;

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "10",
      description = "0.05 to 10000; default ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "64",
      description = "1 to 1000; default ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--adapters",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Registered names, 1 to 100000; default ${DEFAULT-VALUE}.")
  private int adapters;

  @Option(
      names = "--distinct",
      paramLabel = "N",
      defaultValue = "64",
      description = "Different contents among them, 2 to 1000; default ${DEFAULT-VALUE}.")
  private int distinct;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      defaultValue = "tiny",
      completionCandidates = Shape.Names.class,
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private String shape;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all chance.")
  private long seed;

  @Override
  public Integer call() throws Exception {
    require("--minutes", minutes, 0.05, 10_000);
    require("--clients", clients, 1, 1000);
    require("--adapters", adapters, 1, 100_000);
    require("--distinct", distinct, 2, 1000);
    Shape sizes;
    try {
      sizes = Shape.named(shape);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Path home = Files.createTempDirectory("openledger-soak");
    // Whoever interrupts it gets the disk back, too.
    Thread interrupted = new Thread(() -> remove(home));
    Runtime.getRuntime().addShutdownHook(interrupted);
    ExecutorService threads = Executors.newCachedThreadPool();
    PrintWriter out = spec.commandLine().getOut();
    try {
      Path model = home.resolve("model");
      MadeModel.write(model, sizes, seed, 4L << 30);
      List<Path> folders = new ArrayList<>();
      for (int i = 0; i < distinct; i++) {
        List<String> targets = i % 2 == 0 ? Shape.ATTENTION : List.of("q_proj", "up_proj");
        MadeAdapters kind = new MadeAdapters(sizes, RANKS[i % RANKS.length], targets);
        folders.add(kind.write(home.resolve("content-" + i), seed + i));
      }
      int context = Math.min(128, sizes.context());
      try (ServingEngine served =
              engine.open(
                  model,
                  engine.weights,
                  new Limits(16, 16, 16, context, 256),
                  new MemoryLimits(0, 4 << 20, 1 << 20),
                  threads);
          ServingEngine solo =
              engine.open(
                  model,
                  engine.weights,
                  new Limits(distinct, 16, 1, context, 4),
                  new MemoryLimits(0, 0, 0),
                  threads)) {
        Soak.Plan plan =
            new Soak.Plan(Duration.ofMillis((long) (minutes * 60_000)), clients, adapters, seed);
        Verdict verdict =
            new Soak(served, solo, folders, home.resolve("poison"), plan).run(threads);
        return told(verdict, out) ? 0 : Main.WRONG;
      }
    } finally {
      threads.shutdown();
      remove(home);
      try {
        Runtime.getRuntime().removeShutdownHook(interrupted);
      } catch (IllegalStateException e) {
        // It is running.
      }
    }
  }

  private boolean told(Verdict verdict, PrintWriter out) {
    out.printf(Locale.ROOT, "seed %d, %.2f minutes, %d clients%n", seed, minutes, clients);
    verdict.counts().forEach((what, count) -> out.printf("%9d %s%n", count, what));
    boolean flat =
        flat("heap after a collection", 0, 16, verdict, out)
            & flat("resident memory", 1, 64, verdict, out);
    verdict.failures().forEach(failure -> out.println("WRONG " + failure));
    boolean good = verdict.failures().isEmpty() && flat;
    out.println(good ? "good" : "not good");
    return good;
  }

  /**
   * Whether the last quarter's median is no more above the second's than a tenth and some MiB: the
   * first quarter fills caches and pools.
   */
  private static boolean flat(String what, int which, int more, Verdict verdict, PrintWriter out) {
    List<long[]> samples = verdict.memory();
    int quarter = samples.size() / 4;
    if (quarter < 2) {
      out.println(what + ": too few samples to tell");
      return true;
    }
    double early = median(samples.subList(quarter, 2 * quarter), which);
    double late = median(samples.subList(3 * quarter, samples.size()), which);
    double allowed = 1.1 * early + more;
    out.printf(
        Locale.ROOT,
        "%s: %.1f MiB in the second quarter, %.1f MiB in the last; allowed %.1f MiB%n",
        what,
        early,
        late,
        allowed);
    return late <= allowed;
  }

  private static double median(List<long[]> samples, int which) {
    return new Samples(samples.stream().map(each -> each[which] / MIB).toList()).median();
  }

  private void require(String option, double given, double least, double most) {
    if (!(given >= least && given <= most)) {
      throw new ParameterException(
          spec.commandLine(), option + " " + given + "; allowed: " + least + " to " + most);
    }
  }

  /** As far as it can be done: what is being written meanwhile, or is gone already, is no fault. */
  private static void remove(Path home) {
    for (int tries = 0; tries < 3 && Files.exists(home); tries++) {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException e) {
        // another try
      }
    }
  }
}
