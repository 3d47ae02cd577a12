package io.openledger.attribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retract}: documents are taken away. */
@Command(
    name = "retract",
    mixinStandardHelpOptions = true,
    description = "Takes documents away; no answer names them when it returns.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class RetractCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "DOCUMENT",
      description = "Names as answers give them, or #number.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    int missing = 0;
    try (Workspace workspace = Workspace.open(directory)) {
      for (String name : names) {
        int retracted =
            workspace.retract(
                name,
                sequence ->
                    spec.commandLine()
                        .getOut()
                        .println(
                            "retracted #" + sequence + " " + workspace.documents().name(sequence)));
        if (retracted == 0) {
          missing++;
          spec.commandLine().getErr().println("not there: " + name);
        }
      }
    }
    return missing == 0 ? 0 : Main.WRONG;
  }
}
