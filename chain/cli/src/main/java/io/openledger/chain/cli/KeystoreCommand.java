package io.openledger.chain.cli;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.keys.KeystoreFile;
import io.openledger.chain.connector.keys.NewKeystore;
import io.openledger.chain.connector.keys.PasswordFile;
import io.openledger.chain.connector.keys.Signer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keystore}: keys in files. */
@Command(
    name = "keystore",
    mixinStandardHelpOptions = true,
    description = "Makes a key, or tells the address of one.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class KeystoreCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say new or address.");
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a key, writes it as a keystore file of version 3, and prints its address.",
        "Whoever loses file or password loses what the address has: keep a copy of both."
      })
  int create(
      @Parameters(paramLabel = "FILE", description = "Does not exist yet.") Path file,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description = "Its first line is the password; without it the terminal is asked.")
          @Nullable Path passwordFile) {
    KeyOptions.warn(spec, passwordFile);
    char[] password = passwordFile == null ? twice() : PasswordFile.read(passwordFile);
    ChainAddress address = NewKeystore.create(file, password, new SecureRandom());
    print(address);
    return 0;
  }

  @Command(
      name = "address",
      mixinStandardHelpOptions = true,
      description = "Opens a keystore file and prints the address of its key.")
  int address(
      @Parameters(paramLabel = "FILE", description = "A keystore file of version 3.") Path file,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description = "Its first line is the password; without it the terminal is asked.")
          @Nullable Path passwordFile) {
    KeyOptions.warn(spec, file, passwordFile);
    try (Signer signer =
        passwordFile != null
            ? KeystoreFile.open(file, passwordFile)
            : KeystoreFile.open(
                file, Terminal.password(spec.commandLine(), "Password of " + file + ": "))) {
      print(signer.address());
    }
    return 0;
  }

  private void print(ChainAddress address) {
    spec.commandLine().getOut().println(address);
    spec.commandLine().getOut().flush();
  }

  private char[] twice() {
    char[] first = Terminal.password(spec.commandLine(), "New password: ");
    char[] second = Terminal.password(spec.commandLine(), "Once more: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw new ParameterException(spec.commandLine(), "The two passwords differ.");
    }
    return first;
  }
}
