package io.openledger.chain.connector.keys;

import io.openledger.api.OpenLedgerException;
import java.nio.file.Path;

/** Where a password comes from. None is ever kept in a setting itself. */
public sealed interface PasswordSource {

  /**
   * The first line of a file.
   *
   * @param file that only the server's user may read
   */
  record FirstLine(Path file) implements PasswordSource {}

  /**
   * A secret of the server's own store (Elytron's credential store, Liberty's keystore).
   *
   * @param store its name
   * @param alias of the entry
   */
  record OfServer(String store, String alias) implements PasswordSource {
    public OfServer {
      KeySource.checkName("store", store);
      KeySource.checkName("alias", alias);
    }
  }

  /**
   * The password, in an array that the caller overwrites.
   *
   * @throws OpenLedgerException {@code SIGNING_KEY} if there is none
   */
  default char[] read(Secrets secrets) {
    if (this instanceof FirstLine line) {
      return PasswordFile.read(line.file());
    }
    OfServer of = (OfServer) this;
    return secrets.secret(of.store(), of.alias());
  }
}
