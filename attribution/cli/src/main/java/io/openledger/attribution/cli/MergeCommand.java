package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.State;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merge}: few large segments instead of many small ones. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Merges into as few segments as their largest size allows; searching gets faster.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class MergeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    try (Workspace workspace = Workspace.open(directory)) {
      int before = workspace.index().state().segments();
      workspace.index().merge();
      State after = workspace.index().state();
      spec.commandLine()
          .getOut()
          .println(
              "segments: "
                  + before
                  + " before, "
                  + after.segments()
                  + " now, "
                  + after.bytes()
                  + " bytes on disk");
      after.warnings().forEach(spec.commandLine().getErr()::println);
      return after.warnings().isEmpty() ? 0 : Main.WRONG;
    }
  }
}
