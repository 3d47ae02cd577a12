package io.openledger.serving.cli;

import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code make}: a checkpoint with random weights of a real shape, and adapters for it. */
@Command(
    name = "make",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a checkpoint with random weights of a real shape, for measuring speed and memory, and"
          + " adapters for it. What it says means nothing.",
      "Shapes keep a model's sizes alone: each is laid out as a Llama, in bf16."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class MakeCommand implements Callable<Integer> {

  private static final long GIB = 1L << 30;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "Where the checkpoint is written.")
  private Path folder;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      defaultValue = "qwen2.5-0.5b",
      completionCandidates = Shape.Names.class,
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private String shape;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all weights.")
  private long seed;

  @Option(
      names = "--shard-size",
      paramLabel = "GIB",
      defaultValue = "4",
      description = "Larger weights are split over files; 1 to 100 GiB, default ${DEFAULT-VALUE}.")
  private int shardSize;

  @Option(
      names = "--gguf",
      paramLabel = "FORMAT",
      split = ",",
      description =
          "Writes model-FORMAT.gguf beside it, all matrices alike: ${COMPLETION-CANDIDATES}.")
  private List<Gguf.Format> gguf = new ArrayList<>();

  @Option(
      names = "--adapters",
      paramLabel = "N",
      defaultValue = "0",
      description = "How many adapters, up to 100000; default none.")
  private int adapters;

  @Option(
      names = "--distinct",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "So many of them have contents of their own, default ${DEFAULT-VALUE}; the others are"
              + " hard links to those.")
  private int distinct;

  @Option(
      names = "--rank",
      paramLabel = "N",
      defaultValue = "16",
      description = "1 to 512, default ${DEFAULT-VALUE}.")
  private int rank;

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "q_proj,k_proj,v_proj,o_proj",
      description =
          "Which linear maps: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj;"
              + " default the four of attention.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--adapter-folder",
      paramLabel = "FOLDER",
      description = "Where adapters are written; default FOLDER-adapters.")
  private @Nullable Path adapterFolder;

  @Override
  public Integer call() throws Exception {
    require("--shard-size", shardSize, 1, 100);
    require("--adapters", adapters, 0, 100_000);
    require("--distinct", distinct, 1, 100_000);
    require("--rank", rank, 1, 512);
    Shape made;
    MadeAdapters kind;
    try {
      made = Shape.named(shape);
      kind = new MadeAdapters(made, rank, targets);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (Files.exists(folder.resolve("config.json"))
        && !MadeModel.shapeOf(folder).config().equals(made.config())) {
      throw OpenLedgerException.invalid(
          "folder", folder + " holds another model", "an empty folder, or one of the same shape");
    }
    MadeModel.write(folder, made, seed, shardSize * GIB);
    long weights = made.tensors().values().stream().mapToLong(RandomTensors::bytes).sum();
    out.printf(
        Locale.ROOT,
        "%s: %s, %.3f billion weights, %.1f MiB, random of seed %d%n",
        folder,
        made.name(),
        weights / 2e9,
        weights / 1048576.0,
        seed);
    for (Gguf.Format format : gguf) {
      write(format, weights / 2, out);
    }
    if (adapters > 0) {
      write(kind, out);
    }
    return 0;
  }

  private void write(Gguf.Format format, long weights, PrintWriter out) throws IOException {
    Path file = folder.resolve("model-" + format + ".gguf");
    try (Bar bar = Bar.of(file.getFileName().toString(), "MiB", 1 << 20, format.bytes(weights))) {
      Gguf.write(folder, file, format, bar::step);
    }
    out.printf(Locale.ROOT, "%s: %.1f MiB%n", file, Files.size(file) / 1048576.0);
  }

  private void write(MadeAdapters kind, PrintWriter out) throws IOException {
    // The folder may be given as "." or end in "..".
    Path whole = folder.toAbsolutePath().normalize();
    Path directory =
        adapterFolder == null
            ? whole.resolveSibling(whole.getFileName() + "-adapters")
            : adapterFolder;
    kind.write(directory, adapters, Math.min(distinct, adapters), seed + 1);
    out.printf(
        Locale.ROOT,
        "%s: %d adapters of rank %d on %s, %.1f MiB each in bf16;"
            + " %d different contents, the other %d are hard links to them%n",
        directory,
        adapters,
        rank,
        String.join(", ", targets),
        kind.bytes() / 1048576.0,
        Math.min(distinct, adapters),
        Math.max(0, adapters - distinct));
  }

  private void require(String option, int given, int least, int most) {
    if (given < least || given > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + given + "; allowed: " + least + " to " + most);
    }
  }
}
