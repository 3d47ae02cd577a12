/**
 * Keys and who signs with them: a keystore file or an entry of a {@link java.security.KeyStore}.
 *
 * <p>No key, password or credential is in a message, a {@code toString} or a log. Secrets come as
 * arrays, which are overwritten once read. Stores that only one server has (Elytron's credential
 * store, Open Liberty's keystore service) are read in that server's module, which hands the secret
 * to {@link io.openledger.chain.connector.keys.LocalSigner}; nothing here knows a server.
 */
@NullMarked
package io.openledger.chain.connector.keys;

import org.jspecify.annotations.NullMarked;
