package io.openledger.chain.connector.keys;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.RpcLimits;
import java.net.http.HttpClient;
import java.util.concurrent.Executor;

/** Opens signers. */
public final class Signers {

  private Signers() {}

  /**
   * The signer of a source. A local key is read here, a remote signer asked whether it has the key.
   *
   * @param source where the key is
   * @param secrets the server's own store
   * @param limits of a remote signer
   * @param executor runs a remote signer's callbacks; not the callers' threads, which wait for them
   * @throws OpenLedgerException {@code SIGNING_KEY} if it cannot be used, without a word of any
   *     secret
   */
  public static Signer open(
      KeySource source, Secrets secrets, RpcLimits limits, Executor executor) {
    if (source instanceof KeySource.KeystoreFile file) {
      return KeystoreFile.open(file.file(), file.password().read(secrets));
    }
    if (source instanceof KeySource.KeyStoreEntry entry) {
      return KeyStoreFile.open(
          entry.file(), entry.type(), entry.alias(), entry.password().read(secrets));
    }
    if (source instanceof KeySource.CredentialStore store) {
      return LocalSigner.fromDigits(secrets.secret(store.store(), store.alias()));
    }
    if (source instanceof KeySource.LibertyKeystore keystore) {
      return LocalSigner.fromDigits(secrets.secret(keystore.id(), keystore.alias()));
    }
    KeySource.Web3Signer remote = (KeySource.Web3Signer) source;
    // TLS, trust and client certificates are the platform's (javax.net.ssl.*, or the default that
    // the server has set)
    return Web3SignerClient.connect(
        remote,
        limits,
        HttpClient.newBuilder()
            .connectTimeout(limits.connect())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor)
            .build());
  }
}
