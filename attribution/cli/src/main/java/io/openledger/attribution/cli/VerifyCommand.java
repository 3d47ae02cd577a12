package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.State;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code verify}: reads every byte and compares it with the digests. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Reads every byte of the index. Exit code 1 when a file is refused.")
final class VerifyCommand extends IndexCommand {

  @Override
  int on(Workspace workspace) {
    PrintWriter out = out();
    // opening is verifying: no segment is used before its SHA-256 was computed over all of it
    State state = workspace.index().state();
    if (state.refused().isEmpty()) {
      out.println("good: " + state.segments() + " segments, " + state.documents() + " documents");
      return 0;
    }
    state.refused().forEach(reason -> out.println("refused " + reason));
    return Main.WRONG;
  }
}
