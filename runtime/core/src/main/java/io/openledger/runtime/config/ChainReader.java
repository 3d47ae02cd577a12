package io.openledger.runtime.config;

import io.openledger.api.reward.Wei;
import io.openledger.runtime.config.ChainSettings.Endpoint;
import io.openledger.runtime.config.ChainSettings.Key;
import io.openledger.runtime.config.ChainSettings.Payers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads how the server is attached to a chain. */
final class ChainReader {

  private enum KeyKind {
    NONE,
    KEYSTORE_FILE,
    CREDENTIAL_STORE,
    LIBERTY_KEYSTORE,
    WEB3SIGNER
  }

  /** A key's length in hexadecimal is 64: one that is taken for a name would be shown. */
  private static final int LONGEST_NAME = 40;

  private final ConfigReader read;

  private ChainReader(ConfigReader read) {
    this.read = read;
  }

  /** Empty without an endpoint. What is set is checked all the same. */
  static Optional<ChainSettings> chain(ConfigReader read, Path data) {
    ChainReader chain = new ChainReader(read);
    List<String> names = read.names(ConfigKey.CHAIN_ENDPOINTS);
    List<Endpoint> endpoints = new ArrayList<>();
    for (String name : names) {
      if (name.length() > LONGEST_NAME) {
        throw ConfigReader.invalid(
            ConfigKey.CHAIN_ENDPOINTS.key(), name, "names of 1 to " + LONGEST_NAME + " characters");
      }
      ConfigKey key = ConfigKey.CHAIN_ENDPOINT_URL;
      endpoints.add(
          new Endpoint(
              name,
              read.url(key, key.key(name))
                  .orElseThrow(() -> ConfigReader.missing(key, key.key(name)))));
    }
    int quorum = read.small(ConfigKey.CHAIN_QUORUM);
    if (quorum > endpoints.size() && !endpoints.isEmpty()) {
      throw ConfigReader.invalid(
          ConfigKey.CHAIN_QUORUM.key(), quorum + "", "at most the number of endpoints");
    }
    Path book =
        read.path(ConfigKey.CHAIN_ADDRESS_BOOK).orElseGet(() -> data.resolve("address-book.json"));
    Wei fee =
        read.wei(
            ConfigKey.CHAIN_MAX_FEE,
            ConfigKey.CHAIN_MAX_FEE.key(),
            Wei.parse(ConfigKey.CHAIN_MAX_FEE.defaultValue()));
    Wei claim =
        read.wei(
            ConfigKey.CHAIN_LEAST_CLAIM,
            ConfigKey.CHAIN_LEAST_CLAIM.key(),
            Wei.parse(ConfigKey.CHAIN_LEAST_CLAIM.defaultValue()));
    if (claim.isZero()) {
      throw ConfigReader.invalid(
          ConfigKey.CHAIN_LEAST_CLAIM.key(), "0", ConfigKey.CHAIN_LEAST_CLAIM.allowed());
    }
    ChainSettings settings =
        new ChainSettings(
            endpoints,
            quorum,
            book,
            fee,
            chain.key(),
            read.flag(ConfigKey.CHAIN_FUND_REWARDS),
            claim,
            read.url(ConfigKey.CHAIN_WALLET_URL, ConfigKey.CHAIN_WALLET_URL.key()),
            Set.copyOf(read.names(ConfigKey.CHAIN_GOVERNING)),
            new Payers(
                read.address(ConfigKey.PAYMENTS_PAYEE, ConfigKey.PAYMENTS_PAYEE.key()),
                read.flag(ConfigKey.PAYMENTS_ANONYMOUS),
                Set.copyOf(read.names(ConfigKey.PAYMENTS_USERS))));
    return endpoints.isEmpty() ? Optional.empty() : Optional.of(settings);
  }

  private Key key() {
    Optional<String> address =
        read.address(ConfigKey.CHAIN_KEY_ADDRESS, ConfigKey.CHAIN_KEY_ADDRESS.key());
    return switch (read.constant(ConfigKey.CHAIN_KEY, KeyKind.class)) {
      case NONE -> new Key.None();
      case KEYSTORE_FILE ->
          new Key.KeystoreFile(
              read.path(ConfigKey.CHAIN_KEY_FILE).orElseThrow(needed(ConfigKey.CHAIN_KEY_FILE)),
              read.path(ConfigKey.CHAIN_KEY_PASSWORD_FILE)
                  .orElseThrow(needed(ConfigKey.CHAIN_KEY_PASSWORD_FILE)),
              address);
      case CREDENTIAL_STORE ->
          new Key.CredentialStore(
              text(ConfigKey.CHAIN_KEY_STORE), text(ConfigKey.CHAIN_KEY_ALIAS), address);
      case LIBERTY_KEYSTORE ->
          new Key.LibertyKeystore(
              text(ConfigKey.CHAIN_KEY_STORE), text(ConfigKey.CHAIN_KEY_ALIAS), address);
      case WEB3SIGNER ->
          new Key.Web3Signer(
              read.url(ConfigKey.CHAIN_KEY_URL, ConfigKey.CHAIN_KEY_URL.key())
                  .orElseThrow(needed(ConfigKey.CHAIN_KEY_URL)),
              address.orElseThrow(needed(ConfigKey.CHAIN_KEY_ADDRESS)));
    };
  }

  private String text(ConfigKey key) {
    return read.text(key, key.key()).orElseThrow(needed(key));
  }

  private static Supplier<RuntimeException> needed(ConfigKey key) {
    return () -> ConfigReader.missing(key, key.key());
  }
}
