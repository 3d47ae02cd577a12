package io.openledger.attribution.cli;

import io.openledger.api.OpenLedgerException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 done and something is wrong with what was looked at
 * ({@code verify}, {@code check}; {@code count}, {@code search} and {@code next} of nothing), 2
 * wrong use, 3 failed.
 */
@Command(
    name = "openledger-attribution",
    mixinStandardHelpOptions = true,
    version = "openledger-attribution 1.0.0",
    description = {
      "Which documents does a text repeat word for word?",
      "Builds an index over a corpus, keeps it up to date, and traces texts to it."
    },
    footer = {
      "",
      "Example:",
      "  build laws ./laws           index every text file below ./laws",
      "  trace laws answer.txt       show what answer.txt takes from them",
      "  search laws 'in good faith' notice    which of them hold both",
      "  next laws 'in good'         what they say after these words",
      "  commit laws                 print the root to publish",
      "  prove laws answer.txt --out proofs.json",
      "  check proofs.json --root HEX"
    },
    subcommands = {
      BuildCommand.class,
      AddCommand.class,
      RetractCommand.class,
      PurgeCommand.class,
      EraseCommand.class,
      MergeCommand.class,
      TraceCommand.class,
      CountCommand.class,
      SearchCommand.class,
      NextCommand.class,
      StatCommand.class,
      VerifyCommand.class,
      CommitCommand.class,
      ProveCommand.class,
      CheckCommand.class,
      BenchCommand.class
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
    PrintWriter out = new PrintWriter(System.out, true, java.nio.charset.StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }
}
