package io.openledger.runtime.config;

import io.openledger.api.reward.Wei;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which chain a server is attached to, and how it signs. Nothing here is a secret but addresses on
 * the net, which no {@code toString} shows.
 *
 * @param endpoints 1 or more
 * @param quorum how many of them must agree on what is final; 0: more than half
 * @param addressBook which contracts the server works with; absolute
 * @param maxFeePerGas most that a unit of gas may ever cost
 * @param key where the key is
 * @param fundRewards whether a root brings the coins that it promises
 * @param leastClaim that the server spends its gas on, above zero
 * @param walletUrl a public node for wallets; shown to everybody who can see claims
 * @param governing applications that may act with the key, besides administrators
 * @param payments who pays call by call
 */
public record ChainSettings(
    List<Endpoint> endpoints,
    int quorum,
    Path addressBook,
    Wei maxFeePerGas,
    Key key,
    boolean fundRewards,
    Wei leastClaim,
    Optional<URI> walletUrl,
    Set<String> governing,
    Payers payments) {

  public ChainSettings {
    endpoints = List.copyOf(endpoints);
    governing = Set.copyOf(governing);
  }

  /**
   * Who pays call by call, and to whom.
   *
   * @param payee as typed; empty: the key's address
   * @param anonymous whether somebody without credentials may pay
   * @param users of REST, by name
   */
  public record Payers(Optional<String> payee, boolean anonymous, Set<String> users) {
    public Payers {
      users = Set.copyOf(users);
    }

    /** Whether anybody pays call by call. */
    public boolean any() {
      return anonymous || !users.isEmpty();
    }
  }

  /**
   * Where a node answers.
   *
   * @param name how messages call it
   * @param url may hold a provider's key
   */
  public record Endpoint(String name, URI url) {

    /** What of the address may be shown to administrators: scheme, host and port. */
    public String shown() {
      return url.getScheme()
          + "://"
          + url.getHost()
          + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Where the key is that signs for this server, never the key itself. */
  public sealed interface Key {

    /** The address that the key must give, if it was said. */
    Optional<String> address();

    /** Nothing is sent. */
    record None() implements Key {
      @Override
      public Optional<String> address() {
        return Optional.empty();
      }
    }

    /** A keystore file, version 3, and the file with its password. */
    record KeystoreFile(Path file, Path passwordFile, Optional<String> address) implements Key {}

    /** A credential store of the server, by name and alias. */
    record CredentialStore(String store, String alias, Optional<String> address) implements Key {}

    /** A keystore of Open Liberty, by id and alias. */
    record LibertyKeystore(String store, String alias, Optional<String> address) implements Key {}

    /** A remote signer. */
    record Web3Signer(URI url, String signer) implements Key {
      @Override
      public Optional<String> address() {
        return Optional.of(signer);
      }

      @Override
      public String toString() {
        return "Web3Signer[signer=" + signer + "]";
      }
    }
  }
}
