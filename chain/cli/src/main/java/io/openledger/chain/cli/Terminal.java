package io.openledger.chain.cli;

import java.io.Console;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Asks who sits before it. */
final class Terminal {

  private Terminal() {}

  /** A password, which is not shown; whoever gets it overwrites it. */
  static char[] password(CommandLine command, String prompt) {
    Console console = System.console();
    if (console == null) {
      throw new ParameterException(
          command, "No terminal to ask for a password: give --password-file=FILE");
    }
    char[] password = console.readPassword("%s", prompt);
    if (password == null) {
      throw new ParameterException(command, "No password was given.");
    }
    return password;
  }
}
