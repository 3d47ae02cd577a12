package io.openledger.serving.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code adapters}: which folders an engine takes, and why not. */
@Command(
    name = "adapters",
    mixinStandardHelpOptions = true,
    description = {
      "Checks PEFT folders against a checkpoint as an engine does when they are registered, and"
          + " tells targets, ranks, sizes and norms.",
      "Exit code 1 when one is refused."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class AdaptersCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;

  @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "A Hugging Face folder.")
  private Path checkpoint;

  @Parameters(
      index = "1",
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "A PEFT folder, or a folder of them.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--max-rank",
      paramLabel = "N",
      defaultValue = "512",
      description = "As the server is set up; default ${DEFAULT-VALUE}.")
  private int maxRank;

  @Override
  public Integer call() throws Exception {
    List<Path> all = new ArrayList<>();
    for (Path folder : folders) {
      all.addAll(below(folder));
    }
    PrintWriter out = spec.commandLine().getOut();
    int refused = 0;
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServingEngine model = engine.open(checkpoint, new Limits(1, maxRank, 1, 16, 1), threads)) {
      for (Path folder : all) {
        refused += told(model, folder, out) ? 0 : 1;
        out.flush();
      }
    } finally {
      threads.shutdown();
    }
    out.printf("%d good, %d refused%n", all.size() - refused, refused);
    return refused == 0 ? 0 : Main.WRONG;
  }

  private static boolean told(ServingEngine model, Path folder, PrintWriter out)
      throws IOException {
    ModelId id = new ModelId("inspected");
    try {
      ModelInfo info = model.register(id, folder);
      model.unregister(id);
      AdapterReport report = AdapterReport.of(folder);
      out.printf(
          Locale.ROOT,
          "good     %s: rank %s on %d maps (%s), %.2f MiB, norm of B·A up to %.4g (%s), %s%n",
          folder,
          report.ranks().stream().map(String::valueOf).collect(Collectors.joining(", ")),
          report.maps(),
          String.join(", ", report.targets()),
          report.bytes() / 1048576.0,
          report.norm(),
          report.largest(),
          info.digest());
      return true;
    } catch (OpenLedgerException e) {
      out.printf("refused  %s: %s%n", folder, e.getMessage());
      return false;
    }
  }

  private static List<Path> below(Path folder) throws IOException {
    if (Files.exists(folder.resolve(MadeAdapters.CONFIG))) {
      return List.of(folder);
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }
}
