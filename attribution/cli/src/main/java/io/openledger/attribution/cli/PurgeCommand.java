package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.Purge;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code purge}: retracted text leaves the disk. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = {
      "Rewrites every file that holds retracted text, so that no file of the index has it.",
      "Exit code 1 when a file could not be removed."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class PurgeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Workspace workspace = Workspace.open(directory)) {
      Purge purge = workspace.index().purge();
      purge.removed().forEach(f -> out.println("removed " + f.name() + " " + f.digest().hex()));
      purge.written().forEach(f -> out.println("written " + f.name() + " " + f.digest().hex()));
      purge.held().forEach(name -> out.println("still there " + name));
      if (purge.removed().isEmpty() && purge.held().isEmpty()) {
        out.println("nothing to purge");
      }
      return purge.held().isEmpty() ? 0 : Main.WRONG;
    }
  }
}
