package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 done and something is wrong with what was looked at
 * ({@code verify}; {@code claim} of nothing), 2 wrong use, 3 failed.
 */
@Command(
    name = "openledger-chain",
    mixinStandardHelpOptions = true,
    version = "openledger-chain 1.0.0",
    description = "The rollup's contracts, keys and claims, without a server.",
    footer = {
      "",
      "Example:",
      "  keystore new deployer.json",
      "  parameters > mine.properties       what a deployment can be told",
      "  deploy --node http://127.0.0.1:8545 --keystore deployer.json \\",
      "      --book book.json --parameters mine.properties",
      "  verify --node http://127.0.0.1:8545 --book book.json",
      "  claim --node http://127.0.0.1:8545 --keystore me.json \\",
      "      --book book.json --proof proof.json",
      "",
      "An argument @FILE stands for the arguments in FILE, where others do not see",
      "the address of a node that holds a provider's key."
    },
    subcommands = {
      ParametersCommand.class,
      DeployCommand.class,
      AttachCommand.class,
      VerifyCommand.class,
      KeystoreCommand.class,
      ClaimCommand.class
    })
public final class Main implements Runnable {

  static final int WRONG = 1;
  static final int FAILED = 3;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command.");
  }

  /** Runs one command and gives its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    try {
      return executed(out, err, arguments);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      // Else the virtual machine would end with 1, which says something else.
      err.println(e);
      err.flush();
      return FAILED;
    }
  }

  private static int executed(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof OpenLedgerException told) {
                err.println(told.getMessage());
              } else if (failure instanceof UncheckedIOException io) {
                err.println(io.getMessage());
              } else if (failure instanceof java.io.IOException io) {
                err.println(io);
              } else {
                failure.printStackTrace(err);
              }
              err.flush();
              return FAILED;
            })
        .execute(arguments);
  }

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }
}
