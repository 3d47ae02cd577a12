package io.openledger.chain.connector.keys;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Where the key is that signs. It holds names and places, never a key or a password, so it may be
 * printed, stored and shown.
 */
public sealed interface KeySource {

  /**
   * A keystore file of version 3, as geth, Foundry and wallets write it.
   *
   * @param file itself
   * @param password of the file
   */
  record KeystoreFile(Path file, PasswordSource password) implements KeySource {}

  /**
   * A secret key in a key store of Java: 32 bytes, or 64 hexadecimal digits as {@code keytool
   * -importpass} stores them.
   *
   * @param file itself
   * @param type {@code PKCS12} or {@code JCEKS}
   * @param alias of the entry
   * @param password of file and entry
   */
  record KeyStoreEntry(Path file, String type, String alias, PasswordSource password)
      implements KeySource {
    private static final Set<String> TYPES = Set.of("PKCS12", "JCEKS");

    public KeyStoreEntry {
      type = type.toUpperCase(Locale.ROOT);
      if (!TYPES.contains(type)) {
        throw OpenLedgerException.invalidText("type of key store", type, "PKCS12 or JCEKS");
      }
      checkName("alias", alias);
    }
  }

  /**
   * An entry of WildFly's credential store: the key as 64 hexadecimal digits.
   *
   * @param store name of the credential store that the subsystem refers to
   * @param alias of the entry
   */
  record CredentialStore(String store, String alias) implements KeySource {
    public CredentialStore {
      checkName("credential store", store);
      checkName("alias", alias);
    }
  }

  /**
   * An entry of a keystore of Open Liberty: a secret key as in {@link KeyStoreEntry}.
   *
   * @param id of the {@code <ssl>} element whose {@code keyStoreRef} is the keystore: the server's
   *     public API tells of keystores by way of these alone
   * @param alias of the entry
   */
  record LibertyKeystore(String id, String alias) implements KeySource {
    public LibertyKeystore {
      checkName("keystore", id);
      checkName("alias", alias);
    }
  }

  /**
   * Web3Signer, a signer in another process.
   *
   * @param uri where it answers, {@code http} or {@code https}, without user, query or fragment
   * @param address whose key it has; anything that another key signed is refused
   */
  record Web3Signer(URI uri, ChainAddress address) implements KeySource {
    public Web3Signer {
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!web
          || uri.getHost() == null
          || uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null) {
        throw OpenLedgerException.invalid(
            "address of the signer", "not shown", "http(s)://host:port/path and nothing more");
      }
    }

    /** Not where it is: the path may hold a key of whoever keeps it. */
    @Override
    public String toString() {
      return "Web3Signer[address=" + address + "]";
    }
  }

  /** Refuses what is no name that people give to stores and entries. */
  static void checkName(String what, String name) {
    if (name.isBlank() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      throw OpenLedgerException.invalidText(what, name, "1 to 200 printable characters");
    }
  }
}
