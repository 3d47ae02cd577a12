package io.openledger.chain.cli;

import io.openledger.chain.connector.keys.KeystoreFile;
import io.openledger.chain.connector.keys.Signer;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which key signs: options of every command that sends something. */
@SuppressWarnings("NullAway.Init") // picocli sets them
final class KeyOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--keystore",
      paramLabel = "FILE",
      description = "A keystore file of version 3, as keystore new, geth and wallets write it.")
  private @Nullable Path keystore;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Its first line is the password; without it the terminal is asked.")
  private @Nullable Path passwordFile;

  boolean given() {
    return keystore != null;
  }

  /** Opens the file; the caller closes the signer. */
  Signer signer() {
    if (keystore == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--keystore=FILE'");
    }
    warn(spec, keystore, passwordFile);
    return passwordFile != null
        ? KeystoreFile.open(keystore, passwordFile)
        : KeystoreFile.open(
            keystore, Terminal.password(spec.commandLine(), "Password of " + keystore + ": "));
  }

  /** Says which of these files others may read. */
  static void warn(CommandSpec spec, @Nullable Path... files) {
    PrintWriter err = spec.commandLine().getErr();
    for (Path file : files) {
      if (file != null) {
        KeystoreFile.warning(file).ifPresent(warning -> err.println("Warning: " + warning));
      }
    }
    err.flush();
  }
}
