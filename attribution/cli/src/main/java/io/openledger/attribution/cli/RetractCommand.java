package io.openledger.attribution.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code retract}: documents are taken away. */
@Command(
    name = "retract",
    mixinStandardHelpOptions = true,
    description = "Takes documents away; no answer names them when it returns.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class RetractCommand extends IndexCommand {

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "DOCUMENT",
      description = "Names as answers give them, or #number.")
  private List<String> names = new ArrayList<>();

  @Override
  int on(Workspace workspace) {
    int missing = 0;
    for (String name : names) {
      int retracted =
          workspace.retract(
              name,
              sequence ->
                  out()
                      .println(
                          "retracted #" + sequence + " " + workspace.documents().name(sequence)));
      if (retracted == 0) {
        missing++;
        err().println("not there: " + name);
      }
    }
    return missing == 0 ? 0 : Main.WRONG;
  }
}
