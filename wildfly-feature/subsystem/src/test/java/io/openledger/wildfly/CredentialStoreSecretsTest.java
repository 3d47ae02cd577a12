package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.runtime.rollup.SecretSource;
import java.nio.file.Path;
import java.security.Provider;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wildfly.security.auth.server.IdentityCredentials;
import org.wildfly.security.credential.PasswordCredential;
import org.wildfly.security.credential.store.CredentialStore;
import org.wildfly.security.credential.store.WildFlyElytronCredentialStoreProvider;
import org.wildfly.security.credential.store.impl.KeyStoreCredentialStore;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.ClearPassword;

/** Against Elytron's own store in a file, of the kind that WildFly makes by default. */
class CredentialStoreSecretsTest {

  private static final String KEY =
      "0xa6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80ac0974bec39a17e36ba4";
  private static final Provider PROVIDER = WildFlyElytronCredentialStoreProvider.getInstance();

  @TempDir private Path directory;
  private CredentialStore store;

  @BeforeEach
  void fill() throws Exception {
    store = open("the store's password");
    store.store("signing-key", credential(KEY));
    store.flush();
  }

  private static PasswordCredential credential(String secret) {
    return new PasswordCredential(
        ClearPassword.createRaw(ClearPassword.ALGORITHM_CLEAR, secret.toCharArray()));
  }

  private CredentialStore open(String password) throws Exception {
    CredentialStore opened =
        CredentialStore.getInstance(KeyStoreCredentialStore.KEY_STORE_CREDENTIAL_STORE, PROVIDER);
    opened.initialize(
        Map.of(
            "location", directory.resolve("store.cs").toString(),
            "create", "true",
            "modifiable", "true",
            "keyStoreType", "PKCS12"),
        new CredentialStore.CredentialSourceProtectionParameter(
            IdentityCredentials.NONE.withCredential(credential(password))),
        new Provider[] {WildFlyElytronPasswordProvider.getInstance()});
    return opened;
  }

  @Test
  void readsAnEntryAgainAndAgainAndAfterARestart() throws Exception {
    SecretSource secrets = new CredentialStoreSecrets("server", store);
    char[] first = secrets.secret("server", "signing-key");
    assertThat(first).isEqualTo(KEY.toCharArray());
    // what the caller overwrites and we destroy is a copy of our own
    java.util.Arrays.fill(first, '\0');
    assertThat(secrets.secret("server", "signing-key")).isEqualTo(KEY.toCharArray());
    SecretSource again = new CredentialStoreSecrets("server", open("the store's password"));
    assertThat(again.secret("server", "signing-key")).isEqualTo(KEY.toCharArray());
  }

  @Test
  void refusesOtherStoresAndMissingEntriesWithoutTellingSecrets() {
    SecretSource secrets = new CredentialStoreSecrets("server", store);
    assertThatThrownBy(() -> CredentialStoreSecrets.NONE.secret("other", "signing-key"))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining("attribute credential-store is undefined");
    assertThatThrownBy(() -> secrets.secret("other", "signing-key"))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining("is not the one that the subsystem refers to");
    assertThatThrownBy(() -> secrets.secret("server", "nothing"))
        .hasMessageContaining("no secret value under 'nothing'");
    assertThatThrownBy(() -> SecretSource.NONE.secret("server", "signing-key"))
        .hasMessageContaining("OPENLEDGER-5013");
    assertThat(secrets.toString()).doesNotContain(KEY.substring(2, 20));
  }
}
