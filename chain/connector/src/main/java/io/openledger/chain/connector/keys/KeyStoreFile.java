package io.openledger.chain.connector.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;

/** A key store of Java in a file, of at most {@link #MAX_BYTES}. */
final class KeyStoreFile {

  static final int MAX_BYTES = 4 << 20;

  private KeyStoreFile() {}

  /**
   * The signer of an entry.
   *
   * @param password <em>taken</em>: overwritten with zeroes
   */
  static LocalSigner open(Path file, String type, String alias, char[] password) {
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MAX_BYTES) {
        throw LocalSigner.unusable(
            "key store " + file + " is longer than " + MAX_BYTES + " bytes", null);
      }
      KeyStore store = KeyStore.getInstance(type);
      store.load(in, password);
      return LocalSigner.fromKeyStore(store, alias, password);
    } catch (IOException | GeneralSecurityException e) {
      // the class alone: a provider's message may tell of what it read
      throw LocalSigner.unusable(
          "key store " + file + " cannot be opened: " + e.getClass().getSimpleName(), null);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
