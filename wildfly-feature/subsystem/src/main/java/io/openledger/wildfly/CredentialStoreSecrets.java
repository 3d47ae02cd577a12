package io.openledger.wildfly;

import io.openledger.runtime.rollup.SecretSource;
import org.wildfly.security.credential.PasswordCredential;
import org.wildfly.security.credential.store.CredentialStore;
import org.wildfly.security.credential.store.CredentialStoreException;
import org.wildfly.security.password.interfaces.ClearPassword;

/**
 * Reads passwords in clear out of the credential store that the subsystem refers to, and out of no
 * other.
 *
 * @param name of the store, as the elytron subsystem knows it
 * @param store itself
 */
record CredentialStoreSecrets(String name, CredentialStore store) implements SecretSource {

  /** Of a subsystem that refers to no store. */
  static final SecretSource NONE =
      (wanted, alias) -> {
        throw SecretSource.unavailable(
            "the subsystem refers to no credential store, and the key is to be in '"
                + wanted
                + "': its attribute credential-store is undefined",
            null);
      };

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
    // the store gives a copy, which Elytron has no way to overwrite
    return password.getPassword().clone();
  }
}
