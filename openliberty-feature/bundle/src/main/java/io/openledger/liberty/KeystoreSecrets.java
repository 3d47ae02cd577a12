package io.openledger.liberty;

import com.ibm.websphere.ssl.JSSEHelper;
import com.ibm.websphere.ssl.SSLException;
import io.openledger.runtime.rollup.SecretSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Reads secret keys out of the server's keystores. The server gives no other key to features than
 * those of TLS; but its public API tells for an {@code <ssl>} element, by id, which file its {@code
 * keyStoreRef} stands for and how it is opened ({@code com.ibm.websphere.ssl.JSSEHelper}). A
 * password that {@code server.xml} has encoded or encrypted ({@code securityUtility encode}) comes
 * decoded.
 *
 * <p>An entry is a secret key of 32 bytes, or text, as {@code keytool -importpass} stores it.
 */
final class KeystoreSecrets implements SecretSource {

  /** A keystore of more bytes is not one of keys. */
  static final int MAX_BYTES = 4 << 20;

  private static final int KEY_BYTES = 32;

  @Override
  public char[] secret(String ssl, String alias) {
    Properties found;
    try {
      found = ServerTls.configuration(ssl);
    } catch (NoClassDefFoundError e) {
      throw SecretSource.unavailable(
          "this server has no keystores: the feature transportSecurity-1.0 is not configured",
          null);
    }
    String file = found.getProperty("com.ibm.ssl.keyStore");
    String type = found.getProperty("com.ibm.ssl.keyStoreType");
    String password = found.getProperty("com.ibm.ssl.keyStorePassword");
    if (file == null || type == null || password == null) {
      throw SecretSource.unavailable(
          "there is no ssl configuration '" + ssl + "' that leads to a keystore with a password",
          null);
    }
    char[] taken = password.toCharArray();
    try {
      return read(Path.of(file), type, alias, taken);
    } finally {
      Arrays.fill(taken, '\0');
    }
  }

  /** The secret of an entry as text. */
  static char[] read(Path file, String type, String alias, char[] password) {
    byte @Nullable [] secret;
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MAX_BYTES) {
        throw SecretSource.unavailable(
            "keystore " + file + " is longer than " + MAX_BYTES + " bytes", null);
      }
      KeyStore store = KeyStore.getInstance(type.toUpperCase(Locale.ROOT));
      store.load(in, password);
      Key key = store.getKey(alias, password);
      secret = key == null || !"RAW".equals(key.getFormat()) ? null : key.getEncoded();
    } catch (IOException | GeneralSecurityException e) {
      // the class alone: a provider's message may tell of what it read
      throw SecretSource.unavailable(
          "keystore " + file + " cannot be opened: " + e.getClass().getSimpleName(), null);
    }
    if (secret == null) {
      throw SecretSource.unavailable(
          "keystore " + file + " has no secret key under '" + alias + "'", null);
    }
    char[] text = new char[secret.length == KEY_BYTES ? 2 * KEY_BYTES : secret.length];
    for (int i = 0; i < text.length; i++) {
      text[i] =
          secret.length == KEY_BYTES
              ? Character.forDigit((secret[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF, 16)
              : (char) (secret[i] & 0xFF);
    }
    Arrays.fill(secret, (byte) 0);
    return text;
  }

  /** A class of its own, so that servers without TLS need nothing of it until they are asked. */
  private static final class ServerTls {

    /** The properties of an {@code <ssl>} element; none if there is no such element. */
    static Properties configuration(String ssl) {
      try {
        Properties found = JSSEHelper.getInstance().getProperties(ssl);
        return found == null ? new Properties() : found;
      } catch (SSLException e) {
        return new Properties();
      }
    }
  }
}
