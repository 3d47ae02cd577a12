package io.openledger.serving.cli;

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
 * ({@code adapters}, {@code soak}; {@code serve-bench} with {@code --strict}), 2 wrong use, 3
 * failed.
 */
@Command(
    name = "openledger-serving",
    mixinStandardHelpOptions = true,
    version = "openledger-serving 1.0.0",
    description = "One base model in memory, thousands of adapters on it, without a server.",
    footer = {
      "",
      "Example:",
      "  make ./qwen --shape qwen2.5-0.5b --adapters 100    random weights of a real shape",
      "  generate ./qwen 'Duty of care:' --weights int4 --tokens 40",
      "  adapters ./qwen ./qwen-adapters                    which fit the checkpoint, and why not",
      "  serve-bench ./qwen --quick",
      "  soak --minutes 10 --clients 64 --adapters 2000"
    },
    subcommands = {
      MakeCommand.class,
      GenerateCommand.class,
      AdaptersCommand.class,
      ServeBenchCommand.class,
      SoakCommand.class
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
