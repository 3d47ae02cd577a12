package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.State;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: reads every byte and compares it with the digests. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Reads every byte of the index. Exit code 1 when a file is refused.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    // opening is verifying: no segment is used before its SHA-256 was computed over all of it
    try (Workspace workspace = Workspace.open(directory)) {
      State state = workspace.index().state();
      if (state.refused().isEmpty()) {
        out.println("good: " + state.segments() + " segments, " + state.documents() + " documents");
        return 0;
      }
      state.refused().forEach(reason -> out.println("refused " + reason));
      return Main.WRONG;
    }
  }
}
