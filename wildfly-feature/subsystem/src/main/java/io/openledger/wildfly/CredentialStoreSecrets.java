package io.openledger.wildfly;

import io.openledger.runtime.rollup.SecretSource;
import javax.security.auth.DestroyFailedException;
import org.wildfly.security.credential.PasswordCredential;
import org.wildfly.security.credential.store.CredentialStore;
import org.wildfly.security.credential.store.CredentialStoreException;
import org.wildfly.security.password.Password;
import org.wildfly.security.password.interfaces.ClearPassword;

/**
 * Reads passwords in clear out of the credential store that the subsystem refers to, and out of no
 * other.
 *
 * @param name of the store, as the elytron subsystem knows it
 * @param store itself
 */
record CredentialStoreSecrets(String name, CredentialStore store) implements SecretSource {

  @Override
  public char[] secret(String wanted, String alias) {
    if (!wanted.equals(name)) {
      throw SecretSource.unavailable(
          "credential store '" + wanted + "' is not the one that the subsystem refers to, " + name,
          null);
    }
    PasswordCredential credential;
    try {
      credential = store.retrieve(alias, PasswordCredential.class);
    } catch (CredentialStoreException e) {
      throw SecretSource.unavailable(
          "entry '" + alias + "' of credential store " + name + " cannot be read", e);
    }
    if (credential == null || !(credential.getPassword() instanceof ClearPassword password)) {
      throw SecretSource.unavailable(
          "credential store " + name + " has no secret value under '" + alias + "'", null);
    }
    char[] secret = password.getPassword().clone();
    destroy(password);
    return secret;
  }

  /** It is a copy of the store's, made for us. */
  private static void destroy(Password copy) {
    try {
      copy.destroy();
    } catch (DestroyFailedException e) {
      // then the copy lives until it is collected
    }
  }
}
