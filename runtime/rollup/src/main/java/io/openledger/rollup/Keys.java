package io.openledger.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.keys.KeySource;
import io.openledger.chain.connector.keys.PasswordSource;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.keys.Signers;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.config.ChainSettings.Key;
import java.time.Duration;
import java.util.Optional;

/** Opens the key that the configuration names. */
final class Keys {

  /**
   * What a signer elsewhere may cost. Others may wait for a nonce while it signs, in transactions
   * that servers end after two minutes or five.
   */
  private static final RpcLimits SIGNING =
      new RpcLimits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          RpcLimits.USUAL.answerBytes(),
          RpcLimits.USUAL.depth());

  private Keys() {}

  /**
   * The server's signer, if it is to have one.
   *
   * @throws OpenLedgerException {@code SIGNING_KEY} if it cannot be used, or gives another address
   *     than the configuration says
   */
  static Optional<Signer> open(Key key, ServerEnvironment server) {
    if (key instanceof Key.None) {
      return Optional.empty();
    }
    Signer signer = Signers.open(source(key), server.secrets()::secret, SIGNING, server.executor());
    Optional<String> wanted = key.address();
    if (wanted.isPresent() && !new ChainAddress(wanted.get()).equals(signer.address())) {
      ChainAddress given = signer.address();
      signer.close();
      throw new OpenLedgerException(
          ErrorCode.SIGNING_KEY,
          "the key gives the address " + given,
          wanted.get() + ", as openledger.chain.key.address says",
          "correct the one or the other");
    }
    return Optional.of(signer);
  }

  private static KeySource source(Key key) {
    if (key instanceof Key.KeystoreFile file) {
      return new KeySource.KeystoreFile(
          file.file(), new PasswordSource.FirstLine(file.passwordFile()));
    }
    if (key instanceof Key.CredentialStore store) {
      return new KeySource.CredentialStore(store.store(), store.alias());
    }
    if (key instanceof Key.LibertyKeystore store) {
      return new KeySource.LibertyKeystore(store.store(), store.alias());
    }
    Key.Web3Signer remote = (Key.Web3Signer) key;
    return new KeySource.Web3Signer(remote.url(), new ChainAddress(remote.signer()));
  }
}
