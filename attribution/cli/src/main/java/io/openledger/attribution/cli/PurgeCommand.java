package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.Purge;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code purge}: retracted text leaves the disk. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = {
      "Rewrites every file that holds retracted text, so that no file of the index has it.",
      "Exit code 1 when a file could not be removed."
    })
final class PurgeCommand extends IndexCommand {

  @Override
  int on(Workspace workspace) {
    PrintWriter out = out();
    Purge purge = workspace.index().purge();
    print(purge, out);
    if (purge.removed().isEmpty() && purge.held().isEmpty()) {
      out.println("nothing to purge");
    }
    return purge.held().isEmpty() ? 0 : Main.WRONG;
  }

  static void print(Purge purge, PrintWriter out) {
    purge.removed().forEach(f -> out.println("removed " + f.name() + " " + f.digest().hex()));
    purge.written().forEach(f -> out.println("written " + f.name() + " " + f.digest().hex()));
    purge.held().forEach(name -> out.println("still there " + name));
  }
}
