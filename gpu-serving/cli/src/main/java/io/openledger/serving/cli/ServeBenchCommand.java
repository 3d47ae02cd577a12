package io.openledger.serving.cli;

import com.google.gson.JsonObject;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serve-bench}: everything that the engine is to reach, in one run. */
@Command(
    name = "serve-bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the engine and prints each figure beside its target.",
      "Compared figures are taken in alternation, so that what else the machine does meets both.",
      "Start it with a heap of some gigabytes less than the machine has: weights are outside it."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class ServeBenchCommand implements Callable<Integer> {

  private static final List<String> ROWS = List.of("int4", "int8", "stored", "nf4", "adapters");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|[^ ]+");

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;

  @Parameters(
      arity = "0..1",
      paramLabel = "CHECKPOINT",
      description = "A folder that make wrote; made and kept in --directory when it is left out.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      defaultValue = "qwen2.5-0.5b",
      completionCandidates = Shape.Names.class,
      description = "Of the checkpoint that is made: ${COMPLETION-CANDIDATES}.")
  private String shape;

  @Option(
      names = "--directory",
      paramLabel = "FOLDER",
      description = "Where checkpoint and adapters are made; default one in java.io.tmpdir.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"), "openledger-serve-bench");

  @Option(
      names = "--registered",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many adapters are many, 11 to 100000; default ${DEFAULT-VALUE}.")
  private int registered;

  @Option(
      names = "--distinct",
      paramLabel = "N",
      defaultValue = "32",
      description = "Contents among them, 16 or more; default ${DEFAULT-VALUE}.")
  private int distinct;

  @Option(names = "--rank", paramLabel = "N", defaultValue = "16", description = "Of them all.")
  private int rank;

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "q_proj,k_proj,v_proj,o_proj",
      description = "Linear maps that they change; default the four of attention.")
  private List<String> targets = new ArrayList<>();

  @Option(names = "--slots", paramLabel = "N", defaultValue = "64", description = "Of an engine.")
  private int slots;

  @Option(
      names = "--rows",
      paramLabel = "WHICH",
      split = ",",
      defaultValue = "int4,int8,adapters",
      description = "int4, int8, stored: decoding; adapters: all the others. Default all but one.")
  private List<String> which = new ArrayList<>();

  @Option(
      names = "--against",
      paramLabel = "NAME:RATIO=COMMAND",
      description = {
        "A program to measure beside ours at 4 bits, see comparisons/README.md. It gets prompt and"
            + " number of tokens and prints tokens_per_second N. A word with blanks stands in"
            + " quotation marks."
      })
  private List<String> against = new ArrayList<>();

  @Option(names = "--quick", description = "Fewer runs, 500 adapters: to see whether all runs.")
  private boolean quick;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all chance.")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the same as JSON.")
  private @Nullable Path json;

  @Option(names = "--strict", description = "Exit code 1 when a target is not met.")
  private boolean strict;

  @Override
  public Integer call() throws Exception {
    require("--registered", registered, 11, 100_000);
    require("--distinct", distinct, 16, 100_000);
    require("--slots", slots, 16, 4096);
    require("--rank", rank, 1, 512);
    for (String row : which) {
      if (!ROWS.contains(row)) {
        throw new ParameterException(
            spec.commandLine(), "--rows " + row + "; allowed: " + String.join(", ", ROWS));
      }
    }
    for (String target : targets) {
      if (!Shape.ATTENTION.contains(target) && !Shape.FEED_FORWARD.contains(target)) {
        throw new ParameterException(
            spec.commandLine(),
            "--targets "
                + target
                + "; allowed: "
                + String.join(", ", Shape.ATTENTION)
                + ", "
                + String.join(", ", Shape.FEED_FORWARD));
      }
    }
    if (json != null && !Files.isDirectory(json.toAbsolutePath().resolveSibling(""))) {
      throw new ParameterException(
          spec.commandLine(), "--json " + json + "; allowed: a file in a folder that is there");
    }
    Map<String, OtherProgram> others = others();
    Path model = checkpoint == null ? made() : checkpoint;
    Shape sizes = MadeModel.shapeOf(model);
    PrintWriter out = spec.commandLine().getOut();
    JsonObject machine = machine(sizes);
    machine
        .entrySet()
        .forEach(e -> out.print(e.getKey() + " " + e.getValue().getAsString() + "; "));
    out.println();
    Rows rows = new Rows(out);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      DecodeBench decode =
          new DecodeBench(engine, model, sizes, threads, rows, quick ? 3 : 7, quick ? 48 : 128);
      for (WeightFormat format : WeightFormat.values()) {
        if (which.contains(format.name().toLowerCase(Locale.ROOT))) {
          decode.measure(format, format == WeightFormat.INT4 ? others : Map.of());
        }
      }
      if (which.contains("adapters")) {
        adapters(model, sizes, threads, rows);
      }
    } finally {
      threads.shutdown();
    }
    if (json != null) {
      Files.writeString(json, rows.json(machine));
    }
    return strict && !rows.allMet() ? Main.WRONG : 0;
  }

  private void adapters(Path model, Shape sizes, ExecutorService threads, Rows rows)
      throws Exception {
    MadeAdapters kind = new MadeAdapters(sizes, rank, targets);
    // Names share contents: what costs is registering a name, and files of their own would need
    // gigabytes.
    List<Path> folders =
        kind.write(
            Files.createDirectories(directory)
                .resolve(sizes.name() + "-rank" + rank + "-" + targets.size() + "-adapters"),
            distinct,
            distinct,
            seed + 1);
    AdapterBench.Plan plan =
        quick
            ? new AdapterBench.Plan(slots, Math.min(registered, 500), 2, 48, 16, seed)
            : new AdapterBench.Plan(slots, registered, 6, 96, 32, seed);
    new AdapterBench(engine, model, kind, folders, plan, threads, rows).measure();
  }

  private Path made() throws Exception {
    Shape wanted;
    try {
      wanted = Shape.named(shape);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Path folder = directory.resolve(wanted.name());
    if (!Files.exists(folder.resolve("made"))) {
      MadeModel.write(folder, wanted, seed, 4L << 30);
      Files.createFile(folder.resolve("made"));
    }
    return folder;
  }

  private Map<String, OtherProgram> others() {
    Map<String, OtherProgram> others = new LinkedHashMap<>();
    for (String each : against) {
      String[] parts = each.split("[:=]", 3);
      try {
        others.put(parts[0], new OtherProgram(words(parts[2]), Double.parseDouble(parts[1])));
      } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
        throw new ParameterException(
            spec.commandLine(), "--against " + each + "; allowed: NAME:RATIO=COMMAND", e);
      }
    }
    return others;
  }

  /** At blanks, but for those within quotation marks. */
  private static List<String> words(String command) {
    return WORD.matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group() : word.group(1))
        .toList();
  }

  private JsonObject machine(Shape sizes) {
    JsonObject machine = new JsonObject();
    machine.addProperty("shape", sizes.name());
    machine.addProperty("weights", engine.weights.name());
    machine.addProperty("device", engine.device.name());
    machine.addProperty("processors", Runtime.getRuntime().availableProcessors());
    machine.addProperty("java", System.getProperty("java.version"));
    machine.addProperty("heapMiB", Runtime.getRuntime().maxMemory() >> 20);
    machine.addProperty("seed", seed);
    return machine;
  }

  private void require(String option, int given, int least, int most) {
    if (given < least || given > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + given + "; allowed: " + least + " to " + most);
    }
  }
}
