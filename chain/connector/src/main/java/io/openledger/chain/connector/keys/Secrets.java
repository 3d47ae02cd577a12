package io.openledger.chain.connector.keys;

import io.openledger.api.OpenLedgerException;

/** Reads secrets out of the server's own store. Safe for any number of threads. */
@FunctionalInterface
public interface Secrets {

  /** Of a program that is no server. */
  Secrets NONE =
      (store, alias) -> {
        throw LocalSigner.unusable(
            "there is no server here that has a store '" + store + "'", null);
      };

  /**
   * A secret as text, in an array that the caller overwrites.
   *
   * @param store name of the store
   * @param alias of the entry
   * @throws OpenLedgerException {@code SIGNING_KEY} if there is no such store or entry, or it
   *     cannot be read; nothing of the secret is in the message
   */
  char[] secret(String store, String alias);
}
