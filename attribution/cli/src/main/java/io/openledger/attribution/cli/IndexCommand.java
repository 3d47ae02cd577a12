package io.openledger.attribution.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command on an index that is there: opens it, works on it, closes it. */
@SuppressWarnings("NullAway.Init") // picocli sets them
abstract class IndexCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  /** Does the work; returns the exit code. */
  abstract int on(Workspace workspace) throws Exception;

  /** What comes before the index is opened. */
  void before(Path workspace) throws IOException {}

  @Override
  public final Integer call() throws Exception {
    if (Workspace.exists(directory)) {
      before(directory);
    }
    try (Workspace workspace = Workspace.open(directory)) {
      return on(workspace);
    }
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
