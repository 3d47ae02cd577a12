package io.openledger.chain.cli;

import io.openledger.chain.connector.contracts.DeploymentParameters;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code parameters}: what a deployment can be told. */
@Command(
    name = "parameters",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the parameters of a deployment.",
      "Each with its default, its range and what it means: a file to begin with. Those that",
      "are commented out have no default."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class ParametersCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(DeploymentParameters.describe());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
