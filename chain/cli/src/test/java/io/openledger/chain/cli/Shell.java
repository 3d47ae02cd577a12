package io.openledger.chain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.chain.connector.support.Anvil;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Wallet;

/** Runs commands as a user does, against a node, with keystore files of its accounts. */
final class Shell {

  private static final String PASSWORD = "a password of tests";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path folder;
  private final Anvil anvil;

  Shell(Path folder, Anvil anvil) {
    this.folder = folder;
    this.anvil = anvil;
  }

  int run(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(
        new PrintWriter(out),
        new PrintWriter(err),
        Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
  }

  /** The same, with the node. */
  int chain(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(1, List.of("--node", anvil.uri()));
    return run(all.toArray());
  }

  /** The same, with the node and the key of one of its accounts. */
  int as(int account, Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--keystore", keystore(account), "--password-file", password()));
    return chain(all.toArray());
  }

  Path password() throws Exception {
    Path file = folder.resolve("password");
    Files.writeString(file, PASSWORD + "\n");
    return file;
  }

  /** Made cheaply: what a real one costs to open is not what is tested here. */
  private Path keystore(int account) throws Exception {
    Path file = folder.resolve("account-" + account + ".json");
    if (Files.notExists(file)) {
      ECKeyPair pair =
          ECKeyPair.create(new java.math.BigInteger(anvil.key(account).substring(2), 16));
      Files.write(file, new ObjectMapper().writeValueAsBytes(Wallet.create(PASSWORD, pair, 4, 1)));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    return file;
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
