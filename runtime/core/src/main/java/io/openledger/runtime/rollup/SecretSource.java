package io.openledger.runtime.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets out of the server's own store: WildFly's credential store, Open Liberty's keystore.
 * Safe for any number of threads.
 */
@FunctionalInterface
public interface SecretSource {

  /** Of a server that gives none. */
  SecretSource NONE =
      (store, alias) -> {
        throw unavailable("this server gives no secret of a store '" + store + "'", null);
      };

  /**
   * A secret as text (a password, or a key as 64 hexadecimal digits), in an array of the caller's
   * own, which the caller overwrites.
   *
   * @param store name of the store
   * @param alias of the entry
   * @throws OpenLedgerException {@code SIGNING_KEY} if there is no such store or entry, or it
   *     cannot be read; nothing of the secret is in the message
   */
  char[] secret(String store, String alias);

  /**
   * The refusal.
   *
   * @param what is wrong, without a word of the secret
   * @param cause without one either, or null
   */
  static OpenLedgerException unavailable(String what, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.SIGNING_KEY,
        what,
        "an entry of the server's store that holds a password or a key as text",
        "check the configured store and alias, and what the server was given",
        cause);
  }
}
