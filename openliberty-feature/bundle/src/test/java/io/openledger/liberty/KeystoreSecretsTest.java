package io.openledger.liberty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against keystores in files, of the types that Open Liberty has. */
class KeystoreSecretsTest {

  private static final String KEY =
      "a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80ac0974bec39a17e36ba4";
  private static final String PASSWORD = "of the keystore";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void fill() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    KeyStore.PasswordProtection protection =
        new KeyStore.PasswordProtection(PASSWORD.toCharArray());
    store.setEntry(
        "bytes",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(HexFormat.of().parseHex(KEY), "AES")),
        protection);
    store.setEntry(
        "text",
        new KeyStore.SecretKeyEntry(
            SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(KEY.toCharArray()))),
        protection);
    file = directory.resolve("key.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  private char[] read(String alias, String password) {
    return KeystoreSecrets.read(file, "PKCS12", alias, password.toCharArray());
  }

  @Test
  void readsAKeyAsBytesAndAsText() {
    assertThat(new String(read("bytes", PASSWORD))).isEqualTo(KEY);
    assertThat(new String(read("text", PASSWORD))).isEqualTo(KEY);
  }

  @Test
  void refusesWithoutTellingSecrets() {
    assertThatThrownBy(() -> read("bytes", "wrong password"))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageNotContaining("wrong password");
    assertThatThrownBy(() -> read("nothing", PASSWORD))
        .hasMessageContaining("no secret key under 'nothing'");
    assertThatThrownBy(
            () ->
                KeystoreSecrets.read(
                    directory.resolve("missing"), "PKCS12", "bytes", PASSWORD.toCharArray()))
        .hasMessageContaining("NoSuchFileException");
  }
}
